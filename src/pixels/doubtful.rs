//! Variants of PNG and BMP that decoders show differently. They are recognised by their headers and refused, because
//! the page could show a wrong picture.

use image::ImageFormat;

use super::decode::unsupported;
use crate::error::Result;

/// Refuses an image that decoders show differently.
///
/// # Errors
/// [`crate::error::Error::UnsupportedImage`] with the variant.
pub(super) fn refuse(bytes: &[u8], format: ImageFormat) -> Result<()> {
    let form = match format {
        ImageFormat::Png => doubtful_png(bytes),
        ImageFormat::Bmp => Bitmap::read(bytes).and_then(|bitmap| bitmap.doubtful(bytes)),
        _ => None,
    };
    form.map_or(Ok(()), |form| Err(unsupported(form)))
}

/// Whether an image is a BMP of 16 bits a pixel. The header may declare one of the bits as alpha; but programs that
/// write such files leave it 0, and programs that read them ignore it.
pub(super) fn has_alpha_of_a_bit(bytes: &[u8], format: ImageFormat) -> bool {
    format == ImageFormat::Bmp && Bitmap::read(bytes).is_some_and(|bitmap| bitmap.bits == 16)
}

/// The transparent grey of a PNG is stored in 16 bits. Only the low bits count, up to the depth of a pixel, but some
/// decoders compare all 16.
fn doubtful_png(bytes: &[u8]) -> Option<&'static str> {
    let &[depth, colour] = bytes.get(24..26)? else { return None };
    if colour != 0 || depth >= 8 {
        return None;
    }
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?) as usize;
        let name = bytes.get(at + 4..at + 8)?;
        match name {
            b"IDAT" => return None,
            b"tRNS" => {
                let grey = u16::from_be_bytes(*bytes.get(at + 8..)?.first_chunk()?);
                let is_beyond = grey >> depth != 0;
                return is_beyond
                    .then_some("a PNG whose transparent grey has more bits than its pixels");
            }
            _ => at = at.checked_add(length)?.checked_add(12)?,
        }
    }
}

/// The headers of a BMP of Windows 3 or later.
struct Bitmap {
    /// Where the pixels begin.
    offset: usize,
    /// Where the colour table ends.
    colours_end: usize,
    width: u64,
    height: u64,
    bits: u16,
    compression: u32,
}

impl Bitmap {
    fn read(bytes: &[u8]) -> Option<Bitmap> {
        let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        let header = word(14)? as usize;
        if header < 40 {
            return None;
        }
        let bits = u16::from_le_bytes(*bytes.get(28..)?.first_chunk()?);
        let most = if bits <= 8 { 1 << bits } else { 0 };
        let colours = match word(46)? {
            0 => most,
            told => told.min(most),
        };
        Some(Bitmap {
            offset: word(10)? as usize,
            colours_end: 14 + header.min(bytes.len()) + 4 * colours as usize,
            width: word(18)?.into(),
            height: u64::from((word(22)? as i32).unsigned_abs()),
            bits,
            compression: word(30)?,
        })
    }

    fn doubtful(&self, bytes: &[u8]) -> Option<&'static str> {
        if self.bits <= 8 && self.offset < self.colours_end {
            return Some("a BMP whose pixels begin inside its colour table");
        }
        let is_run_length_coded = matches!(self.compression, 1 | 2);
        let leaves_out = is_run_length_coded
            && self.pixels_of_runs(bytes.get(self.offset..)?) < self.width * self.height;
        leaves_out.then_some("a run-length coded BMP that leaves pixels out")
    }

    /// The number of pixels that the runs set.
    fn pixels_of_runs(&self, mut runs: &[u8]) -> u64 {
        let mut pixels = 0;
        while let &[count, value, ref rest @ ..] = runs {
            runs = rest;
            match (count, value) {
                (0, 0) => {}
                (0, 1) => break,
                (0, 2) => runs = runs.get(2..).unwrap_or_default(),
                (0, count) => {
                    pixels += u64::from(count);
                    // A literal run is padded to whole words of two bytes.
                    let count = usize::from(count);
                    let bytes = if self.compression == 2 { count.div_ceil(2) } else { count };
                    runs = runs.get(bytes.next_multiple_of(2)..).unwrap_or_default();
                }
                (count, _) => pixels += u64::from(count),
            }
        }
        pixels
    }
}
