//! `recasketch recall`: measures how many of the exact nearest neighbours the codes find, level by level.
//!
//! Some models of a site with whole maps are the queries, in place of visitors' images. Each is left out of its own
//! answer. The exact answer is that of the whole maps.

use rayon::prelude::*;
use serde::Serialize;

use crate::embedding::{Embedding, Level};
use crate::error::{Details, Error, Result};
use crate::index::{Index, Query, Scorer};
use crate::search::{Filter, Neighbour, nearest};
use crate::util::progress::Progress;

/// The number of neighbours to find.
const TOP: usize = 10;

/// How well the levels up to one level find the exact neighbours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recall {
    /// Bytes of a model's codes in all levels up to this one.
    pub bytes_a_model: usize,
    /// Bytes of the embedding file up to the end of this level's codes. The page needs these bytes for its answers.
    pub bytes_of_file: usize,
    /// The mean fraction of the exact 10 nearest that are among the 10 found, where the query is an image.
    pub recall_at_10: f64,
    /// The same where the query is a model, of which only the codes are known.
    pub recall_at_10_of_models: f64,
    /// The mean absolute difference between the scores and the exact scores, over the exact 10 nearest.
    pub score_error: f64,
}

/// Judges the levels of `index` by `exact`, the index of the same models' whole maps, with `queries` queries.
///
/// # Errors
/// [`Error::Mismatch`] where the two do not have the same models, or one does not have the form that it should.
pub fn run<A: AsRef<[u8]> + Sync, B: AsRef<[u8]> + Sync>(
    index: &Index<A>,
    exact: &Index<B>,
    queries: usize,
) -> Result<Vec<Recall>> {
    let same = index.len() == exact.len() && index.origin() == exact.origin();
    if !same || exact.levels() != 0 || index.levels() == 0 {
        return Err(Error::Mismatch(Details::new(
            "a site with codes, and a site of the same models made with `embed --exact`",
            "sites of other models or forms",
            "run `recasketch embed` twice, the second time with --exact",
        )));
    }
    let queries = queries.clamp(1, index.len());
    let rows: Vec<usize> = (0..queries).map(|at| at * index.len() / queries).collect();
    let progress = Progress::start("searching", 3 * queries);
    let truth = |&row: &usize| {
        progress.step();
        Truth::of(exact, row)
    };
    let truth: Vec<Truth> = rows.par_iter().map(truth).collect();
    let first = index.first_level()?;
    let bytes = [0, 1].map(|level| index.until(level.min(index.levels() - 1)).len());
    Ok(vec![judge(&first, bytes[0], &truth, &progress), judge(index, bytes[1], &truth, &progress)])
}

/// A query and its exact answer.
struct Truth {
    row: usize,
    query: Embedding,
    neighbours: Vec<Neighbour>,
}

impl Truth {
    fn of<Bytes: AsRef<[u8]>>(exact: &Index<Bytes>, row: usize) -> Truth {
        let query = Embedding::from_codes(exact.map(row).expect("an index of whole maps").0);
        let neighbours = nearest(exact, &exact.query(&query), others(row), TOP);
        Truth { row, query, neighbours }
    }

    /// Returns the fraction of the exact neighbours that a query finds.
    fn recall<Bytes: AsRef<[u8]>>(&self, index: &Index<Bytes>, query: &Query) -> f64 {
        let found = nearest(index, query, others(self.row), TOP);
        let is_found = |exact: &&Neighbour| found.iter().any(|found| found.row == exact.row);
        let hits = self.neighbours.iter().filter(is_found).count();
        hits as f64 / self.neighbours.len().max(1) as f64
    }

    /// Returns the mean absolute difference between an index's scores and the exact scores.
    fn error<Bytes: AsRef<[u8]>>(&self, index: &Index<Bytes>, query: &Query) -> f64 {
        let scorer = Scorer::new(index, query);
        let errors =
            self.neighbours.iter().map(|exact| (scorer.score(exact.row) - exact.score).abs());
        f64::from(errors.sum::<f32>()) / self.neighbours.len().max(1) as f64
    }
}

fn others(row: usize) -> Filter<'static> {
    Filter { except: Some(row), only: None }
}

/// Judges an index by all its levels, which take so many bytes of the file.
fn judge<Bytes: AsRef<[u8]> + Sync>(
    index: &Index<Bytes>,
    bytes_of_file: usize,
    truth: &[Truth],
    progress: &Progress,
) -> Recall {
    let judged: Vec<[f64; 3]> = truth
        .par_iter()
        .map(|truth| {
            let query = index.query(&truth.query);
            let of_model = truth.recall(index, &index.query_of(truth.row));
            progress.step();
            [truth.recall(index, &query), of_model, truth.error(index, &query)]
        })
        .collect();
    let mean = |at: usize| judged.iter().map(|one| one[at]).sum::<f64>() / judged.len() as f64;
    let levels = index.codebook().into_iter().flat_map(|codebook| &codebook.levels);
    Recall {
        bytes_a_model: levels.map(Level::bytes).sum(),
        bytes_of_file,
        recall_at_10: mean(0),
        recall_at_10_of_models: mean(1),
        score_error: mean(2),
    }
}
