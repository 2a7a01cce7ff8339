//! Neighbours joined with what the catalogue knows of them: what a person or a program reads.

use serde::Serialize;

use crate::error::Result;
use crate::recommender::combined;
use crate::search::{Condition, Filter, Group, RowSet};
use crate::site::Site;
use crate::site::catalogue::Model;

/// What is asked of a site.
#[derive(Debug, Clone, Default)]
pub struct Request<'a> {
    /// Images that the models should be like.
    pub like: Vec<&'a [u8]>,
    /// Images that they should be unlike.
    pub unlike: Vec<&'a [u8]>,
    /// What must hold of the models.
    pub condition: Option<Condition>,
    /// How many to find.
    pub top: usize,
}

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Best first.
    pub neighbours: Vec<Found>,
    /// The score under which nothing is really alike in this catalogue.
    pub alike: f32,
}

/// A model that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Its row in the embedding file.
    pub row: usize,
    /// Cosine, -1..=1.
    pub score: f32,
    /// The share of the catalogue's pairs that are less alike, 0..=1.
    pub closer_than: f32,
    /// The uids of models that are nearly the same.
    pub duplicates: Vec<String>,
    /// What the catalogue says of it.
    #[serde(flatten)]
    pub model: Model,
}

impl Answer {
    /// Embeds the images of a request and finds what it asks for.
    ///
    /// # Errors
    /// As decoding and embedding the images; [`Error::Catalogue`](crate::error::Error::Catalogue) where they cancel each other.
    pub fn to(site: &Site, request: &Request<'_>) -> Result<Answer> {
        let (recommender, index) = (&site.recommender, site.recommender.index());
        let query = |image: &[u8]| recommender.query(&recommender.pixels(image)?);
        let weigh = |images: &[&[u8]], weight: f32| {
            images.iter().map(|image| Ok((query(image)?, weight))).collect::<Result<Vec<_>>>()
        };
        let mut parts = weigh(&request.like, 1.0)?;
        parts.extend(weigh(&request.unlike, -1.0)?);
        let query = combined(parts)?;
        let only = request.condition.as_ref().map(|condition| {
            RowSet::of(index.len(), |row| {
                condition.holds(&|field, value| site.models[row].has(field, value))
            })
        });
        let filter = Filter { except: None, only: only.as_ref() };
        let found = |group: Group| Found {
            row: group.row,
            score: group.score,
            closer_than: group.closer_than,
            duplicates: group.duplicates.iter().map(|&row| site.models[row].uid.clone()).collect(),
            model: site.models[group.row].clone(),
        };
        let groups = recommender.similar(&query, filter, request.top);
        let alike = index.calibration().alike();
        Ok(Answer { neighbours: groups.into_iter().map(found).collect(), alike })
    }
}
