//! SHA-256 digests, by which the files of a site name each other.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// How many bytes are digested in one call.
const CHUNK: usize = 4096;

/// The SHA-256 of some bytes; written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Digests bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        let mut hasher = Sha256::new();
        // Browsers replace quick code by good code from call to call: one call for all takes 14 times as long.
        bytes.chunks(CHUNK).for_each(|chunk| hasher.update(chunk));
        Digest(hasher.finalize().into())
    }

    /// The first 16 digits: enough to tell files apart in names and sentences.
    pub fn short(&self) -> String {
        self.to_string()[..16].to_owned()
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
