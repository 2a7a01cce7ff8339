//! The meaning of a score in a catalogue: how many pairs have a greater score.
//!
//! A model is compared with the catalogue's own pairs. A photograph is less similar to all models than they are to each
//! other. Therefore a query that is unlike the catalogue as a whole is compared with a sample of photographs: by its
//! lift, a score divided by the mean of the query's scores with all models.

use super::{Index, Query, Scorer};
use crate::embedding::Embedding;

/// The number of entries of a table.
const ENTRIES: usize = 64;

/// The number of entries over which the fraction of pairs is halved.
const STEPS: f32 = 3.0;

/// The most models of the sample, evenly spaced. They have a hundred thousand pairs.
const SAMPLE: usize = 512;

/// Two models are similar where at most this fraction of the catalogue's pairs has a greater score.
const ALIKE: f32 = 0.02;

/// A query is unlike the catalogue where its mean score is below that of this fraction of the models.
const UNLIKE: f32 = 0.02;

/// A model is similar to a photograph where its lift is at least the best lift of this fraction of the sample. The
/// sample's photographs show rooms, streets, people and things: about half of them show nothing that a model shows.
const UNANSWERED: f32 = 0.47;

/// The least mean score that a lift is computed with.
const LEAST_MEAN: f32 = 0.01;

/// How much more the classes count for a query that is unlike the catalogue. What a photograph shows is in its classes;
/// its colours and textures are those of no rendering. models/README.md has the results.
const CLASS_WEIGHT: f32 = 3.0;

/// The bytes of a calibration.
pub(super) const BYTES: usize = 4 * (2 * ENTRIES + 2);

/// The distributions of the scores of a catalogue's pairs and of the lifts of photographs.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    pairs: Table,
    /// All zeros where there is no sample of photographs for the network.
    photographs: Photographs,
}

#[derive(Debug, Clone, PartialEq)]
struct Photographs {
    /// A query whose mean score is below this is unlike the catalogue.
    below: f32,
    /// The lift from which on a model is similar to such a query.
    alike: f32,
    /// The lifts of all pairs of a photograph of the sample and a model.
    lifts: Table,
}

/// A distribution. The fraction `2^(-i/3)` of the pairs has at least the value of entry `i`, from all pairs down to one
/// in two million.
#[derive(Debug, Clone, PartialEq)]
struct Table([f32; ENTRIES]);

/// The meaning of the scores of one query.
#[derive(Debug, Clone, Copy)]
pub struct Closeness<'a> {
    table: &'a Table,
    /// What a score is divided by before it is looked up.
    unit: f32,
    alike: f32,
}

impl Calibration {
    /// Reads a calibration. Returns `None` unless the values of each table rise, scores are within -1..=1 and lifts
    /// within -100..=100.
    pub fn read(bytes: &[u8]) -> Option<Calibration> {
        let numbers = bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
        let numbers: [f32; 2 * ENTRIES + 2] = numbers.collect::<Vec<f32>>().try_into().ok()?;
        let (scores, lifts) = numbers.split_at(ENTRIES + 1);
        let is_within = |numbers: &[f32], most| numbers.iter().all(|number| number.abs() <= most);
        let (&below, pairs) = scores.split_last()?;
        let (&alike, table) = lifts.split_first()?;
        let rises = pairs.is_sorted() && table.is_sorted();
        (rises && is_within(scores, 1.0) && is_within(lifts, 1.0 / LEAST_MEAN)).then_some(())?;
        let [pairs, lifts] = [pairs, table].map(|table| table.try_into().ok().map(Table));
        Some(Calibration {
            pairs: pairs?,
            photographs: Photographs { below, alike, lifts: lifts? },
        })
    }

    /// The score from which on two models are similar: 98 of 100 pairs have a lower one. It is 0 where there are too
    /// few pairs to know.
    pub fn alike(&self) -> f32 {
        self.pairs.at_fraction(ALIKE)
    }

