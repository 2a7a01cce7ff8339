//! How many blocks of each width a level has.

use super::super::form::{BLOCK, WIDTHS};

/// What is left of a value's square after 8, 4 and 2 bits; of values spread as Gauss has it.
const LEFT: [f32; 3] = [0.000_05, 0.0095, 0.1175];

/// The blocks of 8-bit, 4-bit and 2-bit codes that leave the least of some costs, which fall.
pub(super) fn blocks(costs: &[f32], bytes: usize) -> [usize; 3] {
    let all = bytes / BLOCK;
    let splits = (0..=all).flat_map(|eight| (0..=all - eight).map(move |four| [eight, four]));
    let splits = splits.map(|[eight, four]| [eight, four, all - eight - four]);
    splits.min_by(|a, b| left(costs, *a).total_cmp(&left(costs, *b))).unwrap_or_default()
}

fn left(costs: &[f32], blocks: [usize; 3]) -> f32 {
    let mut rest = costs;
    let mut sum = 0.0;
    for ((blocks, width), left) in blocks.into_iter().zip(WIDTHS).zip(LEFT) {
        let (own, others) = rest.split_at((blocks * BLOCK * 8 / width).min(rest.len()));
        sum += own.iter().sum::<f32>() * left;
        rest = others;
    }
    sum + rest.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_costs_get_wide_codes_and_many_alike_get_narrow_ones() {
        assert_eq!(blocks(&[1.0; 16], 16), [1, 0, 0]);
        assert_eq!(blocks(&[1.0; 64], 16), [0, 0, 1]);
        assert_eq!(blocks(&[1.0; 32], 16), [0, 1, 0]);
        let steep: Vec<f32> = (0..300).map(|at| 0.5f32.powi(at / 8)).collect();
        let [eight, four, two] = blocks(&steep, 64);
        assert_eq!(eight + four + two, 4);
        assert!(eight >= 1 && four >= 1, "{eight} {four} {two}");
    }
}
