//! The plainest options to embed with: what differs, each test says.

use std::path::Path;

use recasketch::commands::embed::Options;
use recasketch::weights::shipped::NetworkSource;

use crate::place::changed;

/// The catalogue and the thumbnails of a folder, embedded by the small network into a site without a page and without cells.
pub(crate) fn options(folder: &Path, out: &Path) -> Options {
    let (catalogue, thumbnails) = (folder.join("catalogue.csv"), folder.join("thumbnails"));
    changed(Options::new(catalogue, thumbnails, out), |options| {
        options.network = NetworkSource::Small;
        options.cells_above = usize::MAX;
    })
}
