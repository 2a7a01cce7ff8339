//! [`FeatureMap`](super::FeatureMap) -> where the things are that the classifier sees.
//!
//! The classifier adds up the positions of a map, so each position contributes to the answer: class activation
//! mapping, Zhou et al. 2016, <https://arxiv.org/abs/1512.04150>. For one thing all classes count, by their
//! probabilities. Of several things the most probable one would hide the others, so there each position counts by the
//! class that it speaks for most.

/// The box holds this fraction of the activation along each side.
const HELD: f32 = 0.9;

/// The smallest side of the box. A smaller part of a map of 7 x 7 positions says little.
const LEAST: f32 = 0.45;

/// A box whose middle is nearer to the input's middle than this is not worth a proposal: the whole image finds as much.
/// `tests/browser/proposals.js` measures it.
const OFF_CENTRE: f32 = 0.125;

/// The most things.
const MOST: usize = 3;

/// Two things are apart where every way from the lower one to the higher one passes a position that has at most this
/// fraction of the lower one's peak.
const VALLEY: f32 = 0.4;

/// A thing has at least this fraction of the activation.
const WORTH: f32 = 0.2;

/// All things together have at least this fraction of the activation; otherwise it is scattered, and they are chance.
const TOGETHER: f32 = 0.9;

/// Two boxes have at most this fraction of the smaller one in common.
const COMMON: f32 = 0.1;

/// Two maps `[height, width]` -> up to [`MOST`] squares `[left, top, side]` in fractions of the input's sides, the one
/// with the most activation first. `activations` are those of all classes by their probabilities, `answers` those of
/// each position's own class. Where `answers` show one thing, `activations` say where it is, and there is no square
/// where it lies in the middle or is nowhere.
pub(super) fn focus(activations: &[f32], answers: &[f32], sides: [usize; 2]) -> Vec<[f32; 3]> {
    let several = several(&above_median(answers), sides);
    if several.len() > 1 {
        return several;
    }
    let off = |start: f32, side: f32| (start + side / 2.0 - 0.5).abs();
    let one = square(&above_median(activations), sides);
    one.into_iter()
        .filter(|&[left, top, side]| off(left, side).max(off(top, side)) > OFF_CENTRE)
        .collect()
}

/// How much each position has above the median, at least 0.
fn above_median(map: &[f32]) -> Vec<f32> {
    let mut sorted = map.to_vec();
    sorted.sort_by(f32::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    map.iter().map(|value| (value - median).max(0.0)).collect()
}

/// The squares of things that lie apart; none where the activation is scattered.
fn several(above: &[f32], sides: [usize; 2]) -> Vec<[f32; 3]> {
    let all: f32 = above.iter().sum();
    let sum = |thing: &Vec<usize>| thing.iter().map(|&at| above[at]).sum::<f32>();
    let mut things = apart(above, sides);
    things.retain(|thing| sum(thing) >= WORTH * all);
    if things.iter().map(sum).sum::<f32>() < TOGETHER * all {
        return Vec::new();
    }
    things.sort_by(|a, b| sum(b).total_cmp(&sum(a)));
    let mut squares: Vec<[f32; 3]> = Vec::new();
    for thing in things {
        let mut alone = vec![0.0; above.len()];
        thing.into_iter().for_each(|at| alone[at] = above[at]);
        squares.extend(
            square(&alone, sides)
                .filter(|one| squares.iter().all(|other| common(one, other) <= COMMON)),
        );
    }
    squares.truncate(MOST);
    squares
}

/// The positions of each thing. Positions are taken in the order of their activation: one beside no other begins a
/// thing, and one where two things meet joins them unless it is a valley.
fn apart(above: &[f32], [height, width]: [usize; 2]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..above.len()).filter(|&at| above[at] > 0.0).collect();
    order.sort_by(|&a, &b| above[b].total_cmp(&above[a]));
    let mut thing_of = vec![None; above.len()];
    // Each begins with its peak, and one with a higher peak comes before the others.
    let mut things: Vec<Vec<usize>> = Vec::new();
    for at in order {
        let (row, column) = (at / width, at % width);
        let rows = row.saturating_sub(1)..(row + 2).min(height);
        let columns = column.saturating_sub(1)..(column + 2).min(width);
        let mut near: Vec<usize> = rows
            .flat_map(|row| columns.clone().map(move |column| row * width + column))
            .filter_map(|place| thing_of[place])
            .collect();
        near.sort_unstable();
        near.dedup();
        let first = near.first().copied().unwrap_or(things.len());
        if near.is_empty() {
            things.push(Vec::new());
        }
        for &other in near.iter().skip(1) {
            if above[at] > VALLEY * above[things[other][0]] {
                let joined = std::mem::take(&mut things[other]);
                joined.iter().for_each(|&place| thing_of[place] = Some(first));
                things[first].extend(joined);
            }
        }
        thing_of[at] = Some(first);
        things[first].push(at);
    }
    things
}

/// The square `[left, top, side]` that has most of a map of activations, which are at least 0.
fn square(above: &[f32], [height, width]: [usize; 2]) -> Option<[f32; 3]> {
    let (mut columns, mut rows) = (vec![0f32; width], vec![0f32; height]);
    for (at, activation) in above.iter().enumerate() {
        columns[at % width] += activation;
        rows[at / width] += activation;
    }
    let [left, right] = middle(&columns)?;
    let [top, bottom] = middle(&rows)?;
    let side = (right - left).max(bottom - top).clamp(LEAST, 1.0);
    let start = |from: f32, to: f32| ((from + to - side) / 2.0).clamp(0.0, 1.0 - side);
    Some([start(left, right), start(top, bottom), side])
}

