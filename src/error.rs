//! The errors of this crate, one variant for each kind of input that can be wrong.
//!
//! An error about content says what was expected, what was found, and what to do next. The terminal and the page show
//! the same sentence.

use std::fmt;

/// The result of every function of this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// This crate cannot decode the image; a browser might.
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
    /// Two files, or a file and a query, do not belong together.
    #[error("these files do not belong together: {0}")]
    Mismatch(Details),
    /// The catalogue, or a request to it, is wrong.
    #[error("the catalogue cannot be used: {0}")]
    Catalogue(Details),
    /// The settings of a site hold an unknown key or a wrong value.
    #[error("the settings cannot be used: {0}")]
    Settings(Details),
    /// A link holds a query that is damaged or belongs to another site.
    #[error("this link cannot be followed: {0}")]
    Link(Details),
    /// The processor or the system lacks what an option needs.
    #[error("this machine cannot do that: {0}")]
    Machine(Details),
    /// A server did not send the requested file.
    #[error("the download failed: {0}")]
    Download(Details),
    /// The operating system refused a file or folder.
    #[error("{path}: {source}; {advice}")]
    File {
        /// The path as the caller gave it.
        path: String,
        /// The system's error.
        source: std::io::Error,
        /// What to do next.
        advice: &'static str,
    },
}

/// What was expected, what was found, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// What would have been right; empty where `came` alone is the sentence (see [`Details::plain`]).
    pub expected: String,
    /// What was found instead.
    pub came: String,
    /// What the reader of the error should do next.
    pub advice: String,
}

impl Details {
    /// The sentence "expected ..., found ...; advice".
    pub fn new(
        expected: impl Into<String>,
        came: impl Into<String>,
        advice: impl Into<String>,
    ) -> Details {
        Details { expected: expected.into(), came: came.into(), advice: advice.into() }
    }

    /// The sentence "problem; advice", for a failure that "expected ..., found ..." would describe badly.
    pub fn plain(problem: impl Into<String>, advice: impl Into<String>) -> Details {
        Details::new("", problem, advice)
    }
}

impl fmt::Display for Details {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.expected.is_empty() {
            write!(formatter, "expected {}, found ", self.expected)?;
        }
        write!(formatter, "{}; {}", self.came, self.advice)
    }
}

impl Error {
    /// The variant's name, which stays the same from version to version: programs such as the page test it.
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
            Error::Machine(_) => "Machine",
            Error::Download(_) => "Download",
            Error::File { .. } => "File",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_said_by_the_template_or_in_a_plain_sentence() {
        let details = Details::new("a catalogue", "nothing", "make one");
        let error = Error::Catalogue(details);
        let said = "the catalogue cannot be used: expected a catalogue, found nothing; make one";
        assert_eq!(error.to_string(), said);
        let details = Details::plain("the server answered 500", "try again later");
        let error = Error::Download(details);
        let said = "the download failed: the server answered 500; try again later";
        assert_eq!(error.to_string(), said);
    }
}
