//! Numbers of few bytes where they are small: 7 bits in each byte, the lowest first, and the highest bit set in all bytes
//! but the last (LEB128).

use super::damaged;
use crate::error::Result;

/// Appends a number.
pub(crate) fn write(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes the first number of some bytes.
///
/// # Errors
/// [`Error::EmbeddingFile`](crate::error::Error::EmbeddingFile) where the bytes end within it, or it is above 2^32 - 1.
pub(crate) fn take(bytes: &mut &[u8]) -> Result<usize> {
    let mut number = 0u64;
    for shift in (0..35).step_by(7) {
        let Some((&byte, rest)) = bytes.split_first() else {
            return Err(damaged("a whole number", "the end"));
        };
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 && number <= u64::from(u32::MAX) {
            return Ok(number as usize);
        }
    }
    Err(damaged(&format!("numbers up to {}", u32::MAX), "a longer one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_damaged_ones_are_refused() {
        let numbers = [0, 1, 127, 128, 16_383, 16_384, u32::MAX as usize];
        let mut bytes = Vec::new();
        numbers.iter().for_each(|&number| write(&mut bytes, number));
        assert_eq!(bytes.len(), 1 + 1 + 1 + 2 + 2 + 3 + 5);
        let mut rest = &bytes[..];
        numbers.iter().for_each(|&number| assert_eq!(take(&mut rest).unwrap(), number));
        assert!(rest.is_empty());
        for wrong in [&[][..], &[0x80], &[0xff, 0xff, 0xff, 0xff, 0x1f], &[0x80; 9]] {
            assert!(take(&mut &wrong[..]).is_err(), "{wrong:?}");
        }
    }
}
