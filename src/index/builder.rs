//! Collects embeddings and writes them as an embedding file.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{CALIBRATION, Calibration, DIGEST, HEADER, Index, MAGIC, Origin, VERSION, numbers};
use crate::digest::Digest;
use crate::embedding::{Codebook, Embedding, Encoder, PARTS, Row, Watch, book};
use crate::error::{Details, Error, Result};

/// The largest size of whole maps that are published, in bytes: one megabyte, a sixth of a first visit.
#[cfg(feature = "native")]
const LITTLE: usize = 1 << 20;

/// Collects embeddings and writes them as an embedding file.
#[derive(Debug)]
pub struct Builder {
    origin: Origin,
    embeddings: Vec<Embedding>,
    uid_ends: Vec<u8>,
    text: String,
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
            uid_ends: Vec::new(),
            text: String::new(),
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
        self.text.push_str(uid);
        self.uid_ends.extend_from_slice(&(self.text.len() as u32).to_le_bytes());
        Ok(())
    }

    /// Writes the file in the form for visitors. Up to one megabyte it has whole maps, whose scores are exact. Above
    /// that it has two levels of codes, unless the whole maps are smaller.
    #[cfg(feature = "native")]
    pub fn finish_for_visitors(self) -> Vec<u8> {
        let maps = self.embeddings.len() * (self.origin.dimensions() + 4);
        if maps <= LITTLE {
            return self.finish();
        }
        let Origin { shape, classes, metric, .. } = self.origin;
        let codebook =
            crate::embedding::learn(shape, classes, metric, &self.embeddings, &self.watch);
        let is_smaller = |codebook: &Codebook| {
            let rows: usize = codebook.levels.iter().map(|level| level.bytes()).sum();
            let books: usize = codebook.levels.iter().map(|level| book::write(level).len()).sum();
            books + self.embeddings.len() * rows + self.origin.dimensions() < maps
        };
        match codebook.filter(is_smaller) {
            Some(codebook) => self.finish_in_levels(&codebook),
            None => self.finish(),
        }
    }

    /// Writes the file with whole maps, whose scores are exact.
    pub fn finish(self) -> Vec<u8> {
        let mut file = self.start([[0; 2]; 2]);
        for embedding in &self.embeddings {
            file.extend_from_slice(bytemuck::cast_slice(embedding.codes()));
        }
        for embedding in &self.embeddings {
            file.extend_from_slice(&embedding.squared_norm().to_le_bytes());
        }
        self.end(file)
    }

    /// Writes the file with the codes of a codebook.
    ///
    /// # Panics
    /// Where the codebook does not have two levels, or is for maps of another shape.
    pub fn finish_in_levels(self, codebook: &Codebook) -> Vec<u8> {
        let books: Vec<Vec<u8>> = codebook.levels.iter().map(book::write).collect();
        let lengths = [0, 1].map(|at| [books[at].len(), codebook.levels[at].bytes()]);
        let rows = self.encode(codebook);
        let mut file = self.start(lengths.map(|level| level.map(|length| length as u32)));
        if let Some(first) = self.embeddings.first() {
            file.extend_from_slice(bytemuck::cast_slice(first.codes()));
        }
        for (level, book) in books.iter().enumerate() {
            file.extend_from_slice(book);
            for part in PARTS {
                rows.iter().for_each(|row| file.extend_from_slice(&row[level][part]));
            }
        }
        self.end(file)
    }

    /// Starts the file with the header and room for the calibration.
    fn start(&self, levels: [[u32; 2]; 2]) -> Vec<u8> {
        let [fit, resize, metric] = numbers(self.origin);
        let [height, width, channels] = self.origin.shape.map(|side| side as u32);
        let classes = self.origin.classes as u32;
        let (models, text) = (self.embeddings.len() as u32, self.text.len() as u32);
        let mut file = MAGIC.to_vec();
        [VERSION, fit, resize, metric, height, width, channels, classes, models, text]
            .iter()
            .chain(levels.as_flattened())
            .for_each(|number| file.extend_from_slice(&number.to_le_bytes()));
        file.extend_from_slice(&self.origin.network.0);
        file.resize(HEADER + CALIBRATION, 0);
        file
    }

    /// Ends the file with the uids, the calibration and the digest.
    fn end(&self, mut file: Vec<u8>) -> Vec<u8> {
        file.extend_from_slice(&self.uid_ends);
        file.extend_from_slice(self.text.as_bytes());
        let content = file.len();
        // The calibration opens the file, which needs room for a digest but not the digest.
        file.resize(content + DIGEST, 0);
        let measure = |index| Calibration::measure(&index, &self.photographs);
        if let Ok(calibration) = Index::open(&file).map(measure) {
            file[HEADER..HEADER + CALIBRATION].copy_from_slice(&calibration.bytes());
        }
        file.truncate(content);
        let digest = Digest::of(&file);
        file.extend_from_slice(&digest.0);
        file
    }

    /// Encodes each embedding as a row of codes for each level.
    fn encode(&self, codebook: &Codebook) -> Vec<Vec<Row>> {
        let encoder = Encoder::new(codebook);
        let (done, all) = (AtomicUsize::new(0), self.embeddings.len());
        let encode = |embedding: &Embedding| {
            let row = encoder.encode(embedding);
            self.watch.tell("coding", 1 + done.fetch_add(1, Ordering::Relaxed), all);
            row
        };
        #[cfg(feature = "native")]
        {
            use rayon::prelude::*;
            self.embeddings.par_iter().map(encode).collect()
        }
        #[cfg(not(feature = "native"))]
        self.embeddings.iter().map(encode).collect()
    }
}
