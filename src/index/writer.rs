//! Writes an embedding file in one pass over the embeddings, of which only a few are in memory at once.

use std::borrow::Cow;
use std::io::{Read, Result as IoResult, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::calibration::{self, Measuring};
use super::{CALIBRATION, Calibration, HEADER, Index, MAGIC, Origin, Rows, VERSION, numbers};
use crate::digest::Digesting;
use crate::embedding::{Codebook, Embedding, Embeddings, Encoder, PARTS, Watch, book};
use crate::error::{Error, Result};

/// The rows that are read and coded at once.
const BATCH: usize = 512;

/// The bytes that are read at once for the digest.
const READ: usize = 1 << 20;

/// What a file holds.
#[derive(Clone, Copy)]
pub(crate) enum Content<'c> {
    /// Whole maps, whose scores are exact.
    Maps,
    /// The codes of a codebook's two levels.
    Levels(&'c Codebook),
}

/// Writes embeddings with their uids as a file.
pub(crate) struct Writer<'a, E: ?Sized> {
    pub(crate) origin: Origin,
    pub(crate) embeddings: &'a E,
    pub(crate) uids: &'a Uids,
    /// A sample of photographs, for the calibration.
    pub(crate) photographs: &'a [Embedding],
    pub(crate) watch: &'a Watch,
}

/// The uids of a file: their text, and the end of each in it.
#[derive(Debug, Default)]
pub(crate) struct Uids {
    ends: Vec<u8>,
    text: String,
}

impl Uids {
    pub(crate) fn push(&mut self, uid: &str) {
        self.text.push_str(uid);
        self.ends.extend_from_slice(&(self.text.len() as u32).to_le_bytes());
    }
}

impl<E: Embeddings + ?Sized> Writer<'_, E> {
    /// Writes a file from its beginning; `file` is empty. Returns where the first level ends, or the file if it holds
    /// whole maps.
    ///
    /// # Errors
    /// Those of the embeddings, and [`Error::File`] where `file` cannot be written.
    ///
    /// # Panics
    /// Where a codebook does not have two levels, or is for maps of another shape.
    pub(crate) fn write(
        &self,
        content: Content<'_>,
        file: &mut (impl Read + Write + Seek),
    ) -> Result<u64> {
        let form = RowForm::new(self.origin, content);
        let mut file = Output { file, end: 0 };
        file.append(&self.start(&form)?)?;
        let mut places = Vec::with_capacity(form.widths.len());
        for (at, width) in form.widths.iter().enumerate() {
            if at.is_multiple_of(PARTS.len()) {
                file.append(form.books.get(at / PARTS.len()).map_or(&[], Vec::as_slice))?;
            }
            places.push(file.end);
            file.end += (self.embeddings.len() * width) as u64;
        }
        let odd = |_| places[1] + (self.embeddings.len() * form.widths[1]) as u64;
        let first_level = form.codebook.as_ref().map(odd);
        let calibration = self.rows(&form, |sections| {
            places.iter_mut().zip(sections).try_for_each(|(place, rows)| {
                file.put(*place, rows)?;
                *place += rows.len() as u64;
                Ok(())
            })
        })?;
        file.put(HEADER as u64, &calibration.bytes())?;
        file.append(&self.uids.ends)?;
        file.append(self.uids.text.as_bytes())?;
        let digest = file.digest()?;
        file.append(&digest)?;
        Ok(first_level.unwrap_or(file.end))
    }

    /// Gives the sections of all rows to `take`, a batch after another. Returns the calibration.
    fn rows(
        &self,
        form: &RowForm<'_>,
        mut take: impl FnMut(&[Vec<u8>]) -> Result<()>,
    ) -> Result<Calibration> {
        let models = self.embeddings.len();
        let sample = calibration::sample(models);
        let mut sampled = vec![Vec::new(); form.widths.len()];
        let mut measuring = Measuring::new(&form.index(0, &sampled), self.photographs);
        let done = AtomicUsize::new(0);
        let coded = || self.watch.tell("coding", 1 + done.fetch_add(1, Ordering::Relaxed), models);
        for start in (0..models).step_by(BATCH) {
            let rows = start..models.min(start + BATCH);
            let embeddings = rows.clone().map(|row| self.embeddings.get(row));
            let embeddings = embeddings.collect::<Result<Vec<_>>>()?;
            let sections = form.sections(&embeddings, coded);
            drop(embeddings);
            let own = sample.partition_point(|&row| row < rows.start)
                ..sample.partition_point(|&row| row < rows.end);
            for row in sample[own].iter().map(|row| row - start) {
                for ((to, from), width) in sampled.iter_mut().zip(&sections).zip(&form.widths) {
                    to.extend_from_slice(&from[row * width..(row + 1) * width]);
                }
            }
            take(&sections)?;
            measuring.take(&form.index(rows.len(), &sections));
        }
        Ok(measuring.calibration(&form.index(sample.len(), &sampled)))
    }

    /// The file up to its first codebook or row: the header, room for the calibration, and the first map.
    fn start(&self, form: &RowForm<'_>) -> Result<Vec<u8>> {
        let [fit, resize, metric] = numbers(self.origin);
        let [height, width, channels] = self.origin.shape.map(|side| side as u32);
        let classes = self.origin.classes as u32;
        let (models, text) = (self.embeddings.len() as u32, self.uids.text.len() as u32);
        let mut file = MAGIC.to_vec();
        [VERSION, fit, resize, metric, height, width, channels, classes, models, text]
            .iter()
            .chain(form.lengths().as_flattened())
            .for_each(|number| file.extend_from_slice(&number.to_le_bytes()));
        file.extend_from_slice(&self.origin.network.0);
        file.resize(HEADER + CALIBRATION, 0);
        if form.codebook.is_some() && models > 0 {
            file.extend_from_slice(bytemuck::cast_slice(self.embeddings.get(0)?.codes()));
        }
        Ok(file)
    }
}

