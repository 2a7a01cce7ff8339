//! A catalogue that is too large for one file, divided into cells of similar models.
//!
//! The page fetches the head, a file of the first level whose rows are the centres of the cells, then a sample of models.
//! It finds the centres that are nearest to a query, and fetches the codes of their cells. A cell has three files, each of
//! its models in the same order:
//!
//! | file | what |
//! | --- | --- |
//! | codes | the first level's codes, row after row; a row has its even part, then its odd part |
//! | fine codes | the second level's codes in the same way |
//! | models | the catalogue's data in blocks of [`CELL_BLOCK`] models, which this module does not read |
//!
//! The list of cells has for each cell, in the order of the centres:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 to 5 | models, as `src/index/varint.rs` writes numbers |
//! | 3 x 8 | the first bytes of the SHA-256 of its codes, of its fine codes, and of its models |
//! | ... | the bytes of each block of its models, as numbers in the same way |

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::{Index, Rows, damaged, varint};
use crate::embedding::{Codebook, PARTS, book};
use crate::error::Result;

/// The most models in a cell. A model's row in a catalogue in cells is this times the number of its cell, and its place in
/// the cell: so rows stay where models come to other cells.
pub const CELL_ROWS: usize = 2048;

/// The number of models in a block of a cell's models; the last block may have fewer.
pub const CELL_BLOCK: usize = 32;

/// The bytes of a digest in the list of cells.
const DIGEST: usize = 8;

/// An entry of the list of cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellFiles {
    /// The number of models.
    pub models: usize,
    /// The first 16 hexadecimal digits of the SHA-256 of its files: codes, fine codes, models.
    pub digests: [String; 3],
    /// The bytes of each block of models.
    pub blocks: Vec<usize>,
}

/// Writes a list of cells.
///
/// # Errors
/// [`Error::EmbeddingFile`](crate::error::Error::EmbeddingFile) where a digest is none.
pub fn write_cells(cells: &[CellFiles]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for cell in cells {
        varint::write(&mut bytes, cell.models);
        for digest in &cell.digests {
            let number = u64::from_str_radix(digest, 16);
            let number = number.map_err(|_| damaged("a digest", digest))?;
            bytes.extend(number.to_be_bytes());
        }
        cell.blocks.iter().for_each(|&length| varint::write(&mut bytes, length));
    }
    Ok(bytes)
}

/// Reads a list of cells.
///
/// # Errors
/// [`Error::EmbeddingFile`](crate::error::Error::EmbeddingFile) where it is damaged.
pub fn read_cells(mut bytes: &[u8]) -> Result<Vec<CellFiles>> {
    let mut cells = Vec::new();
    while !bytes.is_empty() {
        let models = varint::take(&mut bytes)?;
        if models > CELL_ROWS {
            return Err(damaged(
                &format!("at most {CELL_ROWS} models in a cell"),
                &models.to_string(),
            ));
        }
        let Some((digests, rest)) = bytes.split_at_checked(3 * DIGEST) else {
            return Err(damaged("the files of a cell", "the end"));
        };
        bytes = rest;
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let digests = [0, 1, 2].map(|at| hex(&digests[at * DIGEST..(at + 1) * DIGEST]));
        // No more blocks are read than the list has bytes.
        let blocks = (0..models.div_ceil(CELL_BLOCK)).map(|_| varint::take(&mut bytes));
        cells.push(CellFiles { models, digests, blocks: blocks.collect::<Result<_>>()? });
    }
    Ok(cells)
}

impl<Bytes: AsRef<[u8]>> Index<Bytes> {
    /// Makes a file of the first level with this index's codebook and calibration, and with the given rows of each
    /// part.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`](crate::error::Error::EmbeddingFile) where this index has whole maps or is no file, or
    /// where `parts` do not have `models` rows of codes.
    pub fn with_rows(&self, models: usize, parts: [&[u8]; 2]) -> Result<Index<Vec<u8>>> {
        let Rows::Levels { codebook, rows, first_map } = &self.rows else {
            return Err(damaged("rows of codes", "whole maps"));
        };
        let forms = &codebook.levels[0].parts;
        let length = |part: usize| models.checked_mul(forms[part].form.bytes());
        if PARTS.iter().any(|&part| Some(parts[part].len()) != length(part)) {
            let came = format!("{} and {} bytes", parts[0].len(), parts[1].len());
            return Err(damaged(&format!("{models} rows of codes"), &came));
        }
        let Ok(count) = u32::try_from(models) else {
            return Err(damaged(&format!("at most {} rows", u32::MAX), &models.to_string()));
        };
        let start = rows[0][0].start;
        if start < super::HEADER {
            return Err(damaged("an embedding file", "rows in memory"));
        }
        let mut bytes = self.bytes.as_ref()[..start].to_vec();
        bytes[super::MODELS..super::MODELS + 4].copy_from_slice(&count.to_le_bytes());
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        let middle = start + parts[0].len();
        let codebook = match codebook.levels.len() {
            1 => Arc::clone(codebook),
            _ => Arc::new(codebook.first_level()),
        };
        let rows = vec![[start..middle, middle..bytes.len()]];
        Ok(self.holding(
            bytes,
            models,
            Rows::Levels { codebook, rows, first_map: first_map.clone() },
        ))
    }

