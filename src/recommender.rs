//! The flow in one place: image bytes -> pixels -> network -> embedding -> search -> neighbours.
//!
//! The program's `search` and the page's worker both call this and nothing else, so they cannot
//! answer differently.

use crate::embedding::Embedding;
use crate::error::{Details, Error, Result};
use crate::index::{Index, Query};
use crate::network::{FeatureMap, Network};
use crate::pixels::Pixels;
use crate::search::{Filter, Group, Regions, nearest, nearest_groups, regions};

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
        let shape = (network.output_shape(), network.classes());
        if made_by.network != network.digest() || (made_by.shape, made_by.classes) != shape {
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
        Pixels::decode(image, self.index.origin().preprocessing, height, width)
    }

    /// Features -> an embedding as the index has them.
    pub fn embedding(&self, features: &FeatureMap) -> Embedding {
        Embedding::pack(features, self.index.origin().metric)
    }

    /// Pixels -> what is nearest to them, as a query.
    ///
    /// # Errors
    /// As [`Network::features`].
    pub fn query(&self, pixels: &Pixels) -> Result<Query> {
        Ok(self.query_of_features(&self.network.features(pixels)?))
    }

    /// Features -> what is nearest to them, as a query.
    pub fn query_of_features(&self, features: &FeatureMap) -> Query {
        self.index.query(&self.embedding(features))
    }

    /// An embedding that was packed before, of an image -> what is nearest to it, as a query.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where it is of another length than this network's.
    pub fn query_of_embedding(&self, embedding: &Embedding) -> Result<Query> {
        let (expected, came) = (self.index.origin().dimensions(), embedding.codes().len());
        if came != expected {
            return Err(Error::Mismatch(Details::new(
                format!("an embedding of {expected} numbers, as this network makes"),
                came.to_string(),
                "embed the image with this site",
            )));
        }
        Ok(self.index.query(embedding))
    }

    /// A model of the catalogue, by its row, as a query; nothing is embedded.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where there is no such model.
    pub fn query_of_model(&self, row: usize) -> Result<Query> {
        query_of(&self.index, row)
    }

    /// The `top` nearest models among those that may be found, best first, near-duplicates as one.
    ///
    /// # Panics
    /// Where the query or the filter is not of this catalogue.
    pub fn similar(&self, query: &Query, filter: Filter<'_>, top: usize) -> Vec<Group> {
        nearest_groups(&self.index, query, filter, top)
    }

    /// The regions that make a query and a model, by its row, alike.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where there is no such model.
    ///
    /// # Panics
    /// Where the query is not of this catalogue.
    pub fn regions(&self, query: &Query, row: usize) -> Result<Regions> {
        regions_of(&self.index, query, row)
    }

    /// Of a catalogue in cells, whose head the index is, the `count` cells that are nearest to a query, the
    /// nearest first.
    ///
    /// # Panics
    /// Where the query is not of this catalogue.
    pub fn nearest_cells(&self, query: &Query, count: usize) -> Vec<usize> {
        let found = nearest(&self.index, query, Filter::default(), count);
        found.into_iter().map(|cell| cell.row).collect()
    }

    /// A cell of which the index is the head, from its file.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`] where the file is not one of this catalogue.
    pub fn cell(&self, file: &[u8]) -> Result<Cell> {
        let (index, catalogue) = self.index.cell(file)?;
        Ok(Cell { index, catalogue: catalogue.to_vec() })
    }

    /// Compares the features of the first model's thumbnail, whose uid is for the sentence, with the map
    /// that the file holds of it: their cosine, at least [`SELF_TEST_COSINE`].
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the cosine is less, [`Error::Catalogue`] where there is no model.
    pub fn self_test(&self, features: &FeatureMap, uid: &str) -> Result<f32> {
        let there = self.index.first_map().ok_or_else(|| {
            Error::Catalogue(Details::new("at least one model", "none", "embed a catalogue"))
        })?;
        let here = self.embedding(features);
        let cosine = here.cosine(&there);
        if cosine < SELF_TEST_COSINE {
            return Err(Error::Mismatch(Details::new(
                format!(
                    "a cosine of {SELF_TEST_COSINE} or more between '{uid}' embedded here and before"
                ),
                cosine.to_string(),
                "see whether the thumbnail is the one that was embedded; if it is, this machine computes otherwise",
            )));
        }
        Ok(cosine)
    }
}

/// A cell of a catalogue in cells.
pub struct Cell {
    index: Index<Vec<u8>>,
    catalogue: Vec<u8>,
}

impl Cell {
    /// The number of models.
    pub fn models(&self) -> usize {
        self.index.len()
    }

    /// What the catalogue says of the cell's models, in the order of its rows: JSON in gzip.
    pub fn catalogue(&self) -> &[u8] {
        &self.catalogue
    }

    /// A model of the cell as a query to any cell of its catalogue.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where there is no such model.
    pub fn query_of(&self, row: usize) -> Result<Query> {
        query_of(&self.index, row)
    }

    /// The regions that make a query and a model of the cell alike.
    ///
    /// # Errors
    /// As [`Recommender::regions`].
    ///
    /// # Panics
    /// Where the query is not of the cell's catalogue.
    pub fn regions(&self, query: &Query, row: usize) -> Result<Regions> {
        regions_of(&self.index, query, row)
    }

    /// The `top` nearest of the cell's models, best first, near-duplicates as one; `except` is left out.
    ///
    /// # Panics
    /// Where the query is not of the cell's catalogue.
    pub fn similar(&self, query: &Query, except: Option<usize>, top: usize) -> Vec<Group> {
        nearest_groups(&self.index, query, Filter { except, only: None }, top)
    }
}

/// Queries as one: what is like all that have a positive weight and unlike all that have a negative one.
///
/// # Errors
/// [`Error::Catalogue`] where they cancel each other.
///
/// # Panics
/// Where the queries are not of the same catalogue.
pub fn combined(mut parts: Vec<(Query, f32)>) -> Result<Query> {
    let query = match parts.as_slice() {
        [(_, weight)] if *weight > 0.0 => Some(parts.remove(0).0),
        _ => Query::combined(&parts),
    };
    query.ok_or_else(|| {
        let expected = "images that together point somewhere";
        let advice = "leave out the image that is both wanted and not";
        Error::Catalogue(Details::new(expected, "images that cancel each other", advice))
    })
}

fn query_of<Bytes: AsRef<[u8]>>(index: &Index<Bytes>, row: usize) -> Result<Query> {
    check_row(index, row)?;
    Ok(index.query_of(row))
}

fn regions_of<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    query: &Query,
    row: usize,
) -> Result<Regions> {
    check_row(index, row)?;
    Ok(regions(index, query, row))
}

fn check_row<Bytes: AsRef<[u8]>>(index: &Index<Bytes>, row: usize) -> Result<()> {
    if row < index.len() {
        return Ok(());
    }
    Err(Error::Catalogue(Details::new(
        format!("a row of the catalogue, under {}", index.len()),
        row.to_string(),
        "choose a model of this catalogue",
    )))
}

impl Recommender<Vec<u8>> {
    /// Adds the rest of an embedding file that was opened with its first level alone.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`] where the two are not one file; what was there goes on answering.
    pub fn refine(&mut self, rest: &[u8]) -> Result<()> {
        self.index = self.index.completed(rest)?;
        Ok(())
    }
}