    /// The calibration, little endian.
    pub fn bytes(&self) -> Vec<u8> {
        let Photographs { below, alike, lifts } = &self.photographs;
        let numbers = self.pairs.0.iter().chain([below, alike]).chain(&lifts.0);
        numbers.flat_map(|number| number.to_le_bytes()).collect()
    }
}

/// Measures a calibration in one pass over the rows of an index.
pub(super) struct Measuring {
    /// The photographs as queries, and the best score of each so far.
    queries: Vec<Query>,
    best: Vec<f32>,
}

impl Measuring {
    /// Begins with a sample of photographs that the index's network embedded, and with an index of no rows.
    pub(super) fn new<Bytes: AsRef<[u8]>>(
        index: &Index<Bytes>,
        photographs: &[Embedding],
    ) -> Measuring {
        let queries: Vec<Query> =
            photographs.iter().map(|photograph| index.query_of_unlike(photograph)).collect();
        Measuring { best: vec![f32::MIN; queries.len()], queries }
    }

    /// Takes some rows.
    pub(super) fn take<Bytes: AsRef<[u8]> + Sync>(&mut self, rows: &Index<Bytes>) {
        self.best = each(self.queries.len(), |at| {
            let scorer = Scorer::new(rows, &self.queries[at]);
            (0..rows.len()).map(|row| scorer.score(row)).fold(self.best[at], f32::max)
        });
    }

    /// Measures the pairs of the sample's rows, and the lifts of photographs, which are all 0 where there are none.
    pub(super) fn calibration<Bytes: AsRef<[u8]> + Sync>(
        self,
        sample: &Index<Bytes>,
    ) -> Calibration {
        let scores = |query: &Query| -> Vec<f32> {
            let scorer = Scorer::new(sample, query);
            (0..sample.len()).map(|row| scorer.score(row)).collect()
        };
        let of_models = each(sample.len(), |row| scores(&sample.query_of(row)));
        let pairs = of_models.iter().enumerate().flat_map(|(at, scores)| &scores[at + 1..]);
        let pairs = Table::of(pairs.copied().collect());
        let mut means: Vec<f32> = of_models.iter().map(|scores| mean(scores)).collect();
        means.sort_by(f32::total_cmp);
        let below = means.get((UNLIKE * means.len() as f32) as usize).copied().unwrap_or_default();
        let answers = each(self.queries.len(), |at| {
            let scores = scores(&self.queries[at]);
            let mean = mean(&scores).max(LEAST_MEAN);
            (scores.iter().map(|score| score / mean).collect::<Vec<f32>>(), self.best[at] / mean)
        });
        let (lifts, mut best): (Vec<Vec<f32>>, Vec<f32>) = answers.into_iter().unzip();
        best.sort_by(f32::total_cmp);
        let alike = best.get((UNANSWERED * best.len() as f32) as usize).copied();
        let photographs = match alike {
            Some(alike) if pairs.is_known() => {
                Photographs { below, alike, lifts: Table::of(lifts.concat()) }
            }
            _ => Photographs { below: 0.0, alike: 0.0, lifts: Table([0.0; ENTRIES]) },
        };
        Calibration { pairs, photographs }
    }
}

