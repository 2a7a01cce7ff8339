//! `recasketch eval`: how often a model's neighbours are of its own category.
//!
//! Every model is the query once and is left out of its own answers. The scores are those that the
//! page shows: exact cosines of the packed embeddings.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::catalogue::Model;
use crate::index::Index;
use crate::search::{Filter, Neighbour, nearest};

/// How many answers precision looks at.
const TOP: usize = 10;

/// The quality of one category's answers, or of all.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Quality {
    /// The category.
    pub category: String,
    /// How many of its models were the query.
    pub queries: usize,
    /// The mean share of the 10 nearest that are of the query's category, 0..=1.
    pub precision_at_10: f64,
    /// Mean average precision over the whole ranking, 0..=1.
    pub mean_average_precision: f64,
}

/// Judges an index by its models' first categories, best category first, the mean over all queries
/// last. Models without a category, or alone in theirs, are no queries.
pub fn run<Bytes: AsRef<[u8]> + Sync>(index: &Index<Bytes>, models: &[Model]) -> Vec<Quality> {
    let label = |row: usize| models[row].categories.first().map(String::as_str);
    let mut members: BTreeMap<&str, usize> = BTreeMap::new();
    (0..models.len())
        .filter_map(label)
        .for_each(|category| *members.entry(category).or_default() += 1);
    let judged: Vec<(&str, f64, f64)> = (0..models.len())
        .into_par_iter()
        .filter_map(|row| label(row).map(|category| (row, category)))
        .filter(|(_, category)| members[category] > 1)
        .map(|(row, category)| {
            let filter = Filter { except: Some(row), ..Filter::default() };
            let ranking = nearest(index, &index.query_of(row), filter, models.len());
            let alike = |neighbour: &Neighbour| label(neighbour.row) == Some(category);
            let hits: Vec<bool> = ranking.iter().map(alike).collect();
            (category, precision(&hits), average_precision(&hits))
        })
        .collect();
    let mut table: Vec<Quality> = members.keys().map(|category| mean(&judged, category)).collect();
    table.retain(|quality| quality.queries > 0);
    table.sort_by(|a, b| b.precision_at_10.total_cmp(&a.precision_at_10));
    let all: Vec<_> =
        judged.iter().map(|&(_, precision, average)| ("all", precision, average)).collect();
    table.push(mean(&all, "all"));
    table
}

fn precision(hits: &[bool]) -> f64 {
    let top = &hits[..TOP.min(hits.len())];
    top.iter().filter(|hit| **hit).count() as f64 / top.len().max(1) as f64
}

/// The mean of the precisions at each hit.
fn average_precision(hits: &[bool]) -> f64 {
    let mut found = 0.0;
    let mut sum = 0.0;
    for (rank, _) in hits.iter().enumerate().filter(|(_, hit)| **hit) {
        found += 1.0;
        sum += found / (rank + 1) as f64;
    }
    if found == 0.0 { 0.0 } else { sum / found }
}

fn mean(judged: &[(&str, f64, f64)], category: &str) -> Quality {
    let of: Vec<_> = judged.iter().filter(|(name, ..)| *name == category).collect();
    let count = of.len().max(1) as f64;
    Quality {
        category: category.to_owned(),
        queries: of.len(),
        precision_at_10: of.iter().map(|(_, precision, _)| precision).sum::<f64>() / count,
        mean_average_precision: of.iter().map(|(.., average)| average).sum::<f64>() / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_looks_at_ten_and_no_further() {
        let hits = [vec![true; 4], vec![false; 6], vec![true; 90]].concat();
        assert_eq!(precision(&hits), 0.4);
        assert_eq!(precision(&[true, false]), 0.5);
        assert_eq!(precision(&[]), 0.0);
    }

    #[test]
    fn average_precision_is_the_mean_of_precisions_at_hits() {
        // Hits at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3.
        let expected = (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0;
        assert!((average_precision(&[true, false, true, true, false]) - expected).abs() < 1e-12);
        assert_eq!(average_precision(&[false, false]), 0.0);
    }
}
