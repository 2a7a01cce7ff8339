//! Sets of rows, with one bit for each row.

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

    /// The bits of the rows from `64 * at` on, the first row in the lowest bit.
    pub(super) fn word(&self, at: usize) -> u64 {
        self.words[at]
    }
}
