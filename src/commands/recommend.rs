//! `recasketch recommend`: writes the nearest models of every model, as the original post does.
//!
//! The scores and their order are those of [`crate::search`]. Each model is left out of its own neighbours. Whole
//! maps are compared by one matrix product in blocks ([`product`]), so that the memory grows with the number of
//! models and not with its square.

mod cells;
#[allow(unsafe_code)]
// The kernel uses vector instructions; each unsafe block says why it is sound.
mod kernel;
pub mod product;
mod write;

use std::path::Path;
use std::time::Instant;

pub use write::{Entry, Page, file_of};

use crate::error::Result;
use crate::site::Site;
use crate::util::options;

/// The summary of `recommend`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// The number of models that got neighbours.
    pub models: usize,
    /// The number of neighbours of each model.
    pub neighbours: usize,
    /// The duration of the comparison, in seconds.
    pub seconds: f64,
}

/// Finds the `top` nearest of every model of a site and writes them into `out`.
///
/// # Errors
/// [`Error::File`](crate::error::Error::File) where a file cannot be written, or would replace a file that no earlier
/// run wrote.
pub fn run(site: &Site, top: usize, out: &Path) -> Result<Summary> {
    options::folder_to_write("--out", out)?;
    let folder = write::Folder::open(out, &site.models)?;
    let start = Instant::now();
    let neighbours = product::all_nearest(site.recommender.index(), site.cells.as_ref(), top);
    let seconds = start.elapsed().as_secs_f64();
    folder.write(&site.models, &neighbours)?;
    Ok(Summary {
        models: neighbours.len(),
        neighbours: neighbours.first().map_or(0, Vec::len),
        seconds,
    })
}
