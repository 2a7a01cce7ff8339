//! JPEG bytes -> samples. A JPEG that would be decoded wrongly is refused.
//!
//! zune-jpeg is the fastest decoder and correct for nearly every file: all channels in one scan, or progressive; chroma
//! sampled like the luminance or once per unit. It decodes other layouts wrongly without reporting an error; those go
//! to jpeg-decoder. `./build.sh conformance` compares both with libjpeg.

mod headers;

use image::{DynamicImage, GrayImage, RgbImage};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;

use self::headers::{Coding, Headers, Model};
use super::colour::{Channels, Conversion};
use super::decode::{Decoded, check_size, damaged, orientation, undecodable, unsupported};
use super::{MAXIMUM_DECODED_BYTES, MAXIMUM_SIDE};
use crate::error::Result;

/// Usual files have about ten scans. With a thousand, a small file would take minutes.
const MOST_SCANS: usize = 100;

/// The value that zune-jpeg writes into rows whose data is missing or damaged.
const MISSING: u8 = 128;

/// Samples as they are stored: `[height, width, channels] u8`.
struct Samples {
    values: Vec<u8>,
    channels: usize,
}

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded> {
    let headers = Headers::read(bytes)?;
    let bytes = &bytes[..headers.length];
    let (width, height) = (headers.width, headers.height);
    check_size(width, height, headers.components.len().max(3) as u64)?;
    refuse_rare_forms(&headers)?;
    let channels = match headers.model {
        Model::Grey => Channels::Grey,
        Model::Rgb | Model::YCbCr => Channels::Rgb,
        Model::Cmyk | Model::Ycck => Channels::Cmyk,
    };
    let profile = headers.profile();
    let conversion = profile.and_then(|profile| Conversion::read(&profile, channels));
    // A CMYK profile converts the four stored samples of a pixel.
    let raw = channels == Channels::Cmyk && conversion.is_some();
    let samples = match is_ordinary(&headers) {
        true => quick(bytes, &headers, raw)?,
        false => thorough(bytes, &headers)?,
    };
    let (samples, conversion) = match (samples.channels, &conversion) {
        (4, Some(conversion)) => (conversion.inks(&inks(samples.values)), None),
        (4, None) => (rgb_of_inks(&samples.values), None),
        _ => (samples.values, conversion),
    };
    let image = match channels {
        Channels::Grey => GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8),
        _ => RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8),
    };
    let image =
        image.ok_or_else(|| damaged("a JPEG with fewer pixels than its header declares"))?;
    let orientation = orientation(headers.exif);
    Ok(Decoded { image, orientation, conversion })
}

/// Whether a JPEG has its end marker. Other data may follow the marker.
#[cfg(feature = "native")]
pub(crate) fn has_end(bytes: &[u8]) -> bool {
    Headers::read(bytes).is_ok_and(|headers| headers.ended)
}

fn refuse_rare_forms(headers: &Headers) -> Result<()> {
    let form = match headers.coding {
        Coding::Arithmetic => "a JPEG with arithmetic coding",
        Coding::Lossless => "a lossless JPEG",
        Coding::Hierarchical => "a hierarchical JPEG",
        _ if headers.precision != 8 => "a JPEG of more than 8 bits a sample",
        _ if !matches!(headers.components.len(), 1 | 3 | 4) => {
            "a JPEG whose number of channels is not 1, 3 or 4"
        }
        _ if has_narrow_chroma(headers) => {
            "a JPEG at most 4 columns wide whose channels differ in their number of columns"
        }
        _ if headers.scans > MOST_SCANS => "a JPEG in more than 100 scans",
        Coding::Progressive if !headers.ended => "a progressive JPEG that ends too early",
        _ => return Ok(()),
    };
    Err(unsupported(form))
}

/// Whether chroma has only one or two columns. libjpeg repeats such columns; other decoders interpolate between them.
fn has_narrow_chroma(headers: &Headers) -> bool {
    let is_coarse = headers.components.iter().any(|one| one.across != headers.components[0].across);
    headers.width <= 4 && is_coarse
}

/// Whether zune-jpeg decodes the file correctly. It is correct for few files beyond these.
fn is_ordinary(headers: &Headers) -> bool {
    let [first, others @ ..] = &*headers.components else { return false };
    let at_once = headers.components_in_first_scan == headers.components.len();
    let is_first_finest = others.iter().all(|other| (other.across, other.down) == (1, 1));
    let powers = first.across.is_power_of_two() && first.down.is_power_of_two();
    let is_model_plain = match headers.model {
        Model::YCbCr => matches!(headers.adobe, None | Some(1)) && !headers.is_named_rgb(),
        Model::Rgb => false,
        Model::Grey => headers.adobe.is_none(),
        Model::Cmyk => matches!(headers.adobe, None | Some(0)),
        Model::Ycck => headers.adobe == Some(2),
    };
    (at_once || headers.coding == Coding::Progressive)
        && is_first_finest
        && powers
        && is_model_plain
        && !headers.has_short_adobe
}

