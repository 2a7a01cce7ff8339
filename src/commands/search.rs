//! `recasketch search`: the neighbours of images, with their rows of the catalogue.

use serde::Serialize;

use crate::error::Result;
use crate::recommender::combined;
use crate::search::{Condition, Filter, Group, RowSet};
use crate::site::Site;
use crate::site::catalogue::Model;

/// A search in a site.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request<'a> {
    /// Images that the models should resemble.
    pub like: Vec<&'a [u8]>,
    /// Images that the models should not resemble.
    pub unlike: Vec<&'a [u8]>,
    /// A condition that the models must fulfil.
    pub condition: Option<Condition>,
    /// The number of models to find.
    pub top: usize,
}

impl<'a> Request<'a> {
    /// Asks for the `top` models that are most like some images.
    pub fn new(like: Vec<&'a [u8]>, top: usize) -> Request<'a> {
        Request { like, unlike: Vec::new(), condition: None, top }
    }
}

/// The answer to one search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The models found, best first.
    pub neighbours: Vec<Found>,
    /// The score from which two models of this catalogue count as similar.
    pub alike: f32,
}

/// A model that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Its row in the embedding file.
    pub row: usize,
    /// The cosine, -1..=1.
    pub score: f32,
    /// The fraction of the catalogue's pairs of models that have a lower score, 0..=1.
    pub closer_than: f32,
    /// The uids of near-duplicates of this model.
    pub duplicates: Vec<String>,
    /// The model's row of the catalogue.
    #[serde(flatten)]
    pub model: Model,
}

impl Answer {
    /// Embeds the images of a request and finds the nearest models that fulfil its condition.
    ///
    /// # Errors
    /// As decoding and embedding the images; [`Error::Catalogue`](crate::error::Error::Catalogue) where the images
    /// cancel each other.
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
