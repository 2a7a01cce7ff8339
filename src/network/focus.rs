//! [`FeatureMap`](super::FeatureMap) -> where the thing is that the classifier sees.
//!
//! The classifier adds up the positions of a map, so each position contributes to the answer: class activation
//! mapping, Zhou et al. 2016, <https://arxiv.org/abs/1512.04150>. Here all classes count, by their probabilities.

/// The box holds this fraction of the activation along each side.
const HELD: f32 = 0.9;

/// The smallest side of the box. A smaller part of a map of 7 x 7 positions says little.
const LEAST: f32 = 0.45;

/// A box whose middle is nearer to the input's middle than this is not worth a proposal: the whole image finds as much.
/// `tests/browser/proposals.js` measures it.
const OFF_CENTRE: f32 = 0.125;

/// The activations of a map `[height, width]` -> a square `[left, top, side]` in fractions of the input's sides, which
/// has most of the activation. `None` where that lies in the middle or is nowhere.
pub(super) fn focus(activations: &[f32], [height, width]: [usize; 2]) -> Option<[f32; 3]> {
    let mut sorted = activations.to_vec();
    sorted.sort_by(f32::total_cmp);
    let median = *sorted.get(sorted.len() / 2)?;
    let (mut columns, mut rows) = (vec![0f32; width], vec![0f32; height]);
    for (at, activation) in activations.iter().enumerate() {
        let above = (activation - median).max(0.0);
        columns[at % width] += above;
        rows[at / width] += above;
    }
    let [left, right] = middle(&columns)?;
    let [top, bottom] = middle(&rows)?;
    let side = (right - left).max(bottom - top).clamp(LEAST, 1.0);
    let start = |from: f32, to: f32| ((from + to - side) / 2.0).clamp(0.0, 1.0 - side);
    let (left, top) = (start(left, right), start(top, bottom));
    let off = |start: f32| (start + side / 2.0 - 0.5).abs();
    (off(left).max(off(top)) > OFF_CENTRE).then_some([left, top, side])
}

/// The range of a side, in fractions, that has [`HELD`] of the sum, with as much left out before it as after it.
fn middle(sums: &[f32]) -> Option<[f32; 2]> {
    let all: f32 = sums.iter().sum();
    if all <= 0.0 || !all.is_finite() {
        return None;
    }
    let reached = |wanted: f32| {
        let mut before = 0.0;
        for (at, sum) in sums.iter().enumerate() {
            if before + sum >= wanted {
                return (at as f32 + (wanted - before) / sum) / sums.len() as f32;
            }
            before += sum;
        }
        1.0
    };
    let left_out = (1.0 - HELD) / 2.0;
    Some([reached(left_out * all), reached((1.0 - left_out) * all)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map of 4 x 4 with these positions at 1.
    fn map(places: &[(usize, usize)]) -> Vec<f32> {
        let mut map = vec![0.0; 16];
        places.iter().for_each(|&(row, column)| map[4 * row + column] = 1.0);
        map
    }

    #[test]
    fn what_lies_in_a_corner_has_a_square_around_it() {
        let [left, top, side] = focus(&map(&[(0, 2), (0, 3), (1, 2), (1, 3)]), [4, 4]).unwrap();
        // 0.9 of half the side, in the middle of that half.
        assert!((left - 0.525).abs() < 1e-6 && (top - 0.025).abs() < 1e-6, "{left} {top}");
        assert!((side - 0.45).abs() < 1e-6, "{side}");
    }

    #[test]
    fn a_small_thing_at_the_edge_has_the_least_square_within_the_image() {
        let [left, top, side] = focus(&map(&[(3, 0)]), [4, 4]).unwrap();
        assert_eq!((left, side), (0.0, LEAST));
        assert!((top - 0.55).abs() < 1e-6, "{top}");
    }

    #[test]
    fn the_middle_everywhere_and_nowhere_are_no_proposal() {
        assert_eq!(focus(&map(&[(1, 1), (1, 2), (2, 1), (2, 2)]), [4, 4]), None);
        assert_eq!(focus(&[1.0; 16], [4, 4]), None);
        assert_eq!(focus(&[f32::INFINITY; 16], [4, 4]), None);
        assert_eq!(focus(&[], [0, 0]), None);
    }
}
