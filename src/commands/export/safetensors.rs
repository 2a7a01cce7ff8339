//! Writes Safetensors. The file is built in memory and takes as much memory as it has bytes.

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
    // The map has one entry only. Several would have any order, but the same site must give the same bytes.
    let metadata = HashMap::from([("recasketch".to_owned(), origin)]);
    serialize_to_file([("embeddings", tensor)], Some(metadata), path).map_err(Error::other)
}
