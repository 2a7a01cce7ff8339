//! Searches the cells of a site that are nearest to a query, as the page does.

use crate::index::Index;
use crate::search::{Filter, Neighbour, RowSet, nearest};
use crate::site::Cells;

/// The cells that are searched for a row; docs/benchmarks.md says what they find. Where there are no more, the answers
/// are those of a search of all rows.
const SEARCHED: usize = 12;

/// The `top` nearest of a row of an index without the row itself, best first. Equal scores have the order of rows.
pub(super) fn nearest_in<Bytes: AsRef<[u8]> + Sync>(
    cells: &Cells,
    index: &Index<Bytes>,
    row: usize,
    top: usize,
) -> Vec<Neighbour> {
    let query = index.query_of(row);
    let searched = nearest(&cells.centres, &query, Filter::default(), SEARCHED);
    let ranges = searched.into_iter().map(|cell| cells.rows[cell.row].clone());
    let only = RowSet::of_ranges(index.len(), ranges);
    nearest(index, &query, Filter { except: Some(row), only: Some(&only) }, top)
}
