//! Sets of rows, with one bit for each row.

use std::ops::Range;

/// A set of the rows of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSet {
    words: Vec<u64>,
    rows: usize,
}

impl RowSet {
    /// The set of the rows for which `holds` is true.
    pub fn of(rows: usize, holds: impl Fn(usize) -> bool) -> RowSet {
        let word = |at: usize| {
            let bits = (64 * at..rows.min(64 * at + 64)).filter(|&row| holds(row));
            bits.fold(0u64, |word, row| word | 1 << (row % 64))
        };
        RowSet { words: (0..rows.div_ceil(64)).map(word).collect(), rows }
    }

    /// The set of the rows in some ranges.
    ///
    /// # Panics
    /// Where a range ends after `rows`.
    pub fn of_ranges(rows: usize, ranges: impl IntoIterator<Item = Range<usize>>) -> RowSet {
        let mut words = vec![0u64; rows.div_ceil(64)];
        for range in ranges {
            assert!(range.end <= rows, "rows {range:?} of {rows}");
            let mut row = range.start;
            while row < range.end {
                let count = (64 - row % 64).min(range.end - row);
                words[row / 64] |= (u64::MAX >> (64 - count)) << (row % 64);
                row += count;
            }
        }
        RowSet { words, rows }
    }

    /// The set of some rows; those that the index does not have are left out.
    pub fn of_rows(rows: usize, listed: &[u32]) -> RowSet {
        let mut words = vec![0u64; rows.div_ceil(64)];
        for row in listed.iter().map(|&row| row as usize).filter(|&row| row < rows) {
            words[row / 64] |= 1 << (row % 64);
        }
        RowSet { words, rows }
    }

    /// The number of rows of the index.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of rows in the set.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no row is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Whether a row is in the set.
    pub fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// The rows that both sets have, which are of the same index.
    pub fn and(&self, other: &RowSet) -> RowSet {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a & b);
        RowSet { words: words.collect(), rows: self.rows }
    }

    /// The rows in the set, rising.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let bits = |(at, &word): (usize, &u64)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| 64 * at + bit)
        };
        self.words.iter().enumerate().flat_map(bits)
    }

    /// The bits of the rows from `64 * at` on, the first row in the lowest bit.
    pub(super) fn word(&self, at: usize) -> u64 {
        self.words[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_rows_and_no_others() {
        let ranges = [0..0, 3..4, 60..70, 128..192, 193..321, 321..330];
        let set = RowSet::of_ranges(330, ranges.clone());
        let expected = RowSet::of(330, |row| ranges.iter().any(|range| range.contains(&row)));
        assert_eq!(set, expected);
        assert_eq!(set.len(), 1 + 10 + 64 + 128 + 9);
        assert!(RowSet::of_ranges(64, [0..32, 32..64]).contains(63));
    }
}
