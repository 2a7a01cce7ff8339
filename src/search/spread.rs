//! Models to look at without a query: a few that differ from each other.

use crate::index::{Index, Scorer};

/// At most this many models are looked at for each that is wanted.
const TRIES: usize = 20;

/// `count` rows, no two of them similar, or fewer where the index has fewer. Another seed gives other rows. Where too
/// few models differ, similar ones fill up.
pub fn spread<Bytes: AsRef<[u8]> + Sync>(
    index: &Index<Bytes>,
    count: usize,
    seed: u32,
) -> Vec<usize> {
    let count = count.min(index.len());
    let alike = index.calibration().alike();
    let (mut rows, mut similar) = (Vec::new(), Vec::new());
    for row in shuffled(index.len(), seed).take(TRIES * count) {
        if rows.len() == count {
            break;
        }
        let query = index.query_of(row);
        let scorer = Scorer::new(index, &query);
        let is_new = rows.iter().all(|&other| scorer.score(other) < alike);
        if is_new { rows.push(row) } else { similar.push(row) }
    }
    let missing = count - rows.len();
    rows.extend(similar.into_iter().take(missing));
    rows
}

/// All numbers below `count`, each once, in an order by the seed.
fn shuffled(count: usize, seed: u32) -> impl Iterator<Item = usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = seed;
    // Only as many numbers are exchanged as are taken.
    (0..count).map(move |at| {
        // A linear congruential generator (Numerical Recipes); its high bits are the random ones.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let other = at + ((u64::from(state) * (count - at) as u64) >> 32) as usize;
        order.swap(at, other);
        order[at]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_an_order_of_all_numbers() {
        let order = |seed| shuffled(100, seed).collect::<Vec<usize>>();
        let mut sorted = order(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<usize>>());
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
        assert_eq!(shuffled(0, 1).next(), None);
    }
}
