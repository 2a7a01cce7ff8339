//! Doors to the crawl's readers, which are no part of its interface, for `fuzz/` and the replay of its corpus.

use std::path::Path;

use serde_json::Value;

use super::listing::Listing;
use super::outcomes::Outcomes;
use super::record::Candidate;
use super::{lists, pager};
use crate::error::Result;

/// The uids that a file of these bytes names.
///
/// # Errors
/// [`Error::Catalogue`](crate::error::Error::Catalogue) where it names nothing.
pub fn list(bytes: &[u8]) -> Result<Vec<String>> {
    let page = lists::named_in(Path::new("list"), bytes)?;
    Ok(page.found.into_iter().map(|found| found.model.uid).collect())
}

/// The uids and the next cursor of an answer of the API; none where it is no list.
pub fn answer(json: &[u8]) -> Option<(Vec<String>, Option<String>)> {
    let page = pager::page(&serde_json::from_slice(json).ok()?).ok()?;
    Some((page.found.iter().map(|found| found.uid().to_owned()).collect(), page.next))
}

/// The uid of the record of one model, and its row in the catalogue; none where it is no record.
pub fn record(json: &[u8]) -> Option<(String, crate::site::catalogue::Model)> {
    let record: Value = serde_json::from_slice(json).ok()?;
    let found = Candidate::read(&record)?;
    Some((found.uid().to_owned(), found.row("thumbnails/file.jpg", [720, 405])))
}

/// How many models a list that a crawl kept selects, of how many; none where it has no first line. What a kill tore is
/// cut off the file.
///
/// # Errors
/// [`Error::Catalogue`](crate::error::Error::Catalogue) where lines are no crawl's.
pub fn listing(path: &Path) -> Result<Option<[usize; 2]>> {
    let Some(listing) = Listing::read(path)? else { return Ok(None) };
    let _ = (listing.next(), listing.is_full(), listing.oddities());
    let _ = listing.head.query.address(listing.head.age_restricted);
    Ok(Some([listing.selected().count(), listing.models().count()]))
}

/// Reads the outcomes that a crawl kept in a folder, and writes them in order again.
///
/// # Errors
/// [`Error::Catalogue`](crate::error::Error::Catalogue) where lines are no crawl's.
pub fn outcomes(folder: &Path) -> Result<()> {
    Outcomes::open(folder)?.settle(std::iter::empty())
}
