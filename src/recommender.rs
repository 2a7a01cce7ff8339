//! The whole flow: image bytes -> pixels -> network -> embedding -> search -> neighbours.
//!
//! The program's `search` and the page's worker both call only this module, so their answers cannot differ.

use crate::embedding::Embedding;
use crate::error::{Details, Error, Result};
use crate::index::{Closeness, Index, Query};
use crate::network::{FeatureMap, Network};
use crate::pixels::Pixels;
use crate::search::{
    DUPLICATE, Filter, Group, Named, RankedBy, Regions, nearest, nearest_groups, nearest_named,
    regions,
};

/// The least cosine between a stored embedding and the same image embedded here. Below it, answers would be wrong.
pub const SELF_TEST_COSINE: f32 = 0.9999;

/// A network and the embedding file that was made with it.
pub struct Recommender<Bytes> {
    network: Network,
    index: Index<Bytes>,
}

impl<Bytes: AsRef<[u8]>> Recommender<Bytes> {
    /// Combines a network and an index.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where another network made the embeddings.
    pub fn new(network: Network, index: Index<Bytes>) -> Result<Recommender<Bytes>> {
        let made_by = index.origin();
        let shape = (network.output_shape(), network.classes());
        if made_by.network != network.digest() || (made_by.shape, made_by.classes) != shape {
            return Err(Error::Mismatch(Details::new(
                format!("the network {} that made the embeddings", made_by.network.short()),
                network.digest().short(),
                "run `recasketch embed` with this network and publish its whole output",
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

    /// Image bytes -> pixels, preprocessed like the catalogue's thumbnails.
    ///
    /// # Errors
    /// As [`Pixels::decode`].
    pub fn pixels(&self, image: &[u8]) -> Result<Pixels> {
        let [height, width] = self.network.input_size();
        Pixels::decode(image, self.index.origin().preprocessing, height, width)
    }

    /// Features -> an embedding by the index's metric.
    pub fn embedding(&self, features: &FeatureMap) -> Embedding {
        Embedding::pack(features, self.index.origin().metric)
    }

    /// Pixels -> a query.
    ///
    /// # Errors
    /// As [`Network::features`].
    pub fn query(&self, pixels: &Pixels) -> Result<Query> {
        Ok(self.query_of_features(&self.network.features(pixels)?))
    }

    /// Features -> a query.
    pub fn query_of_features(&self, features: &FeatureMap) -> Query {
        self.query_by_kind(&self.embedding(features))
    }

    /// The embedding of an image -> a query.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where its length is not that of this network's embeddings.
    pub fn query_of_embedding(&self, embedding: &Embedding) -> Result<Query> {
        let (expected, came) = (self.index.origin().dimensions(), embedding.codes().len());
        if came != expected {
            return Err(Error::Mismatch(Details::new(
                format!("an embedding of {expected} numbers, as this network makes"),
                came.to_string(),
                "embed the image with this site",
            )));
        }
        Ok(self.query_by_kind(embedding))
    }

    /// A photograph, or whatever is unlike the catalogue as a whole, is compared more by what it shows; see
    /// [`Index::closeness`]. A picture of the catalogue is not, however unlike the others it is.
    fn query_by_kind(&self, embedding: &Embedding) -> Query {
        let query = self.index.query(embedding);
        let Some(other) = self.index.instead_of(&query, embedding) else { return query };
        // The page does not have all rows of a catalogue in cells, and the program answers as the page.
        if self.index.is_in_cells() {
            return other;
        }
        let best = nearest(&self.index, &query, Filter::default(), 1);
        if best.first().is_some_and(|best| best.score >= DUPLICATE) { query } else { other }
    }

    /// The parts of a photograph that show its things, as proposals for queries of their own: up to three, the one that
    /// stands out most first, each `[left, top, width, height]` in fractions of the image's sides, which are given in
    /// pixels, `[width, height]`. None where the whole image finds as much; where the image is like the catalogue, whose
    /// pictures show one thing each; and where the network has no classifier. The features are those of the whole image.
    pub fn proposals(&self, features: &FeatureMap, sides: [u32; 2]) -> Vec<[f64; 4]> {
        if !self.index.is_photograph(&self.index.query(&self.embedding(features))) {
            return Vec::new();
        }
        let fit = self.index.origin().preprocessing.fit;
        let squares = self.network.focus(features);
        squares.into_iter().map(|square| fit.part_of(square, sides)).collect()
    }

    /// A row of the catalogue -> a query, without embedding an image.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where there is no such model.
    pub fn query_of_model(&self, row: usize) -> Result<Query> {
        query_of(&self.index, row)
    }

    /// The `top` nearest models that pass the filter, best first, with near-duplicates in one group.
    ///
    /// # Panics
    /// Where the query or the filter is not of this catalogue.
    pub fn similar(&self, query: &Query, filter: Filter<'_>, top: usize) -> Vec<Group> {
        nearest_groups(&self.index, query, filter, top, &self.closeness(query))
    }

    /// The nearest models as [`Recommender::similar`] finds them, among or beside those that words name; see
    /// [`nearest_named`].
    ///
    /// # Panics
    /// As [`Recommender::similar`].
    pub fn similar_named(
        &self,
        query: &Query,
        named: &[Named],
        filter: Filter<'_>,
        top: usize,
    ) -> (Vec<Group>, RankedBy) {
        nearest_named(&self.index, query, named, filter, top, &self.closeness(query))
    }

    /// The meaning of the scores of a query.
    ///
    /// # Panics
    /// Where the query is not of this catalogue.
    pub fn closeness(&self, query: &Query) -> Closeness<'_> {
        self.index.closeness(query)
    }

    /// The contributions of all regions to the score of a query and a model, given by its row.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where there is no such model.
    ///
    /// # Panics
    /// Where the query is not of this catalogue.
    pub fn regions(&self, query: &Query, row: usize) -> Result<Regions> {
        regions_of(&self.index, query, row)
    }

    /// The `count` cells nearest to a query, the nearest first. The index must be the head of a catalogue in cells.
    ///
    /// # Panics
    /// Where the query is not of this catalogue.
    pub fn nearest_cells(&self, query: &Query, count: usize) -> Vec<usize> {
        let found = nearest(&self.index, query, Filter::default(), count);
        found.into_iter().map(|cell| cell.row).collect()
    }

    /// Rows of codes in memory as an index of this catalogue; see [`Index::of_rows`].
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`] where they are not rows of this catalogue.
    pub fn rows(&self, levels: &[&[u8]]) -> Result<Index<Vec<u8>>> {
        self.index.of_rows(levels)
    }

    /// Compares the features of the first model's thumbnail with the map in the file, and returns their cosine, at
    /// least [`SELF_TEST_COSINE`]. `uid` is the model's uid for the error.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the cosine is less; [`Error::Catalogue`] where there are no models.
    pub fn self_test(&self, features: &FeatureMap, uid: &str) -> Result<f32> {
        let there = self.index.first_map().ok_or_else(|| {
            Error::Catalogue(Details::new("at least one model", "none", "embed a catalogue"))
        })?;
        let here = self.embedding(features);
        let cosine = here.cosine(&there);
        if cosine < SELF_TEST_COSINE {
            return Err(Error::Mismatch(Details::new(
                format!(
                    "a cosine of at least {SELF_TEST_COSINE} between '{uid}' embedded here and its stored embedding"
                ),
                cosine.to_string(),
                "check that the thumbnail has not changed; if it has not, this machine computes wrongly",
            )));
        }
        Ok(cosine)
    }
}

/// Combines queries into one, whose neighbours are similar to the queries with a positive weight and dissimilar to
/// those with a negative one.
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
        let advice = "leave out the image that is both wanted and not";
        Error::Catalogue(Details::plain("the images cancel each other", advice))
    })
}

/// A row of an index -> a query.
///
/// # Errors
/// [`Error::Catalogue`] where there is no such row.
pub fn query_of<Bytes: AsRef<[u8]>>(index: &Index<Bytes>, row: usize) -> Result<Query> {
    check_row(index, row)?;
    Ok(index.query_of(row))
}

/// The contributions of all regions to the score of a query and a row of an index.
///
/// # Errors
/// [`Error::Catalogue`] where there is no such row.
///
/// # Panics
/// Where the query is not of this index.
pub fn regions_of<Bytes: AsRef<[u8]>>(
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
        format!("a row of the catalogue below {}", index.len()),
        row.to_string(),
        "choose a model of this catalogue",
    )))
}

impl Recommender<Vec<u8>> {
    /// Adds the rest of an embedding file that was opened with only its first level. The rest of a head of cells is its
    /// second codebook.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`] where the two do not make one file. The first level can still be used.
    pub fn refine(&mut self, rest: &[u8]) -> Result<()> {
        self.index = match self.index.is_in_cells() {
            true => self.index.refined(rest)?,
            false => self.index.completed(rest)?,
        };
        Ok(())
    }

    /// Takes the index as the head of so many cells; see [`Index::divided`].
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`] where it has fewer rows.
    pub fn divide(&mut self, cells: usize) -> Result<()> {
        self.index = self.index.divided(cells)?;
        Ok(())
    }
}
