//! Safetensors. The crate `safetensors` checks that the header is not too large and that the tensors fill the file
//! exactly.

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::archive::{Archive, Entry, Number};
use super::wrong;
use crate::error::Result;

/// A safetensors file.
pub(super) struct Safetensors<'a> {
    entries: Vec<Entry>,
    views: Vec<TensorView<'a>>,
}

impl<'a> Safetensors<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Safetensors<'a>> {
        let file = SafeTensors::deserialize(bytes)
            .map_err(|error| wrong("a whole safetensors file", error.to_string()))?;
        let mut tensors = file.tensors();
        tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
        let entry = |(name, view): (String, TensorView<'a>)| {
            (Entry { name, dims: view.shape().to_vec() }, view)
        };
        let (entries, views) = tensors.into_iter().map(entry).unzip();
        Ok(Safetensors { entries, views })
    }
}

impl Archive for Safetensors<'_> {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn values(&self, at: usize) -> Result<Vec<f32>> {
        let view = &self.views[at];
        let number = match view.dtype() {
            Dtype::F16 => Number::F16,
            Dtype::BF16 => Number::Bf16,
            Dtype::F32 => Number::F32,
            Dtype::F64 => Number::F64,
            other => return Err(self.entries[at].not_floats(&format!("{other:?}"))),
        };
        self.entries[at].bytes(number)?;
        Ok(number.values(view.data(), false))
    }
}
