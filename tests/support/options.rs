//! The plainest order to embed: what differs, each test says.

use std::path::Path;

use recasketch::commands::embed::Options;
use recasketch::embedding::Metric;
use recasketch::pixels::Fit;
use recasketch::weights::shipped::NetworkSource;

/// The catalogue and the thumbnails of a folder, embedded by the small network into a site without a page.
pub(crate) fn options(folder: &Path, out: &Path) -> Options {
    Options {
        catalogue: folder.join("catalogue.csv"),
        thumbnails: folder.join("thumbnails"),
        out: out.to_owned(),
        into_existing: false,
        store: None,
        network: NetworkSource::Small,
        preprocessing: Fit::Crop.into(),
        metric: Metric::default(),
        exact: false,
        cells_above: usize::MAX,
        relearn: false,
        samples: None,
        page: None,
        settings: None,
        strict: false,
    }
}
