//! What can go wrong, sorted by whose it is to mend.
//!
//! Every variant that speaks of content says what was expected, what came, and what to do next, so
//! that the same sentence serves a terminal and the page.

use std::fmt;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Every failure of this crate, by whose fault it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The image is of a format that this crate does not decode; a browser might.
    #[error("this image cannot be read: {0}")]
    UnsupportedImage(Details),
    /// The image is damaged, empty or larger than the limits.
    #[error("this image cannot be used: {0}")]
    Image(Details),
    /// The network file is not a truncated VGG16 in ONNX.
    #[error("this is not a usable network: {0}")]
    Network(Details),
    /// The embedding file is damaged or of another version.
    #[error("the embedding file cannot be used: {0}")]
    EmbeddingFile(Details),
    /// Files that must belong together do not.
    #[error("these files do not belong together: {0}")]
    Mismatch(Details),
    /// The catalogue, or what was asked of it, is wrong.
    #[error("the catalogue cannot be used: {0}")]
    Catalogue(Details),
    /// The settings of a site hold what is no setting.
    #[error("the settings cannot be used: {0}")]
    Settings(Details),
    /// A link holds a query that is damaged, or another site's.
    #[error("this link cannot be followed: {0}")]
    Link(Details),
    /// A server did not give the file that was asked of it.
    #[error("the download failed: {0}")]
    Download(Details),
    /// The operating system refused a file or folder.
    #[error("{path}: {source}; {advice}")]
    File {
        /// The path, as it was given.
        path: String,
        /// What the system said.
        source: std::io::Error,
        /// What to do next.
        advice: &'static str,
    },
}

/// What was expected, what came, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// What would have been right.
    pub expected: String,
    /// What was there instead.
    pub came: String,
    /// The next step for whoever reads this.
    pub advice: String,
}

impl Details {
    /// Gathers the three parts of a failure's sentence.
    pub fn new(
        expected: impl Into<String>,
        came: impl Into<String>,
        advice: impl Into<String>,
    ) -> Details {
        Details { expected: expected.into(), came: came.into(), advice: advice.into() }
    }
}

impl fmt::Display for Details {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected {}, found {}; {}", self.expected, self.came, self.advice)
    }
}

impl Error {
    /// A short stable name of the variant, for programs that read errors (the page does).
    pub fn kind(&self) -> &'static str {
        match self {
            Error::UnsupportedImage(_) => "UnsupportedImage",
            Error::Image(_) => "Image",
            Error::Network(_) => "Network",
            Error::EmbeddingFile(_) => "EmbeddingFile",
            Error::Mismatch(_) => "Mismatch",
            Error::Catalogue(_) => "Catalogue",
            Error::Settings(_) => "Settings",
            Error::Link(_) => "Link",
            Error::Download(_) => "Download",
            Error::File { .. } => "File",
        }
    }
}
