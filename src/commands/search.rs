//! `recasketch search`: the neighbours of images, with their rows of the catalogue.

use serde::Serialize;

use crate::error::Result;
use crate::index::Query;
use crate::recommender::combined;
use crate::search::{Condition, Filter, Group, Named, RankedBy, RowSet};
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
    /// Words that name models.
    pub words: Option<String>,
    /// A condition that the models must fulfil.
    pub condition: Option<Condition>,
    /// The number of models to find.
    pub top: usize,
}

impl<'a> Request<'a> {
    /// Asks for the `top` models that are most like some images.
    pub fn new(like: Vec<&'a [u8]>, top: usize) -> Request<'a> {
        Request { like, unlike: Vec::new(), words: None, condition: None, top }
    }
}

/// The answer to one search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The models found, best first.
    pub neighbours: Vec<Found>,
    /// What they are ranked by.
    pub ranked_by: RankedBy,
    /// The score from which on a model counts as similar; 0 in an answer to words alone.
    pub alike: f32,
}

/// A model that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Its row of the catalogue; in a site in cells [`CELL_ROWS`](crate::index::CELL_ROWS) times the number of its cell,
    /// and its place in it.
    pub row: usize,
    /// The cosine, -1..=1; in an answer to words alone, how well the words fit, 0..=1.
    pub score: f32,
    /// The fraction of pairs that are less close, 0..=1; see [`Closeness::closer_than`](crate::index::Closeness). It is
    /// 0 in an answer to words alone.
    pub closer_than: f32,
    /// The uids of near-duplicates of this model.
    pub duplicates: Vec<String>,
    /// What the catalogue has of the model.
    #[serde(flatten)]
    pub model: Model,
}

impl Answer {
    /// Embeds the images of a request and finds the nearest models that fulfil its condition, or those that its words
    /// name.
    ///
    /// # Errors
    /// As decoding and embedding the images; [`Error::Catalogue`](crate::error::Error::Catalogue) where the images
    /// cancel each other.
    pub fn to(site: &Site, request: &Request<'_>) -> Result<Answer> {
        let recommender = &site.recommender;
        let only = request.condition.as_ref().map(|condition| {
            RowSet::of(site.models.len(), |row| {
                condition.holds(&|field, value| site.models[row].has(field, value))
            })
        });
        let filter = Filter { except: None, only: only.as_ref() };
        let named = request.words.as_ref().map(|words| site.named(words)).transpose()?;
        if let Some(named) = named.as_ref().filter(|_| request.like.is_empty()) {
            let passing = named.iter().filter(|named| filter.passes(named.row)).take(request.top);
            let neighbours = passing.map(|named| Found::named(site, named)).collect();
            return Ok(Answer { neighbours, ranked_by: RankedBy::Words, alike: 0.0 });
        }
        let query = query(site, request)?;
        let (groups, ranked_by) = match &named {
            Some(named) => recommender.similar_named(&query, named, filter, request.top),
            None => (recommender.similar(&query, filter, request.top), RankedBy::Picture),
        };
        let neighbours = groups.into_iter().map(|group| Found::similar(site, group)).collect();
        Ok(Answer { neighbours, ranked_by, alike: recommender.closeness(&query).alike() })
    }
}

/// The query of a request's images.
fn query(site: &Site, request: &Request<'_>) -> Result<Query> {
    let recommender = &site.recommender;
    let query = |image: &[u8]| recommender.query(&recommender.pixels(image)?);
    let weigh = |images: &[&[u8]], weight: f32| {
        images.iter().map(|image| Ok((query(image)?, weight))).collect::<Result<Vec<_>>>()
    };
    let mut parts = weigh(&request.like, 1.0)?;
    parts.extend(weigh(&request.unlike, -1.0)?);
    combined(parts)
}

impl Found {
    fn similar(site: &Site, group: Group) -> Found {
        Found {
            row: site.number(group.row),
            score: group.score,
            closer_than: group.closer_than,
            duplicates: group.duplicates.iter().map(|&row| site.models[row].uid.clone()).collect(),
            model: site.models[group.row].clone(),
        }
    }

    fn named(site: &Site, &Named { row, score }: &Named) -> Found {
        let model = site.models[row].clone();
        Found { row: site.number(row), score, closer_than: 0.0, duplicates: Vec::new(), model }
    }
}
