//! The sample's maps as a matrix in a temporary file. In memory they would take half a gigabyte.

use std::io::{Read, Result as IoResult, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use tempfile::SpooledTempFile;

use crate::error::{Error, Result};

/// The rows that are in memory at once. A sum over all rows is to the bit that of one matrix product, because the
/// products' own blocks, of 256 rows, divide it.
pub(super) const BLOCK: usize = 1024;

/// A matrix up to this size, in bytes, stays in memory.
const LITTLE: usize = 16 << 20;

/// Rows of floats. The file has no name and ends with the matrix.
pub(super) struct Matrix {
    file: SpooledTempFile,
    folder: PathBuf,
    rows: usize,
    columns: usize,
}

impl Matrix {
    /// Makes a matrix without rows, whose file is in `folder`.
    pub(super) fn new(folder: &Path, columns: usize) -> Matrix {
        let file = tempfile::spooled_tempfile_in(LITTLE, folder);
        Matrix { file, folder: folder.to_owned(), rows: 0, columns }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The rows, divided into blocks.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        blocks(self.rows)
    }

    /// Adds rows at the end.
    ///
    /// # Errors
    /// [`Error::File`] with the folder.
    pub(super) fn push(&mut self, rows: &Array2<f32>) -> Result<()> {
        let at = self.rows;
        self.rows += rows.nrows();
        self.write(at, rows)
    }

    /// Reads some rows.
    ///
    /// # Errors
    /// [`Error::File`] with the folder.
    pub(super) fn read(&mut self, rows: Range<usize>) -> Result<Array2<f32>> {
        let mut values = Array2::zeros((rows.len(), self.columns));
        let mut read = || -> IoResult<()> {
            self.file.seek(self.place(rows.start))?;
            let values = values.as_slice_mut().expect("a matrix in standard layout");
            self.file.read_exact(bytemuck::cast_slice_mut(values))
        };
        read().map_err(|source| failed(&self.folder, source))?;
        Ok(values)
    }

    /// Replaces the rows from `at` on.
    ///
    /// # Errors
    /// [`Error::File`] with the folder.
    pub(super) fn write(&mut self, at: usize, rows: &Array2<f32>) -> Result<()> {
        let mut write = || -> IoResult<()> {
            self.file.seek(self.place(at))?;
            let values = rows.as_slice().expect("a matrix in standard layout");
            self.file.write_all(bytemuck::cast_slice(values))
        };
        write().map_err(|source| failed(&self.folder, source))
    }

    fn place(&self, row: usize) -> SeekFrom {
        SeekFrom::Start((row * self.columns * size_of::<f32>()) as u64)
    }
}

/// Divides a number of rows or columns into blocks.
pub(super) fn blocks(count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(BLOCK).map(move |start| start..count.min(start + BLOCK))
}

fn failed(folder: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: format!("a temporary file in {}", folder.display()),
        source,
        advice: "check that the disk has room and that you may write into the folder",
    }
}

#[cfg(test)]
impl Matrix {
    /// A matrix of these values.
    pub(super) fn of(values: &Array2<f32>) -> Matrix {
        let mut matrix = Matrix::new(&std::env::temp_dir(), values.ncols());
        matrix.push(values).unwrap();
        matrix
    }
}
