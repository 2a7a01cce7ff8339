//! What chance does to a mean over queries: the bootstrap (Efron 1979).

use serde::Serialize;

use super::Measures;

/// How often the queries are drawn anew.
const RESAMPLES: usize = 2000;

/// The same draws every time, so the same queries give the same intervals.
const SEED: u64 = 1979;

/// A mean over queries, and the interval that 95% of the means of queries drawn anew, with
/// replacement, from these lie in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// The interval's lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The estimates of the three measures, from the same draws; zeros for no queries.
pub(super) fn estimates(measures: &[Measures]) -> [Estimate; 3] {
    let mean = |values: &mut dyn Iterator<Item = [f64; 3]>| {
        let mut sums = [0.0; 3];
        for value in values {
            sums.iter_mut().zip(value).for_each(|(sum, value)| *sum += value);
        }
        sums.map(|sum| sum / measures.len().max(1) as f64)
    };
    let means = mean(&mut measures.iter().map(|one| one.values()));
    if measures.is_empty() {
        return means.map(|_| Estimate::default());
    }
    let mut random = fastrand::Rng::with_seed(SEED);
    let resampled: Vec<[f64; 3]> = (0..RESAMPLES)
        .map(|_| {
            let mut draw = |_| measures[random.usize(..measures.len())].values();
            mean(&mut (0..measures.len()).map(&mut draw))
        })
        .collect();
    [0, 1, 2].map(|at| {
        let mut sorted: Vec<f64> = resampled.iter().map(|means| means[at]).collect();
        sorted.sort_by(f64::total_cmp);
        let [low, high] = [0.025, 0.975].map(|share| sorted[share_of(share)]);
        Estimate { mean: means[at], low, high }
    })
}

/// The place of a share in the sorted means.
fn share_of(share: f64) -> usize {
    (share * (RESAMPLES - 1) as f64).round() as usize
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
        // Of 400 coins the mean has the standard error 0.5 / 20, and 95% lie within 1.96 of it.
        let coins = precisions((0..400).map(|at| f64::from(at % 2)));
        let [estimate, ..] = estimates(&coins);
        assert_eq!(estimate.mean, 0.5);
        for (end, expected) in [(estimate.low, 0.451), (estimate.high, 0.549)] {
            assert!((end - expected).abs() < 0.006, "{estimate:?}");
        }
        assert_eq!(estimates(&coins)[0], estimate);
    }

    #[test]
    fn what_does_not_vary_has_no_width_and_no_queries_have_nothing() {
        let [estimate, precision, _] = estimates(&precisions([0.25; 8].into_iter()));
        assert_eq!(estimate, Estimate { mean: 0.25, low: 0.25, high: 0.25 });
        assert_eq!(precision, Estimate::default());
        assert_eq!(estimates(&[]), [Estimate::default(); 3]);
    }
}
