//! The measures of one ranking.

use super::TOP;

/// The measures of one query, each 0..=1, or the differences of two such measures, -1..=1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// The mean of the precisions at each hit over the whole ranking.
    pub average_precision: f64,
    /// Whether the first result is a hit, as 1 or 0.
    pub precision_at_1: f64,
    /// The fraction of hits among the first 10, or among all where there are fewer.
    pub precision_at_10: f64,
    /// The gain of the hits among the first 10, divided by the gain of the best possible ranking. A hit at rank r has
    /// the gain 1 / log2(r + 1).
    pub ndcg_at_10: f64,
}

impl Measures {
    /// Measures a ranking: `hits` says of each result, best first, whether it is a hit.
    pub fn of(hits: &[bool]) -> Measures {
        let top = &hits[..TOP.min(hits.len())];
        Measures {
            average_precision: average_precision(hits),
            precision_at_1: precision(&top[..top.len().min(1)]),
            precision_at_10: precision(top),
            ndcg_at_10: gain(top, count(hits)),
        }
    }

    /// Returns this one's measures minus another's.
    pub fn minus(self, other: Measures) -> Measures {
        Measures {
            average_precision: self.average_precision - other.average_precision,
            precision_at_1: self.precision_at_1 - other.precision_at_1,
            precision_at_10: self.precision_at_10 - other.precision_at_10,
            ndcg_at_10: self.ndcg_at_10 - other.ndcg_at_10,
        }
    }

    pub(super) fn values(self) -> [f64; 4] {
        [self.average_precision, self.precision_at_1, self.precision_at_10, self.ndcg_at_10]
    }
}

fn count(hits: &[bool]) -> usize {
    hits.iter().filter(|hit| **hit).count()
}

fn precision(top: &[bool]) -> f64 {
    count(top) as f64 / top.len().max(1) as f64
}

fn average_precision(hits: &[bool]) -> f64 {
    let (mut found, mut sum) = (0.0, 0.0);
    for (rank, _) in hits.iter().enumerate().filter(|(_, hit)| **hit) {
        found += 1.0;
        sum += found / (rank + 1) as f64;
    }
    if found == 0.0 { 0.0 } else { sum / found }
}

fn gain(top: &[bool], hits: usize) -> f64 {
    let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
    let ideal: f64 = (0..hits.min(top.len())).map(discount).sum();
    let found: f64 = (0..top.len()).filter(|&rank| top[rank]).map(discount).sum();
    if ideal == 0.0 { 0.0 } else { found / ideal }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_counts_the_first_one_or_ten_only() {
        assert_eq!(Measures::of(&[true, false, false]).precision_at_1, 1.0);
        assert_eq!(Measures::of(&[false, true, true]).precision_at_1, 0.0);
        let hits = [vec![true; 4], vec![false; 6], vec![true; 90]].concat();
        assert_eq!(Measures::of(&hits).precision_at_10, 0.4);
        assert_eq!(Measures::of(&[true, false]).precision_at_10, 0.5);
        assert_eq!(Measures::of(&[]), Measures::default());
    }

    #[test]
    fn average_precision_is_the_mean_of_precisions_at_hits() {
        // Hits at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3.
        let expected = (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0;
        let measured = Measures::of(&[true, false, true, true, false]).average_precision;
        assert!((measured - expected).abs() < 1e-12);
        assert_eq!(Measures::of(&[false, false]).average_precision, 0.0);
    }

    #[test]
    fn gain_is_divided_by_the_gain_of_the_best_ranking() {
        // Hits at ranks 2 and 3 instead of 1 and 2.
        let expected = (1.0 / 3f64.log2() + 0.5) / (1.0 + 1.0 / 3f64.log2());
        assert!((Measures::of(&[false, true, true]).ndcg_at_10 - expected).abs() < 1e-12);
        // The best possible ranking has ten hits among the first ten too.
        assert_eq!(Measures::of(&[true; 40]).ndcg_at_10, 1.0);
        // The best possible ranking has the hit at rank 11 among its first ten.
        let late = [vec![true], vec![false; 9], vec![true]].concat();
        let expected = 1.0 / (1.0 + 1.0 / 3f64.log2());
        assert!((Measures::of(&late).ndcg_at_10 - expected).abs() < 1e-12);
    }
}