impl<Bytes: AsRef<[u8]>> Index<Bytes> {
    /// The meaning of the scores of a query to this index.
    ///
    /// # Panics
    /// Where the query is not of this index.
    pub fn closeness(&self, query: &Query) -> Closeness<'_> {
        let Calibration { pairs, photographs } = &self.calibration;
        let mean = self.mean_score(query);
        if self.is_unlike(mean) {
            let Photographs { alike, lifts, .. } = photographs;
            let unit = mean.max(LEAST_MEAN);
            return Closeness { table: lifts, unit, alike: unit * alike };
        }
        Closeness { table: pairs, unit: 1.0, alike: self.calibration.alike() }
    }

    /// The query to ask in place of one that is unlike the catalogue: of the same embedding, with classes that count
    /// more. `None` where the query is like the catalogue.
    ///
    /// # Panics
    /// Where the query or the embedding is not of this index.
    pub(crate) fn instead_of(&self, query: &Query, embedding: &Embedding) -> Option<Query> {
        self.is_photograph(query).then(|| self.query_of_unlike(embedding))
    }

    /// Whether a query is unlike the catalogue as a whole, as those of photographs are.
    ///
    /// # Panics
    /// Where the query is not of this index.
    pub(crate) fn is_photograph(&self, query: &Query) -> bool {
        self.is_unlike(self.mean_score(query))
    }

    fn query_of_unlike(&self, embedding: &Embedding) -> Query {
        self.query(&embedding.weighing_classes(self.origin.class_values(), CLASS_WEIGHT))
    }

    /// Whether a query with this mean score is unlike the catalogue.
    fn is_unlike(&self, mean: f32) -> bool {
        let Photographs { below, lifts, .. } = &self.calibration.photographs;
        lifts.is_known() && mean < *below
    }

    /// The mean score of a query and the sample's models.
    fn mean_score(&self, query: &Query) -> f32 {
        if let Some(sample) = &self.sample {
            return sample.mean_score(query);
        }
        let scorer = Scorer::new(self, query);
        mean(&self.sample().into_iter().map(|row| scorer.score(row)).collect::<Vec<f32>>())
    }

    /// The rows of the sample.
    fn sample(&self) -> Vec<usize> {
        sample(self.len())
    }
}

impl Default for Calibration {
    /// That of an index without rows.
    fn default() -> Calibration {
        let photographs = Photographs { below: 0.0, alike: 0.0, lifts: Table([0.0; ENTRIES]) };
        Calibration { pairs: Table([0.0; ENTRIES]), photographs }
    }
}

impl Table {
    fn of(mut values: Vec<f32>) -> Table {
        values.sort_by(|a, b| b.total_cmp(a));
        let entry = |entry: usize| {
            let reached = values.len() as f32 * (-(entry as f32) / STEPS).exp2();
            values.get((reached.ceil() as usize).saturating_sub(1)).copied().unwrap_or_default()
        };
        Table(std::array::from_fn(entry))
    }

    /// The value that this fraction of the pairs reaches; 0 where there are too few pairs to know.
    fn at_fraction(&self, fraction: f32) -> f32 {
        let value = self.0[(-fraction.log2() * STEPS).round() as usize];
        if value < self.0[ENTRIES - 1] { value } else { 0.0 }
    }

    /// Whether there are enough pairs to know.
    fn is_known(&self) -> bool {
        self.at_fraction(ALIKE) != 0.0
    }
}

impl Closeness<'_> {
    /// The fraction of pairs that are less close, 0..=1: "closer than 99.8% of pairs" is 0.998. The pairs are those of
    /// the catalogue, or for a query that is unlike the catalogue those of a photograph and a model. A table ends at
    /// one pair in two million.
    pub fn closer_than(&self, score: f32) -> f32 {
        let (value, table) = (score / self.unit, &self.table.0);
        let above = table.partition_point(|&entry| entry <= value);
        let Some(last) = above.checked_sub(1) else { return 0.0 };
        let within = match (table.get(last), table.get(above)) {
            (Some(&low), Some(&high)) if high > low => (value - low) / (high - low),
            _ => 0.0,
        };
        1.0 - (-(last as f32 + within) / STEPS).exp2()
    }

    /// The score from which on a model is similar to the query: 98 of 100 of the catalogue's pairs have a lower one, or
    /// the best models for about half of the photographs are less close. It is 0 where there are too few pairs to know.
    pub fn alike(&self) -> f32 {
        self.alike
    }
}

/// The rows of the sample of so many models, in rising order.
pub(super) fn sample(models: usize) -> Vec<usize> {
    let count = models.min(SAMPLE);
    (0..count).map(|at| at * models / count).collect()
}

/// The results for each number, in order.
fn each<T: Send>(count: usize, result: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    #[cfg(feature = "native")]
    {
        use rayon::prelude::*;
        (0..count).into_par_iter().map(result).collect()
    }
    #[cfg(not(feature = "native"))]
    (0..count).map(result).collect()
}

fn mean(scores: &[f32]) -> f32 {
    scores.iter().sum::<f32>() / scores.len().max(1) as f32
}
