//! The common parts of the three formats of named tensors.

use half::{bf16, f16};

use super::wrong;
use crate::error::Result;
use crate::network::MAXIMUM_WEIGHTS;

/// The largest tensor, in bytes. VGG16's largest kernel has 19 MB in 64 bits.
pub(super) const MAXIMUM_BYTES: usize = 8 * MAXIMUM_WEIGHTS;

/// A file of named tensors. A tensor is unpacked only when its values are read.
pub(super) trait Archive {
    /// The names and shapes of the tensors.
    fn entries(&self) -> &[Entry];

    /// The values of an entry, the last dimension fastest.
    fn values(&self, at: usize) -> Result<Vec<f32>>;
}

/// A tensor's name and shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) dims: Vec<usize>,
}

/// The type of stored numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    F16,
    Bf16,
    F32,
    F64,
}

impl Entry {
    /// The number of bytes that the shape needs. It is checked before memory is allocated.
    pub(super) fn bytes(&self, number: Number) -> Result<usize> {
        let size = self.dims.iter().try_fold(number.size(), |size, &dim| size.checked_mul(dim));
        size.filter(|&size| size <= MAXIMUM_BYTES).ok_or_else(|| {
            let expected = format!("at most {MAXIMUM_BYTES} bytes in a tensor");
            wrong(expected, format!("'{}' {:?}", self.name, self.dims))
        })
    }

    /// The error for a tensor whose numbers are not floats.
    pub(super) fn not_floats(&self, came: &str) -> crate::error::Error {
        wrong("floats of 16, 32 or 64 bits", format!("'{}' as {came}", self.name))
    }

    /// The error for a tensor with more or fewer bytes than its shape needs.
    pub(super) fn not_whole(&self, came: impl Into<String>) -> crate::error::Error {
        wrong(format!("all values of '{}' {:?}", self.name, self.dims), came)
    }
}

impl Number {
    pub(super) fn size(self) -> usize {
        match self {
            Number::F16 | Number::Bf16 => 2,
            Number::F32 => 4,
            Number::F64 => 8,
        }
    }

    /// Stored bytes -> floats. Numbers of 64 bits are rounded to the nearest.
    pub(super) fn values(self, bytes: &[u8], big_endian: bool) -> Vec<f32> {
        match self {
            Number::F16 => each(bytes, big_endian, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Number::Bf16 => each(bytes, big_endian, |bytes| bf16::from_le_bytes(bytes).to_f32()),
            Number::F32 => each(bytes, big_endian, f32::from_le_bytes),
            Number::F64 => each(bytes, big_endian, |bytes| f64::from_le_bytes(bytes) as f32),
        }
    }
}

fn each<const SIZE: usize>(
    bytes: &[u8],
    big_endian: bool,
    read: impl Fn([u8; SIZE]) -> f32,
) -> Vec<f32> {
    let turned = |mut bytes: [u8; SIZE]| {
        if big_endian {
            bytes.reverse();
        }
        read(bytes)
    };
    bytes.as_chunks::<SIZE>().0.iter().map(|&bytes| turned(bytes)).collect()
}
