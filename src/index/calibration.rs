//! The meaning of a score in a catalogue: how many of its pairs have a greater score.

use super::{Index, Scorer};

/// The number of scores in the table.
const SCORES: usize = 64;

/// The number of entries over which the fraction of pairs is halved.
const STEPS: f32 = 3.0;

/// The most models of the sample, evenly spaced. They have a hundred thousand pairs.
const SAMPLE: usize = 512;

/// Two models are similar where at most this fraction of the catalogue's pairs has a greater score.
const ALIKE: f32 = 0.02;

/// The distribution of the scores of a catalogue's pairs. The fraction `2^(-i/3)` of the pairs has at least the score
/// of entry `i`, from all pairs down to one in two million.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    scores: [f32; SCORES],
}

impl Calibration {
    /// Measures the pairs of an index; all scores are 0 where there are none.
    pub fn measure<Bytes: AsRef<[u8]> + Sync>(index: &Index<Bytes>) -> Calibration {
        let count = index.len().min(SAMPLE);
        let sample: Vec<usize> = (0..count).map(|at| at * index.len() / count).collect();
        let of_row = |at: usize| -> Vec<f32> {
            let query = index.query_of(sample[at]);
            let scorer = Scorer::new(index, &query);
            sample[at + 1..].iter().map(|&other| scorer.score(other)).collect()
        };
        #[cfg(feature = "native")]
        let mut scores: Vec<f32> = {
            use rayon::prelude::*;
            (0..count).into_par_iter().flat_map_iter(of_row).collect()
        };
        #[cfg(not(feature = "native"))]
        let mut scores: Vec<f32> = (0..count).flat_map(of_row).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        let entry = |entry: usize| {
            let reached = scores.len() as f32 * (-(entry as f32) / STEPS).exp2();
            scores.get((reached.ceil() as usize).saturating_sub(1)).copied().unwrap_or_default()
        };
        Calibration { scores: std::array::from_fn(entry) }
    }

    /// Reads a table. Returns `None` unless its scores rise and are within -1..=1.
    pub fn read(bytes: &[u8]) -> Option<Calibration> {
        let numbers = bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
        let scores: [f32; SCORES] = numbers.collect::<Vec<f32>>().try_into().ok()?;
        let rises = scores.is_sorted() && scores.iter().all(|score| (-1.0..=1.0).contains(score));
        rises.then_some(Calibration { scores })
    }

    /// The table, little endian.
    pub fn bytes(&self) -> Vec<u8> {
        self.scores.iter().flat_map(|score| score.to_le_bytes()).collect()
    }

    /// The fraction of the catalogue's pairs whose score is below `score`, 0..=1: "closer than 99.8% of pairs" is
    /// 0.998. The table ends at one pair in two million.
    pub fn closer_than(&self, score: f32) -> f32 {
        let above = self.scores.partition_point(|&entry| entry <= score);
        let Some(last) = above.checked_sub(1) else { return 0.0 };
        let within = match (self.scores.get(last), self.scores.get(above)) {
            (Some(&low), Some(&high)) if high > low => (score - low) / (high - low),
            _ => 0.0,
        };
        1.0 - (-(last as f32 + within) / STEPS).exp2()
    }

    /// The score from which on models are similar: 98 of 100 pairs have a lower score. It is 0 where there are too few
    /// pairs to know.
    pub fn alike(&self) -> f32 {
        let score = self.scores[(-ALIKE.log2() * STEPS).round() as usize];
        if score < self.scores[SCORES - 1] { score } else { 0.0 }
    }
}