    /// An index of some rows of codes in memory, with this index's codebook and calibration. `levels` has the rows of the
    /// first level, and those of the second or nothing, as a cell's files have them.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`](crate::error::Error::EmbeddingFile) where this index has whole maps or no such level, or
    /// where the levels have no whole rows or not the same number.
    pub fn of_rows(&self, levels: &[&[u8]]) -> Result<Index<Vec<u8>>> {
        let Rows::Levels { codebook, .. } = &self.rows else {
            return Err(damaged("rows of codes", "whole maps"));
        };
        let (mut bytes, mut ranges) = (Vec::new(), Vec::new());
        let own = codebook.levels.first().map_or(1, |level| level.bytes());
        let models = levels.first().map_or(0, |rows| rows.len() / own);
        for (at, rows) in levels.iter().enumerate() {
            let Some(level) = codebook.levels.get(at) else {
                return Err(damaged(&format!("{} levels", codebook.levels.len()), "one more"));
            };
            if Some(rows.len()) != models.checked_mul(level.bytes()) {
                let expected = format!("{models} rows of {} bytes", level.bytes());
                return Err(damaged(&expected, &format!("{} bytes", rows.len())));
            }
            let (start, even) = (bytes.len(), level.parts[0].form.bytes());
            let whole = || rows.chunks_exact(level.bytes());
            whole().for_each(|row| bytes.extend_from_slice(&row[..even]));
            let middle = bytes.len();
            whole().for_each(|row| bytes.extend_from_slice(&row[even..]));
            ranges.push([start..middle, middle..bytes.len()]);
        }
        let codebook = Arc::clone(codebook);
        Ok(self.holding(bytes, models, Rows::Levels { codebook, rows: ranges, first_map: 0..0 }))
    }

    /// The rows of a level as a cell's files have them.
    ///
    /// # Panics
    /// Where there is no such level or row.
    pub fn rows_of(&self, level: usize, rows: &[usize]) -> Vec<u8> {
        let own = (level, &self.codebook().expect("rows of codes").levels[level]);
        rows.iter().flat_map(|&row| self.row_of(own, row)).flatten().copied().collect()
    }

    /// The rows with the first level of their codes alone, in memory.
    ///
    /// # Errors
    /// As [`Index::of_rows`].
    pub fn first_level(&self) -> Result<Index<Vec<u8>>> {
        let all: Vec<usize> = (0..self.len()).collect();
        let first = self.of_rows(&[&self.rows_of(0, &all)])?;
        Ok(match self.codebook() {
            Some(codebook) => first.with_codebook(&Arc::new(codebook.first_level())),
            None => first,
        })
    }

    /// The bytes of a row in each level of the codebook.
    pub fn row_bytes(&self) -> Vec<usize> {
        let levels = self.codebook().into_iter().flat_map(|codebook| &codebook.levels);
        levels.map(|level| level.bytes()).collect()
    }

    /// The place of the first level's codebook in the file.
    ///
    /// # Panics
    /// Where rows are whole maps.
    pub fn codebook_bytes(&self) -> Range<usize> {
        match &self.rows {
            Rows::Maps { .. } => panic!("whole maps have no codebook"),
            Rows::Levels { rows, first_map, .. } => first_map.end..rows[0][0].start,
        }
    }

    /// Whether this is the head of a catalogue in cells, or all its rows.
    pub fn is_in_cells(&self) -> bool {
        self.sample.is_some()
    }

    fn holding(&self, bytes: Vec<u8>, models: usize, rows: Rows) -> Index<Vec<u8>> {
        let (origin, calibration) = (self.origin, self.calibration.clone());
        Index { bytes, origin, models, calibration, rows, uids: None, sample: self.sample.clone() }
    }
}

impl Index<Vec<u8>> {
    /// Divides the rows of a head into the centres of so many cells, which this becomes, and the sample.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`](crate::error::Error::EmbeddingFile) where it has fewer rows, or whole maps.
    pub fn divided(&self, cells: usize) -> Result<Index<Vec<u8>>> {
        let Some(others) = self.len().checked_sub(cells) else {
            return Err(damaged(&format!("the centres of {cells} cells"), &self.len().to_string()));
        };
        let Some(codebook) = self.codebook() else {
            return Err(damaged("rows of codes", "whole maps"));
        };
        let split = |part: usize| {
            self.rows(0)[part].split_at(cells * codebook.levels[0].parts[part].form.bytes())
        };
        let ([even, evens], [odd, odds]) = (split(0).into(), split(1).into());
        let mut centres = self.with_rows(cells, [even, odd])?;
        centres.sample = Some(Arc::new(self.with_rows(others, [evens, odds])?));
        Ok(centres)
    }

    /// This head with the second level of its codebook.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`](crate::error::Error::EmbeddingFile) where `second` is none, or the codebook has it
    /// already.
    pub fn refined(&self, second: &[u8]) -> Result<Index<Vec<u8>>> {
        let codebook = self.codebook().filter(|codebook| codebook.levels.len() == 1);
        let codebook = codebook.ok_or_else(|| damaged("a codebook of one level", "another one"))?;
        let level = book::read(second, codebook)?;
        let mut both = codebook.clone();
        both.levels.push(level);
        Ok(self.with_codebook(&Arc::new(both)))
    }

    fn with_codebook(&self, both: &Arc<Codebook>) -> Index<Vec<u8>> {
        let mut index = self.clone();
        if let Rows::Levels { codebook, .. } = &mut index.rows {
            *codebook = Arc::clone(both);
        }
        index.sample = self.sample.as_ref().map(|sample| Arc::new(sample.with_codebook(both)));
        index
    }
}
