//! Where the sections of an embedding file lie, checked against its length.

use std::ops::Range;

use super::{DIGEST, Rows, damaged};
use crate::embedding::{Codebook, book};
use crate::error::Result;

/// Lays sections out, one after another, within a file's length.
pub(super) struct Layout<'a> {
    pub(super) file: &'a [u8],
    /// Where the next section begins.
    pub(super) end: usize,
}

impl Layout<'_> {
    /// The next section, of `count` items of `bytes` each.
    fn section(&mut self, what: &str, count: usize, bytes: usize) -> Result<Range<usize>> {
        let end = count.checked_mul(bytes).and_then(|length| self.end.checked_add(length));
        let start = self.end;
        self.end = end.filter(|&end| end <= self.file.len()).ok_or_else(|| {
            damaged(
                &format!("the length that {what} take, {count} of {bytes} bytes"),
                &format!("{} bytes", self.file.len()),
            )
        })?;
        Ok(start..self.end)
    }

    /// Whole maps.
    pub(super) fn maps(&mut self, models: usize, dimensions: usize) -> Result<Rows> {
        let codes = self.section("the models' maps", models, dimensions)?;
        let squared_norms = self.section("squared norms", models, 4)?;
        Ok(Rows::Maps { codes, squared_norms })
    }

    /// The levels, and whether the file goes on behind the first.
    pub(super) fn levels(
        &mut self,
        models: usize,
        [height, width, channels]: [usize; 3],
        lengths: [[usize; 2]; 2],
    ) -> Result<(Rows, bool)> {
        let (places, dimensions) = (height * width, height * width * channels);
        let first_map = self.section("the first map", models.min(1), dimensions)?;
        let mut codebook = Codebook { shape: [places, channels], levels: Vec::new() };
        let mut rows = Vec::new();
        for [book, bytes] in lengths {
            let book = self.section("the codebook", 1, book)?;
            let before = codebook.levels.last().map_or(0, |level| level.channels);
            let before = [before, codebook.dimensions()];
            let level = book::read(&self.file[book], codebook.shape, before)?;
            if level.form.bytes() != bytes {
                let came = format!("{bytes}");
                return Err(damaged(&format!("rows of {} bytes", level.form.bytes()), &came));
            }
            codebook.levels.push(level);
            rows.push(self.section("the rows of codes", models, bytes)?);
            if self.end == self.file.len() && codebook.levels.len() == 1 {
                return Ok((Rows::Levels { codebook, rows, first_map }, false));
            }
        }
        Ok((Rows::Levels { codebook, rows, first_map }, true))
    }

    /// The uids, and behind them nothing but the digest.
    pub(super) fn uids(&mut self, models: usize, text: usize) -> Result<[Range<usize>; 2]> {
        let uids = [self.section("ends of uids", models, 4)?, self.section("uids", text, 1)?];
        self.section("the digest", 1, DIGEST)?;
        if self.end == self.file.len() {
            return Ok(uids);
        }
        Err(damaged(
            &format!("the length of its {models} models, {} bytes", self.end),
            &format!("{} bytes", self.file.len()),
        ))
    }
}
