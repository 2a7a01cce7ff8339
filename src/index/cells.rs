//! A catalogue that is too large for one file, divided into cells of similar models.
//!
//! The page fetches the head, a file of the first level whose rows are the centres of the cells instead of models. It
//! finds the centres that are nearest to a query, and fetches their cells. The file of a cell, little endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | models u32 |
//! | models x bytes of an even row | the first level's codes of the even part |
//! | models x bytes of an odd row | those of the odd part |
//! | ... | the catalogue's data of the models, which this module does not read |

use std::sync::Arc;

use super::{Index, Rows, damaged, u32_at};
use crate::embedding::PARTS;
use crate::error::Result;

impl<Bytes: AsRef<[u8]>> Index<Bytes> {
    /// Makes a file of the first level with this index's codebook and calibration, and with the given rows of each
    /// part.
    ///
    /// # Errors
    /// [`Error::EmbeddingFile`](crate::error::Error::EmbeddingFile) where this index has whole maps, or where `parts`
    /// do not have `models` rows of codes.
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
        let mut bytes = self.bytes.as_ref()[..start].to_vec();
        bytes[super::MODELS..super::MODELS + 4].copy_from_slice(&count.to_le_bytes());
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        let middle = start + parts[0].len();
        Ok(Index {
            rows: Rows::Levels {
                codebook: match codebook.levels.len() {
                    1 => Arc::clone(codebook),
                    _ => Arc::new(codebook.first_level()),
                },
                rows: vec![[start..middle, middle..bytes.len()]],
                first_map: first_map.clone(),
            },
            bytes,
            origin: self.origin,
            models,
            calibration: self.calibration.clone(),
            uids: None,
        })
    }

    /// Reads the file of a cell, of which this index is the head: the cell, and the catalogue's data of its models.
    ///
    /// # Errors
    /// As [`Index::with_rows`].
    pub fn cell<'f>(&self, file: &'f [u8]) -> Result<(Index<Vec<u8>>, &'f [u8])> {
        let cut_short =
            || damaged("all rows of a cell", &format!("{} bytes, cut short", file.len()));
        let Some(codebook) = self.codebook() else {
            return Err(damaged("rows of codes", "whole maps"));
        };
        let (head, rest) = file.split_at_checked(4).ok_or_else(cut_short)?;
        let models = u32_at(head, 0) as usize;
        let [even, odd] = codebook.levels[0].parts.each_ref().map(|part| part.form.bytes());
        let length = |bytes: usize| models.checked_mul(bytes).ok_or_else(cut_short);
        let (even, rest) = rest.split_at_checked(length(even)?).ok_or_else(cut_short)?;
        let (odd, catalogue) = rest.split_at_checked(length(odd)?).ok_or_else(cut_short)?;
        Ok((self.with_rows(models, [even, odd])?, catalogue))
    }

    /// The file of a cell with some of the models and the catalogue's data of them.
    ///
    /// # Panics
    /// Where rows are whole maps, or there is no such row.
    pub fn cell_of(&self, rows: &[usize], catalogue: &[u8]) -> Vec<u8> {
        let level = &self.codebook().expect("rows of codes").levels[0];
        let mut file = (rows.len() as u32).to_le_bytes().to_vec();
        for part in PARTS {
            for &row in rows {
                file.extend_from_slice(self.row_of((0, level), row)[part]);
            }
        }
        file.extend_from_slice(catalogue);
        file
    }
}
