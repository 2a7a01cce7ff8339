//! Neighbours joined with what the catalogue knows of them: what a person or a program reads.

use serde::Serialize;

use crate::catalogue::Model;
use crate::error::Result;
use crate::site::Site;

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Best first.
    pub neighbours: Vec<Found>,
}

/// A model that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Its row in the embedding file.
    pub row: usize,
    /// Cosine, -1..=1.
    pub score: f32,
    /// What the catalogue says of it.
    #[serde(flatten)]
    pub model: Model,
}

impl Answer {
    /// Embeds an image and finds its `top` nearest models.
    ///
    /// # Errors
    /// As decoding and embedding the image.
    pub fn to_image(site: &Site, image: &[u8], top: usize) -> Result<Answer> {
        let pixels = site.recommender.pixels(image)?;
        let neighbours = site.recommender.similar_to_pixels(&pixels, top)?;
        let found = |neighbour: crate::search::Neighbour| Found {
            row: neighbour.row,
            score: neighbour.score,
            model: site.models[neighbour.row].clone(),
        };
        Ok(Answer { neighbours: neighbours.into_iter().map(found).collect() })
    }
}