/// The area that two squares have in common, as a fraction of the smaller one's.
fn common(one: &[f32; 3], other: &[f32; 3]) -> f32 {
    let along = |axis: usize| {
        let end = (one[axis] + one[2]).min(other[axis] + other[2]);
        (end - one[axis].max(other[axis])).max(0.0)
    };
    along(0) * along(1) / one[2].min(other[2]).powi(2)
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

    /// A map of 7 x 7 with these activations of 2 x 2 positions, by the row and the column of the first.
    fn things(of: &[(usize, usize, f32)]) -> Vec<f32> {
        let mut map = vec![0.0; 49];
        for &(row, column, activation) in of {
            for (down, across) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                map[7 * (row + down) + column + across] = activation;
            }
        }
        map
    }

    /// What is proposed where both maps are the same.
    fn found(map: &[f32], side: usize) -> Vec<[f32; 3]> {
        focus(map, map, [side, side])
    }

    fn is_near(found: &[[f32; 3]], expected: &[[f32; 3]]) {
        let all = |squares: &[[f32; 3]]| squares.concat();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (one, other) in all(found).into_iter().zip(all(expected)) {
            assert!((one - other).abs() < 1e-6, "{found:?}");
        }
    }

    #[test]
    fn what_lies_in_a_corner_has_a_square_around_it() {
        // 0.9 of half the side, in the middle of that half.
        let corner = map(&[(0, 2), (0, 3), (1, 2), (1, 3)]);
        is_near(&found(&corner, 4), &[[0.525, 0.025, 0.45]]);
    }

    #[test]
    fn a_small_thing_at_the_edge_has_the_least_square_within_the_image() {
        is_near(&found(&map(&[(3, 0)]), 4), &[[0.0, 0.55, LEAST]]);
    }

    #[test]
    fn things_apart_have_a_square_each_by_their_activation() {
        let (first, second, third) = ([0.0, 0.0, LEAST], [0.55, 0.55, LEAST], [0.55, 0.0, LEAST]);
        is_near(&found(&things(&[(0, 0, 2.0), (5, 5, 1.5)]), 7), &[first, second]);
        is_near(&found(&things(&[(0, 0, 1.5), (5, 5, 2.0)]), 7), &[second, first]);
        let three = things(&[(0, 0, 2.0), (5, 5, 1.5), (0, 5, 1.0)]);
        is_near(&found(&three, 7), &[first, second, third]);
        let four = things(&[(0, 0, 2.0), (5, 5, 1.9), (0, 5, 1.8), (5, 0, 1.7)]);
        is_near(&found(&four, 7), &[first, second, third]);
    }

    #[test]
    fn of_several_one_may_lie_in_the_middle() {
        // The second has the least square around the middle of its positions, 3 / 7 and 4 / 7.
        let maps = things(&[(5, 5, 2.0), (2, 2, 1.5)]);
        let middle = 3.0 / 7.0 - LEAST / 2.0;
        is_near(&found(&maps, 7), &[[0.55, 0.55, LEAST], [middle, middle, LEAST]]);
    }

    #[test]
    fn what_hangs_together_is_one_thing() {
        let mut bridged = things(&[(0, 0, 2.0), (5, 5, 1.5)]);
        let bridge = |map: &mut Vec<f32>, activation: f32| {
            (2..5).for_each(|at| map[8 * at] = activation);
        };
        bridge(&mut bridged, 0.59);
        assert_eq!(several(&bridged, [7, 7]).len(), 2, "0.6 is the most that keeps them apart");
        bridge(&mut bridged, 0.61);
        assert_eq!(several(&bridged, [7, 7]).len(), 1);
    }

    #[test]
    fn a_weak_thing_and_one_that_overlaps_are_left_out() {
        let first = [[0.0, 0.0, LEAST]];
        is_near(&several(&things(&[(0, 0, 2.0), (5, 5, 0.2)]), [7, 7]), &first);
        is_near(&several(&things(&[(0, 0, 2.0), (0, 3, 1.5)]), [7, 7]), &first);
        // The second has enough, but together they have only 0.89.
        let weak = things(&[(0, 0, 2.0), (5, 5, 0.9), (0, 5, 0.35)]);
        assert_eq!(several(&weak, [7, 7]).len(), 0);
    }

    #[test]
    fn each_position_counts_by_its_own_class_for_several_and_by_all_for_one() {
        let (two, one) = (things(&[(0, 0, 2.0), (5, 5, 1.5)]), things(&[(0, 5, 1.0)]));
        assert_eq!(focus(&one, &two, [7, 7]).len(), 2);
        is_near(&focus(&one, &one, [7, 7]), &focus(&one, &[1.0; 49], [7, 7]));
    }

    #[test]
    fn the_middle_everywhere_scattered_and_nowhere_are_no_proposal() {
        let none: [[f32; 3]; 0] = [];
        assert_eq!(found(&map(&[(1, 1), (1, 2), (2, 1), (2, 2)]), 4), none);
        let scattered: Vec<f32> = (0..49).map(|at| (at * 29 % 49) as f32).collect();
        assert_eq!(found(&scattered, 7), none);
        assert_eq!(found(&[1.0; 16], 4), none);
        assert_eq!(found(&[f32::INFINITY; 16], 4), none);
        assert_eq!(found(&[f32::NAN; 16], 4), none);
        let mut endless = things(&[(0, 0, 2.0), (5, 5, 1.5)]);
        endless[0] = f32::INFINITY;
        assert_eq!(found(&endless, 7), none);
        assert_eq!(found(&[], 0), none);
    }
}
