//! Bytes -> the numbers of a packed network or a codebook, in order.

use crate::error::{Details, Error, Result};

/// The unread rest of a file.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the beginning.
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    /// The unread bytes.
    pub(super) fn left(&self) -> &'a [u8] {
        self.0
    }

    /// Whether all bytes have been read.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the next `count` bytes; the error names `what` they are.
    pub(crate) fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(count).ok_or_else(|| {
            damaged(
                &format!("{count} bytes for {what}"),
                &format!("the end after {} bytes", self.0.len()),
            )
        })?;
        self.0 = left;
        Ok(taken)
    }

    /// Reads a u32.
    pub(crate) fn number(&mut self, what: &str) -> Result<usize> {
        let bytes = self.take(4, what)?;
        Ok(bytes.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
    }

    /// Reads `count` finite floats.
    pub(crate) fn floats(&mut self, count: usize) -> Result<Vec<f32>> {
        let bytes = self.take(count.saturating_mul(4), "scales and biases")?.as_chunks::<4>().0;
        let values: Vec<f32> = bytes.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        match values.iter().find(|value| !value.is_finite()) {
            Some(value) => Err(damaged("finite scales and biases", &value.to_string())),
            None => Ok(values),
        }
    }
}

/// The error of a damaged packed network.
pub(super) fn damaged(expected: &str, came: &str) -> Error {
    let advice = "copy the packed network again, or make it with `recasketch network quantise`";
    Error::Network(Details::new(expected, came, advice))
}
