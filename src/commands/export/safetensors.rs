//! Safetensors, which are written as a whole: they take as much memory as the file has bytes.

use std::collections::HashMap;
use std::io::{Error, Result};
use std::path::Path;

use safetensors::tensor::{Dtype, TensorView, serialize_to_file};

use super::{Vectors, little_endian};

pub(super) fn write(path: &Path, vectors: &Vectors<'_>, origin: String) -> Result<()> {
    let shape = vec![vectors.models, vectors.dimensions()];
    let mut bytes = Vec::with_capacity(4 * vectors.models * vectors.dimensions());
    vectors.rows(0..vectors.models).for_each(|row| bytes.extend(little_endian(&row)));
    let tensor = TensorView::new(Dtype::F32, shape, &bytes).map_err(Error::other)?;
    // One entry: those of a map of several come in any order, and the same site gives the same bytes.
    let metadata = HashMap::from([("recasketch".to_owned(), origin)]);
    serialize_to_file([("embeddings", tensor)], Some(metadata), path).map_err(Error::other)
}
