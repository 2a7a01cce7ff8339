//! Confidence intervals of means over queries, by the bootstrap (Efron 1979).

use serde::Serialize;

use super::Measures;

/// The number of resamples.
const RESAMPLES: usize = 2000;

/// The seed is fixed, so that the same queries always give the same intervals.
const SEED: u64 = 1979;

/// A mean over queries with its 95% bootstrap interval: the middle 95% of the means of resamples, which are drawn
/// from the queries with replacement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// The estimates of all measures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Estimates {
    /// The average precision over the whole ranking.
    pub mean_average_precision: Estimate,
    /// Whether the nearest picture has the query's category.
    pub precision_at_1: Estimate,
    /// The fraction of the 10 nearest that have the query's category.
    pub precision_at_10: Estimate,
    /// The normalised discounted cumulative gain of the 10 nearest.
    pub ndcg_at_10: Estimate,
}

impl Estimates {
    /// Estimates all measures from the same resamples. All values are zero where there are no queries.
    pub(super) fn of(measures: &[Measures]) -> Estimates {
        let values: Vec<[f64; 4]> = measures.iter().map(|one| one.values()).collect();
        let [mean_average_precision, precision_at_1, precision_at_10, ndcg_at_10] =
            estimates(&values);
        Estimates { mean_average_precision, precision_at_1, precision_at_10, ndcg_at_10 }
    }

    /// Returns the estimates with the usual names of their measures.
    pub fn named(&self) -> [(&'static str, Estimate); 4] {
        [
            ("mAP", self.mean_average_precision),
            ("precision@1", self.precision_at_1),
            ("precision@10", self.precision_at_10),
            ("nDCG@10", self.ndcg_at_10),
        ]
    }
}

/// Estimates several measures of the same queries from the same resamples. All values are zero where there are no
/// queries.
pub(super) fn estimates<const MEASURES: usize>(values: &[[f64; MEASURES]]) -> [Estimate; MEASURES] {
    let mean = |values: &mut dyn Iterator<Item = [f64; MEASURES]>, count: usize| {
        let mut sums = [0.0; MEASURES];
        for value in values {
            sums.iter_mut().zip(value).for_each(|(sum, value)| *sum += value);
        }
        sums.map(|sum| sum / count as f64)
    };
    if values.is_empty() {
        return [Estimate::default(); MEASURES];
    }
    let count = values.len();
    let means = mean(&mut values.iter().copied(), count);
    let mut random = fastrand::Rng::with_seed(SEED);
    let resampled: Vec<[f64; MEASURES]> = (0..RESAMPLES)
        .map(|_| mean(&mut (0..count).map(|_| values[random.usize(..count)]), count))
        .collect();
    std::array::from_fn(|at| {
        let mut sorted: Vec<f64> = resampled.iter().map(|means| means[at]).collect();
        sorted.sort_by(f64::total_cmp);
        let [low, high] = [0.025, 0.975].map(|quantile| sorted[index_of(quantile)]);
        Estimate { mean: means[at], low, high }
    })
}

/// Returns the index of a quantile in the sorted means.
fn index_of(quantile: f64) -> usize {
    (quantile * (RESAMPLES - 1) as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn precisions(values: impl Iterator<Item = f64>) -> Vec<Measures> {
        values
            .map(|average_precision| Measures { average_precision, ..Default::default() })
            .collect()
    }

    #[test]
    fn the_interval_is_as_wide_as_the_means_standard_error_says() {
        // The mean of 400 coins has the standard error 0.5 / 20; 95% of such means lie within 1.96 standard errors.
        let coins = precisions((0..400).map(|at| f64::from(at % 2)));
        let estimate = Estimates::of(&coins).mean_average_precision;
        assert_eq!(estimate.mean, 0.5);
        for (end, expected) in [(estimate.low, 0.451), (estimate.high, 0.549)] {
            assert!((end - expected).abs() < 0.006, "{estimate:?}");
        }
        assert_eq!(Estimates::of(&coins).mean_average_precision, estimate);
    }

    #[test]
    fn equal_values_give_an_interval_of_width_zero_and_no_queries_give_zeros() {
        let expected = Estimates {
            mean_average_precision: Estimate { mean: 0.25, low: 0.25, high: 0.25 },
            ..Default::default()
        };
        assert_eq!(Estimates::of(&precisions([0.25; 8].into_iter())), expected);
        assert_eq!(Estimates::of(&[]), Estimates::default());
    }
}
