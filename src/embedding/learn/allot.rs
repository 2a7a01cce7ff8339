//! Chooses the number of blocks of each width for each part of a level.

use super::super::form::{BLOCK, WIDTHS};

/// The mean squared error of 8, 4 and 2 bits, as a fraction of the mean square, for a normal distribution.
const LEFT: [f32; 3] = [0.000_05, 0.0095, 0.1175];

/// The numbers of blocks of 8-bit, 4-bit and 2-bit codes of each part that minimise the remaining cost. Costs are
/// sorted, the largest first.
pub(super) fn blocks(costs: [Vec<f32>; 2], bytes: usize) -> [[usize; 3]; 2] {
    let all = bytes / BLOCK;
    let divisions = (0..=all).map(|odd| [best(&costs[0], all - odd), best(&costs[1], odd)]);
    let sum = |[even, odd]: &[[usize; 3]; 2]| left(&costs[0], *even) + left(&costs[1], *odd);
    divisions.min_by(|a, b| sum(a).total_cmp(&sum(b))).unwrap_or_default()
}

/// The best division of `all` blocks of one part.
fn best(costs: &[f32], all: usize) -> [usize; 3] {
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
        assert_eq!(best(&[1.0; 16], 1), [1, 0, 0]);
        assert_eq!(best(&[1.0; 64], 1), [0, 0, 1]);
        assert_eq!(best(&[1.0; 32], 1), [0, 1, 0]);
        let steep: Vec<f32> = (0..300).map(|at| 0.5f32.powi(at / 8)).collect();
        let [eight, four, two] = best(&steep, 4);
        assert_eq!(eight + four + two, 4);
        assert!(eight >= 1 && four >= 1, "{eight} {four} {two}");
    }

    #[test]
    fn the_dearer_part_gets_more_blocks_and_an_empty_one_none() {
        let costs = |size: f32| vec![size; 64];
        assert_eq!(blocks([costs(1.0), vec![]], 64), [best(&costs(1.0), 4), [0; 3]]);
        assert_eq!(blocks([costs(1.0), costs(1.0)], 64), [best(&costs(1.0), 2); 2]);
        let [even, odd] = blocks([costs(1.0), costs(0.01)], 64);
        assert!(even.iter().sum::<usize>() > odd.iter().sum::<usize>(), "{even:?} {odd:?}");
    }
}
