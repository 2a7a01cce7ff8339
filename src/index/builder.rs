//! Collects embeddings in memory and writes them as an embedding file.

use std::collections::HashSet;
use std::io::Cursor;

use super::Origin;
use super::writer::{Content, Uids, Writer};
use crate::embedding::{Codebook, Embedding, Watch};
#[cfg(feature = "native")]
use crate::embedding::{Embeddings, book};
use crate::error::{Details, Error, Result};

/// The largest size of whole maps that are published, in bytes: one megabyte, a sixth of a first visit.
#[cfg(feature = "native")]
const LITTLE: usize = 1 << 20;

/// Collects embeddings and writes them as an embedding file.
#[derive(Debug)]
pub struct Builder {
    origin: Origin,
    embeddings: Vec<Embedding>,
    uids: Uids,
    known: HashSet<String>,
    photographs: Vec<Embedding>,
    watch: Watch,
}

impl Builder {
    /// Starts an empty file.
    pub fn new(origin: Origin) -> Builder {
        Builder {
            origin,
            embeddings: Vec::new(),
            uids: Uids::default(),
            known: HashSet::new(),
            photographs: Vec::new(),
            watch: Watch::default(),
        }
    }

    /// Reports the progress of learning and encoding to `watch`.
    pub fn watched(self, watch: Watch) -> Builder {
        Builder { watch, ..self }
    }

    /// Measures what scores mean for photographs by a sample of them, which the file's network embedded. Without a
    /// sample, scores mean the same for every query.
    pub fn with_photographs(self, photographs: Vec<Embedding>) -> Builder {
        Builder { photographs, ..self }
    }

    /// Adds a model as the next row.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for an embedding of another length; [`Error::Catalogue`] for a uid that is empty or has been
    /// added before.
    pub fn push(&mut self, uid: &str, embedding: Embedding) -> Result<()> {
        if embedding.codes().len() != self.origin.dimensions() {
            return Err(Error::Mismatch(Details::new(
                format!("{} codes", self.origin.dimensions()),
                embedding.codes().len().to_string(),
                "embed every image with the same network",
            )));
        }
        if uid.is_empty() || !self.known.insert(uid.to_owned()) {
            let came = match uid {
                "" => "an empty uid".to_owned(),
                _ => format!("'{uid}' twice"),
            };
            return Err(Error::Catalogue(Details::new(
                "a different uid for every model",
                came,
                "remove the row from the catalogue",
            )));
        }
        self.embeddings.push(embedding);
        self.uids.push(uid);
        Ok(())
    }

    /// Writes the file in the form for visitors: with the codes of [`codebook_for_visitors`], or with whole maps.
    ///
    /// # Errors
    /// Those of [`codebook_for_visitors`].
    #[cfg(feature = "native")]
    pub fn finish_for_visitors(self, scratch: &std::path::Path) -> Result<Vec<u8>> {
        let embeddings = &self.embeddings[..];
        let codebook = codebook_for_visitors(self.origin, embeddings, scratch, &self.watch)?;
        Ok(match codebook {
            Some(codebook) => self.finish_in_levels(&codebook),
            None => self.finish(),
        })
    }

    /// Writes the file with whole maps, whose scores are exact.
    pub fn finish(self) -> Vec<u8> {
        self.written(Content::Maps)
    }

    /// Writes the file with the codes of a codebook.
    ///
    /// # Panics
    /// Where the codebook does not have two levels, or is for maps of another shape.
    pub fn finish_in_levels(self, codebook: &Codebook) -> Vec<u8> {
        self.written(Content::Levels(codebook))
    }

    fn written(&self, content: Content<'_>) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let writer = Writer {
            origin: self.origin,
            embeddings: &self.embeddings[..],
            uids: &self.uids,
            photographs: &self.photographs,
            watch: &self.watch,
        };
        writer.write(content, &mut file).expect("memory can be read and written");
        file.into_inner()
    }
}

/// Learns the codes that visitors get. Returns `None` where they get whole maps, whose scores are exact: where these
/// take a megabyte at most, or are smaller than the codes with their codebook. Needs room in the folder `scratch`, as
/// [`learn`](crate::embedding::learn) does.
///
/// # Errors
/// Those of [`learn`](crate::embedding::learn).
#[cfg(feature = "native")]
pub fn codebook_for_visitors<E: Embeddings + ?Sized>(
    origin: Origin,
    embeddings: &E,
    scratch: &std::path::Path,
    watch: &Watch,
) -> Result<Option<Codebook>> {
    let maps = embeddings.len() * (origin.dimensions() + 4);
    if maps <= LITTLE {
        return Ok(None);
    }
    let Origin { shape, classes, metric, .. } = origin;
    let codebook = crate::embedding::learn(shape, classes, metric, embeddings, scratch, watch)?;
    let is_smaller = |codebook: &Codebook| {
        let rows: usize = codebook.levels.iter().map(|level| level.bytes()).sum();
        let books: usize = codebook.levels.iter().map(|level| book::write(level).len()).sum();
        books + embeddings.len() * rows + origin.dimensions() < maps
    };
    Ok(codebook.filter(is_smaller))
}
