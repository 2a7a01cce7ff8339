//! The ranges of an embedding file's sections, checked against its length.

use std::ops::Range;
use std::sync::Arc;

use super::{DIGEST, Origin, Rows, damaged};
use crate::embedding::{Codebook, book};
use crate::error::Result;

/// Finds the sections of a file one after another.
pub(super) struct Layout<'a> {
    pub(super) file: &'a [u8],
    /// The beginning of the next section.
    pub(super) end: usize,
}

impl Layout<'_> {
    /// Takes the next section, of `count` items of `bytes` each.
    fn section(&mut self, what: &str, count: usize, bytes: usize) -> Result<Range<usize>> {
        let end = count.checked_mul(bytes).and_then(|length| self.end.checked_add(length));
        let start = self.end;
        self.end = end.filter(|&end| end <= self.file.len()).ok_or_else(|| {
            damaged(
                &format!("the length that {what} need, {count} x {bytes} bytes"),
                &format!("{} bytes", self.file.len()),
            )
        })?;
        Ok(start..self.end)
    }

    /// Takes the sections of whole maps.
    pub(super) fn maps(&mut self, models: usize, dimensions: usize) -> Result<Rows> {
        let codes = self.section("the models' maps", models, dimensions)?;
        let squared_norms = self.section("squared norms", models, 4)?;
        Ok(Rows::Maps { codes, squared_norms })
    }

    /// Takes the sections of the levels, and returns whether the file continues after the first level.
    pub(super) fn levels(
        &mut self,
        models: usize,
        origin: &Origin,
        lengths: [[usize; 2]; 2],
    ) -> Result<(Rows, bool)> {
        let [height, width, channels] = origin.shape;
        let first_map = self.section("the first map", models.min(1), origin.dimensions())?;
        let mut codebook = Codebook {
            shape: [height * width, channels],
            class_values: origin.class_values(),
            even_places: origin.metric.even_places(origin.shape),
            levels: Vec::new(),
        };
        let mut rows = Vec::new();
        for [book, bytes] in lengths {
            let book = self.section("the codebook", 1, book)?;
            let level = book::read(&self.file[book], &codebook)?;
            if level.bytes() != bytes {
                let came = format!("rows of {bytes} bytes");
                return Err(damaged(&format!("rows of {} bytes", level.bytes()), &came));
            }
            let [even, odd] = level
                .parts
                .each_ref()
                .map(|part| self.section("the rows of codes", models, part.form.bytes()));
            rows.push([even?, odd?]);
            codebook.levels.push(level);
            if self.end == self.file.len() && codebook.levels.len() == 1 {
                return Ok((Rows::Levels { codebook: Arc::new(codebook), rows, first_map }, false));
            }
        }
        Ok((Rows::Levels { codebook: Arc::new(codebook), rows, first_map }, true))
    }

    /// Takes the sections of the uids and of the digest, which ends the file.
    pub(super) fn uids(&mut self, models: usize, text: usize) -> Result<[Range<usize>; 2]> {
        let uids = [self.section("ends of uids", models, 4)?, self.section("uids", text, 1)?];
        self.section("the digest", 1, DIGEST)?;
        if self.end == self.file.len() {
            return Ok(uids);
        }
        Err(damaged(
            &format!("{} bytes for {models} models", self.end),
            &format!("{} bytes", self.file.len()),
        ))
    }
}
