//! The rows of an index in cells of similar rows, of which a search reads only those nearest to the query.

use std::ops::Range;

use crate::embedding::{PARTS, Watch};
use crate::index::{Index, clustered};
use crate::search::{Filter, Neighbour, RowSet, nearest};

/// The cells that are searched for a row; docs/benchmarks.md says what they find. Where there are no more, the answers
/// are those of a search of all rows.
const SEARCHED: usize = 12;

/// The rows of an index, cell by cell.
pub(super) struct Cells {
    index: Index<Vec<u8>>,
    /// An index whose rows are the cells' centres.
    head: Index<Vec<u8>>,
    /// The rows of each cell within `index`.
    ranges: Vec<Range<usize>>,
    /// The rows of the original index, in the order of `index`, and the reverse.
    rows: Vec<u32>,
    places: Vec<u32>,
}

impl Cells {
    /// Divides the rows of an index of the first level.
    ///
    /// # Panics
    /// Where rows are whole maps.
    pub(super) fn of<Bytes: AsRef<[u8]> + Sync>(index: &Index<Bytes>, watch: &Watch) -> Cells {
        let parts = clustered(index, watch);
        let level = &index.codebook().expect("rows of codes").levels[0];
        let (mut ranges, mut rows) = (Vec::new(), Vec::with_capacity(index.len()));
        for cell in &parts.cells {
            ranges.push(rows.len()..rows.len() + cell.len());
            rows.extend(cell.iter().map(|&row| row as u32));
        }
        let mut places = vec![0; rows.len()];
        (0..).zip(&rows).for_each(|(place, &row)| places[row as usize] = place);
        let codes = PARTS.map(|part| {
            let mut codes = Vec::with_capacity(index.rows(0)[part].len());
            let row = |row: &u32| index.row_of((0, level), *row as usize)[part];
            rows.iter().for_each(|at| codes.extend_from_slice(row(at)));
            codes
        });
        let [even, odd] = &codes;
        let head = parts.head(index).expect("an index of codes");
        let index = index.with_rows(rows.len(), [even, odd]).expect("the rows of this index");
        Cells { index, head, ranges, rows, places }
    }

    /// The `top` nearest of a row without the row itself, best first. Equal scores have the order of rows.
    pub(super) fn nearest(&self, row: usize, top: usize) -> Vec<Neighbour> {
        let place = self.places[row] as usize;
        let query = self.index.query_of(place);
        let cells = nearest(&self.head, &query, Filter::default(), SEARCHED);
        let ranges = cells.iter().map(|cell| self.ranges[cell.row].clone());
        let only = RowSet::of_ranges(self.index.len(), ranges);
        let filter = Filter { except: Some(place), only: Some(&only) };
        let mut found = nearest(&self.index, &query, filter, top);
        found.iter_mut().for_each(|one| one.row = self.rows[one.row] as usize);
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
        found
    }
}
