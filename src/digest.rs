//! SHA-256 digests. The files of a site refer to each other by digest.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The bytes that one call digests.
const CHUNK: usize = 4096;

/// A SHA-256 digest; displayed as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Computes the digest of some bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        let mut digesting = Digesting::default();
        digesting.push(bytes);
        digesting.finish()
    }

    /// Reads a digest as `sha256sum` writes it: 64 hexadecimal digits.
    ///
    /// # Errors
    /// A sentence that says what was found instead.
    pub fn parse(text: &str) -> Result<Digest, String> {
        let wrong = || format!("expected 64 hexadecimal digits, found {} characters", text.len());
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Digest(bytes))
    }

    /// The first 16 digits, which suffice to tell files apart in names and messages.
    pub fn short(&self) -> String {
        self.to_string()[..16].to_owned()
    }
}

/// Computes a digest piece by piece.
#[derive(Default)]
pub(crate) struct Digesting(Sha256);

impl Digesting {
    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        // A browser switches to its optimised code only between calls: one call for all bytes takes 14 times as long.
        bytes.chunks(CHUNK).for_each(|chunk| self.0.update(chunk));
    }

    /// The digest of all pieces.
    pub(crate) fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}