/// How rows are written: each in several sections.
struct RowForm<'c> {
    origin: Origin,
    /// The codebook of the rows, prepared for encoding; `None` for whole maps.
    encoder: Option<Encoder<'c>>,
    codebook: Option<Arc<Codebook>>,
    /// The codebook's levels as bytes.
    books: Vec<Vec<u8>>,
    /// The bytes of a row in each section: a map and its squared norm, or each part of each level.
    widths: Vec<usize>,
}

impl<'c> RowForm<'c> {
    fn new(origin: Origin, content: Content<'c>) -> RowForm<'c> {
        match content {
            Content::Maps => RowForm {
                origin,
                encoder: None,
                codebook: None,
                books: Vec::new(),
                widths: vec![origin.dimensions(), size_of::<u32>()],
            },
            Content::Levels(codebook) => {
                assert_eq!(codebook.levels.len(), 2, "a codebook of two levels");
                let parts = codebook.levels.iter().flat_map(|level| &level.parts);
                RowForm {
                    origin,
                    encoder: Some(Encoder::new(codebook)),
                    codebook: Some(Arc::new(codebook.clone())),
                    books: codebook.levels.iter().map(book::write).collect(),
                    widths: parts.map(|part| part.form.bytes()).collect(),
                }
            }
        }
    }

    /// For each level the bytes of its codebook and of a row; zeros for whole maps.
    fn lengths(&self) -> [[u32; 2]; 2] {
        let mut lengths = [[0; 2]; 2];
        for ((length, book), row) in
            lengths.iter_mut().zip(&self.books).zip(self.widths.chunks(PARTS.len()))
        {
            *length = [book.len() as u32, row.iter().sum::<usize>() as u32];
        }
        lengths
    }

    /// The sections of some rows. Calls `coded` after each row.
    fn sections(&self, embeddings: &[Cow<'_, Embedding>], coded: impl Fn() + Sync) -> Vec<Vec<u8>> {
        let mut sections: Vec<Vec<u8>> =
            self.widths.iter().map(|width| Vec::with_capacity(width * embeddings.len())).collect();
        let row = |embedding: &Cow<'_, Embedding>| -> Vec<Vec<u8>> {
            let row = match &self.encoder {
                Some(encoder) => encoder.encode(embedding).into_iter().flatten().collect(),
                None => vec![
                    bytemuck::cast_slice(embedding.codes()).to_vec(),
                    embedding.squared_norm().to_le_bytes().to_vec(),
                ],
            };
            coded();
            row
        };
        #[cfg(feature = "native")]
        let rows: Vec<Vec<Vec<u8>>> = {
            use rayon::prelude::*;
            embeddings.par_iter().map(row).collect()
        };
        #[cfg(not(feature = "native"))]
        let rows: Vec<Vec<Vec<u8>>> = embeddings.iter().map(row).collect();
        for row in rows {
            sections.iter_mut().zip(row).for_each(|(section, part)| section.extend(part));
        }
        sections
    }

    /// An index of some rows, without uids.
    fn index(&self, models: usize, sections: &[Vec<u8>]) -> Index<Vec<u8>> {
        let bytes = sections.concat();
        let mut end = 0;
        let mut ranges = sections.iter().map(|section| {
            let start = end;
            end += section.len();
            start..end
        });
        let mut next = || ranges.next().unwrap_or_default();
        let rows = match &self.codebook {
            None => Rows::Maps { codes: next(), squared_norms: next() },
            Some(codebook) => Rows::Levels {
                codebook: Arc::clone(codebook),
                rows: codebook.levels.iter().map(|_| PARTS.map(|_| next())).collect(),
                first_map: 0..0,
            },
        };
        let calibration = Calibration::default();
        Index { bytes, origin: self.origin, models, calibration, rows, uids: None, sample: None }
    }
}

/// A file that is written at several places.
struct Output<'f, F> {
    file: &'f mut F,
    /// Where the next section begins.
    end: u64,
}

impl<F: Read + Write + Seek> Output<'_, F> {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.put(self.end, bytes)?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    fn put(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        let put = self.file.seek(SeekFrom::Start(at)).and_then(|_| self.file.write_all(bytes));
        put.map_err(failed)
    }

    /// The digest of all bytes before `end`.
    fn digest(&mut self) -> Result<Vec<u8>> {
        let mut digesting = Digesting::default();
        let mut read = || -> IoResult<()> {
            self.file.seek(SeekFrom::Start(0))?;
            let (mut buffer, mut left) = (vec![0; READ], self.end);
            while left > 0 {
                let length = left.min(READ as u64) as usize;
                self.file.read_exact(&mut buffer[..length])?;
                digesting.push(&buffer[..length]);
                left -= length as u64;
            }
            Ok(())
        };
        read().map_err(failed)?;
        Ok(digesting.finish().0.to_vec())
    }
}

fn failed(source: std::io::Error) -> Error {
    Error::File {
        path: "the unfinished embedding file".to_owned(),
        source,
        advice: "check that the disk has room",
    }
}
