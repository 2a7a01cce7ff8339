//! Access to the crawl's private readers, for `fuzz/` and for the test that replays its corpus.

use std::path::Path;

use serde_json::Value;

use super::listing::Listing;
use super::outcomes::Outcomes;
use super::record::Candidate;
use super::{lists, pager};
use crate::error::Result;

/// Returns the uids that a file of these bytes names.
///
/// # Errors
/// [`Error::Catalogue`](crate::error::Error::Catalogue) where it names nothing.
pub fn list(bytes: &[u8]) -> Result<Vec<String>> {
    let page = lists::named_in(Path::new("list"), bytes)?;
    Ok(page.found.into_iter().map(|found| found.model.uid).collect())
}

/// Returns the uids and the next cursor of an answer of the API; `None` where it is no list.
pub fn answer(json: &[u8]) -> Option<(Vec<String>, Option<String>)> {
    let page = pager::page(&serde_json::from_slice(json).ok()?).ok()?;
    Some((page.found.iter().map(|found| found.uid().to_owned()).collect(), page.next))
}

/// Returns the uid of a model's record, and its row in the catalogue; `None` where it is no record.
pub fn record(json: &[u8]) -> Option<(String, crate::site::catalogue::Model)> {
    let record: Value = serde_json::from_slice(json).ok()?;
    let found = Candidate::read(&record)?;
    Some((found.uid().to_owned(), found.row("thumbnails/file.jpg", [720, 405])))
}

/// Returns the number of models that a stored list selects, and the number of all its models; `None` where the file
/// has no first line. An incomplete last line is cut off the file.
///
/// # Errors
/// [`Error::Catalogue`](crate::error::Error::Catalogue) where lines are no crawl's.
pub fn listing(path: &Path) -> Result<Option<[usize; 2]>> {
    let Some(listing) = Listing::read(path)? else { return Ok(None) };
    let _ = (listing.next(), listing.is_full(), listing.oddities());
    let _ = listing.head.query.address(listing.head.age_restricted);
    Ok(Some([listing.selected().count(), listing.models().count()]))
}

/// Reads the outcomes of a crawl's folder, and writes them again in order.
///
/// # Errors
/// [`Error::Catalogue`](crate::error::Error::Catalogue) where lines are no crawl's.
pub fn outcomes(folder: &Path) -> Result<()> {
    Outcomes::open(folder)?.finish(std::iter::empty())
}
