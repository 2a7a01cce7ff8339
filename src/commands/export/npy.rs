//! Writes NumPy's `.npy`, version 1.0: a header that ends at a multiple of 64 bytes, then the rows.

use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

use super::{Vectors, little_endian};

/// Bytes of the magic, the version and the header's length.
const START: usize = 10;

pub(super) fn write(path: &Path, vectors: &Vectors<'_>) -> Result<()> {
    let shape = format!("({}, {})", vectors.models, vectors.dimensions());
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    // The length includes the line end after the header.
    let length = (START + header.len() + 1).next_multiple_of(64) - START;
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&(length as u16).to_le_bytes())?;
    writeln!(file, "{header:<width$}", width = length - 1)?;
    for row in vectors.rows(0..vectors.models) {
        file.write_all(&little_endian(&row).collect::<Vec<u8>>())?;
    }
    file.flush()
}
