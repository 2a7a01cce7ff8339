//! Chooses quantisation levels by the distribution of values, by Lloyd's iteration.

/// The number of iterations, each of which moves every level to the mean of its nearest values.
const ITERATIONS: usize = 60;

/// `COUNT` rising levels, scaled so that the largest absolute level is 127, and the value of 127.
pub(super) fn levels<const COUNT: usize>(mut values: Vec<f32>) -> ([i8; COUNT], f32) {
    if values.is_empty() {
        return ([0; COUNT], 0.0);
    }
    values.sort_by(f32::total_cmp);
    let mut sums = vec![0.0f64];
    sums.extend(values.iter().scan(0.0, |sum, &value| {
        *sum += f64::from(value);
        Some(*sum)
    }));
    let mut centres: [f64; COUNT] =
        std::array::from_fn(|at| f64::from(values[(2 * at + 1) * values.len() / (2 * COUNT)]));
    for _ in 0..ITERATIONS {
        let mut start = 0;
        for at in 0..COUNT {
            let end = match centres.get(at + 1) {
                Some(next) => {
                    let middle = (centres[at] + next) / 2.0;
                    values.partition_point(|&value| f64::from(value) <= middle)
                }
                None => values.len(),
            };
            if end > start {
                centres[at] = (sums[end] - sums[start]) / (end - start) as f64;
                start = end;
            }
        }
    }
    let peak = centres.iter().fold(0f64, |most, centre| most.max(centre.abs()));
    let level = |centre: f64| if peak > 0.0 { (centre / peak * 127.0).round() as i8 } else { 0 };
    (centres.map(level), peak as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_the_values_where_there_are_no_more() {
        let values = [[-2.0f32; 5], [-1.0; 5], [0.5; 5], [2.0; 5]].concat();
        assert_eq!(levels(values), ([-127, -64, 32, 127], 2.0));
        assert_eq!(levels::<4>(vec![]), ([0; 4], 0.0));
        assert_eq!(levels::<4>(vec![0.0; 3]), ([0; 4], 0.0));
    }

    #[test]
    fn levels_of_the_normal_distribution_are_lloyds() {
        // The sum of 12 uniform values minus 6 is nearly normal. Max's table of 1960 has 0.4528 and 1.510.
        let mut random = fastrand::Rng::with_seed(1);
        let values = (0..100_000).map(|_| (0..12).map(|_| random.f32()).sum::<f32>() - 6.0);
        let (levels, peak) = levels::<4>(values.collect());
        assert!((peak - 1.51).abs() < 0.02, "{peak}");
        let inner = f32::from(levels[2]) / 127.0 * peak;
        assert!((inner - 0.4528).abs() < 0.02, "{inner}");
    }
}