fn quick(bytes: &[u8], headers: &Headers, raw: bool) -> Result<Samples> {
    let (colours, channels) = match headers.model {
        Model::Grey => (ColorSpace::Luma, 1),
        Model::Cmyk if raw => (ColorSpace::CMYK, 4),
        Model::Ycck if raw => (ColorSpace::YCCK, 4),
        _ => (ColorSpace::RGB, 3),
    };
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(colours)
        .set_strict_mode(false)
        .set_max_width(MAXIMUM_SIDE as usize)
        .set_max_height(MAXIMUM_SIDE as usize);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let mut values = decoder.decode().map_err(|error| undecodable(&error))?;
    if is_cut(&values, headers) && (!headers.ended || thorough(bytes, headers).is_err()) {
        return Err(damaged("a JPEG whose lower part is missing"));
    }
    if headers.model == Model::Ycck && raw {
        values.chunks_exact_mut(4).for_each(|pixel| {
            let rgb = rgb_of_ycc([pixel[0], pixel[1], pixel[2]]);
            pixel[..3].copy_from_slice(&rgb.map(|value| 255 - value));
        });
    }
    Ok(Samples { values, channels })
}

/// Whether more than the last tenth of the rows may be missing. The picture itself may also be grey there.
fn is_cut(values: &[u8], headers: &Headers) -> bool {
    let row = values.len() / headers.height as usize;
    let rows = values.chunks_exact(row.max(1)).rev();
    let missing = rows.take_while(|row| row.iter().all(|&value| value == MISSING)).count();
    missing * 10 > headers.height as usize
}

/// Decodes with jpeg-decoder, which is slower. It is wrong only where a file has several scans and a channel that is
/// sampled neither at the highest rate nor once per unit.
fn thorough(bytes: &[u8], headers: &Headers) -> Result<Samples> {
    let finest = |side: fn(&headers::Component) -> u8| headers.components.iter().map(side).max();
    let (across, down) = (finest(|one| one.across), finest(|one| one.down));
    let plain = |one: &headers::Component| {
        (one.across == 1 || Some(one.across) == across) && (one.down == 1 || Some(one.down) == down)
    };
    let at_once = headers.components_in_first_scan == headers.components.len();
    let is_plain = headers.components.iter().all(plain);
    if !(is_plain || at_once && headers.coding == Coding::Sequential) {
        return Err(unsupported(
            "a JPEG in several scans whose channels are sampled in three ways",
        ));
    }
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.set_max_decoding_buffer_size(MAXIMUM_DECODED_BYTES as usize);
    decoder.set_color_transform(match headers.model {
        Model::Grey => jpeg_decoder::ColorTransform::Grayscale,
        Model::Rgb => jpeg_decoder::ColorTransform::RGB,
        Model::YCbCr => jpeg_decoder::ColorTransform::YCbCr,
        Model::Cmyk => jpeg_decoder::ColorTransform::CMYK,
        Model::Ycck => jpeg_decoder::ColorTransform::YCCK,
    });
    let mut values = decoder.decode().map_err(|error| undecodable(&error))?;
    let channels = headers.components.len();
    if channels == 4 {
        // The file stores inverted inks, which this decoder has inverted; the stored values are wanted.
        values.iter_mut().for_each(|value| *value = 255 - *value);
    }
    Ok(Samples { values, channels })
}

/// Stored inks -> inks. Adobe's files store them inverted, and other programs do the same.
fn inks(mut stored: Vec<u8>) -> Vec<u8> {
    stored.iter_mut().for_each(|value| *value = 255 - *value);
    stored
}

/// Stored, inverted inks -> RGB without a profile, as zune-jpeg computes it.
fn rgb_of_inks(stored: &[u8]) -> Vec<u8> {
    let part = |value: u8, black: u8| {
        let product = u32::from(value) * u32::from(black) + 128;
        ((product + (product >> 8)) >> 8) as u8
    };
    let (pixels, _) = stored.as_chunks::<4>();
    pixels.iter().flat_map(|&[c, m, y, k]| [part(c, k), part(m, k), part(y, k)]).collect()
}

/// YCbCr -> RGB by ITU-R BT.601, in fixed point with 16 fractional bits.
fn rgb_of_ycc(ycc: [u8; 3]) -> [u8; 3] {
    let [y, blue, red] = ycc.map(i32::from);
    let (y, blue, red) = ((y << 16) + (1 << 15), blue - 128, red - 128);
    [y + 91_881 * red, y - 22_554 * blue - 46_802 * red, y + 116_130 * blue]
        .map(|value| (value >> 16).clamp(0, 255) as u8)
}
