//! `recasketch recommend`: the post's own product, the nearest of every model, all at once.
//!
//! The scores are those of [`crate::search`], and so is their order; each model is left out of its own
//! answers. What all models share is computed as one matrix product in blocks ([`product`]), so that the
//! memory it takes grows with the models and not with their square.

#[allow(unsafe_code)]
// the machine's own instructions; each block says why it is sound
mod kernel;
pub mod product;
mod write;

use std::path::Path;
use std::time::Instant;

pub use write::{Entry, Page, file_of};

use crate::error::Result;
use crate::site::Site;
use crate::util::options;

/// What was made, and how quickly.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// How many models got neighbours.
    pub models: usize,
    /// How many each got.
    pub neighbours: usize,
    /// How long finding them took, in seconds.
    pub seconds: f64,
}

/// Finds the `top` nearest of every model of a site and writes them into `out`.
///
/// # Errors
/// [`Error::File`](crate::error::Error::File) where something cannot be written, or is somebody else's.
pub fn run(site: &Site, top: usize, out: &Path) -> Result<Summary> {
    options::folder_to_write("--out", out)?;
    let folder = write::Folder::open(out, &site.models)?;
    let start = Instant::now();
    let neighbours = product::all_nearest(site.recommender.index(), top);
    let seconds = start.elapsed().as_secs_f64();
    folder.write(&site.models, &neighbours)?;
    Ok(Summary {
        models: neighbours.len(),
        neighbours: neighbours.first().map_or(0, Vec::len),
        seconds,
    })
}
