//! The flow in one place: image bytes -> pixels -> network -> embedding -> search -> neighbours.
//!
//! The program's `search` and the page's worker both call this and nothing else, so they cannot
//! answer differently.

use crate::embedding::{Embedding, cosine, dot};
use crate::error::{Details, Error, Result};
use crate::index::Index;
use crate::network::{FeatureMap, Network};
use crate::pixels::Pixels;
use crate::search::{Filter, Neighbour, nearest};

/// Under this cosine between a stored embedding and the same image embedded here, answers would be wrong.
pub const SELF_TEST_COSINE: f32 = 0.9999;

/// A network and the embedding file that was made with it.
pub struct Recommender<Bytes> {
    network: Network,
    index: Index<Bytes>,
}

impl<Bytes: AsRef<[u8]>> Recommender<Bytes> {
    /// Joins the two.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the embeddings were made by another network.
    pub fn new(network: Network, index: Index<Bytes>) -> Result<Recommender<Bytes>> {
        let made_by = index.origin();
        if made_by.network != network.digest() || made_by.shape != network.output_shape() {
            return Err(Error::Mismatch(Details::new(
                format!("the network {} that made the embeddings", made_by.network.short()),
                network.digest().short(),
                "run `recasketch embed` with this network and publish its output whole",
            )));
        }
        Ok(Recommender { network, index })
    }

    /// The embedding file.
    pub fn index(&self) -> &Index<Bytes> {
        &self.index
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Image bytes -> pixels, framed as the catalogue's thumbnails were.
    ///
    /// # Errors
    /// As [`Pixels::decode`].
    pub fn pixels(&self, image: &[u8]) -> Result<Pixels> {
        let [height, width] = self.network.input_size();
        Pixels::decode(image, self.index.origin().framing, height, width)
    }

    /// An image that a browser decoded -> pixels; see [`Pixels::from_rgba`].
    ///
    /// # Errors
    /// As [`Pixels::from_rgba`].
    pub fn pixels_from_rgba(&self, rgba: &[u8], columns: u32, rows: u32) -> Result<Pixels> {
        let [height, width] = self.network.input_size();
        Pixels::from_rgba(rgba, columns, rows, self.index.origin().framing, height, width)
    }

    /// Pixels -> the `top` nearest models, best first.
    ///
    /// # Errors
    /// As [`Network::features`].
    pub fn similar_to_pixels(&self, pixels: &Pixels, top: usize) -> Result<Vec<Neighbour>> {
        Ok(self.similar_to_features(&self.network.features(pixels)?, top))
    }

    /// The features of an image -> the `top` nearest models, best first.
    pub fn similar_to_features(&self, features: &FeatureMap, top: usize) -> Vec<Neighbour> {
        nearest(&self.index, &Embedding::pack(features), Filter::default(), top)
    }

    /// A model of the catalogue -> the `top` models nearest to it, itself left out; nothing is embedded.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where there is no such model.
    pub fn similar_to_model(&self, uid: &str, top: usize) -> Result<Vec<Neighbour>> {
        let row = self.row(uid)?;
        Ok(nearest(&self.index, &self.index.embedding(row), Filter { except: Some(row) }, top))
    }

    /// Compares the features of a model's thumbnail with the model's stored embedding: their cosine, at
    /// least [`SELF_TEST_COSINE`].
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the cosine is less, [`Error::Catalogue`] where there is no such model.
    pub fn self_test(&self, features: &FeatureMap, uid: &str) -> Result<f32> {
        let row = self.row(uid)?;
        let here = Embedding::pack(features);
        let dot = dot(here.codes(), self.index.codes(row));
        let cosine = cosine(dot, here.squared_norm(), self.index.squared_norm(row));
        if cosine < SELF_TEST_COSINE {
            return Err(Error::Mismatch(Details::new(
                format!(
                    "a cosine of {SELF_TEST_COSINE} or more between '{uid}' embedded here and before"
                ),
                cosine.to_string(),
                "this machine computes otherwise than the one that made the embeddings; please report it",
            )));
        }
        Ok(cosine)
    }

    fn row(&self, uid: &str) -> Result<usize> {
        self.index.row(uid).ok_or_else(|| {
            Error::Catalogue(Details::new(
                "the uid of an embedded model",
                format!("'{uid}'"),
                "choose a model of this catalogue",
            ))
        })
    }
}
