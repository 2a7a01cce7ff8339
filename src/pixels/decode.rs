//! Image bytes -> the stored image, its orientation and the conversion of its colours.

#[cfg(panic = "unwind")]
use std::cell::Cell;
use std::io::Cursor;
#[cfg(panic = "unwind")]
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(panic = "unwind")]
use std::sync::Once;

use gif::{ColorOutput, DecodeOptions, MemoryLimit};
use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgba,
    RgbaImage,
};

use super::colour::{Channels, Conversion};
use super::{MAXIMUM_DECODED_BYTES, MAXIMUM_SIDE, doubtful, jpeg};
use crate::error::{Details, Error, Result};

/// An image as its file stores it.
pub(super) struct Decoded {
    pub(super) image: DynamicImage,
    /// How it must be turned to be upright.
    pub(super) orientation: Orientation,
    /// The conversion of its colours to sRGB, where they are not sRGB.
    pub(super) conversion: Option<Conversion>,
}

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => jpeg::decode(bytes),
        Ok(ImageFormat::Gif) => first_of_gif(bytes),
        Ok(format) => other(bytes, format),
        Err(_) => Err(another_format(bytes)),
    }
}

/// Runs a decoder of another crate. A panic in it becomes an error of this image, so that a long run goes on.
#[cfg(panic = "unwind")]
pub(super) fn contained<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    thread_local! {
        static CONTAINS: Cell<bool> = const { Cell::new(false) };
    }
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !CONTAINS.get() {
                tell(panic);
            }
        }));
    });
    let outer = CONTAINS.replace(true);
    let came = catch_unwind(AssertUnwindSafe(run));
    CONTAINS.set(outer);
    came.unwrap_or_else(|_| Err(damaged("an image that its decoder fails on")))
}

/// Runs a decoder. In wasm a panic ends the instance of the module: the page decodes in a separate instance, which it
/// replaces.
#[cfg(not(panic = "unwind"))]
pub(super) fn contained<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    run()
}

fn other(bytes: &[u8], format: ImageFormat) -> Result<Decoded> {
    doubtful::refuse(bytes, format)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAXIMUM_SIDE);
    limits.max_image_height = Some(MAXIMUM_SIDE);
    limits.max_alloc = Some(MAXIMUM_DECODED_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    // Decoders may treat the limits as a hint, so the size is checked before the pixels are read.
    check_size(width, height, decoder.color_type().bytes_per_pixel().into())?;
    // Unreadable metadata is ignored.
    let exif = decoder.exif_metadata().ok().flatten();
    let profile = decoder.icc_profile().ok().flatten();
    let conversion =
        profile.and_then(|profile| Conversion::read(&profile, channels(decoder.color_type())));
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    if doubtful::has_alpha_of_a_bit(bytes, format) {
        image = image.into_rgb8().into();
    }
    Ok(Decoded { image, orientation: orientation(exif.as_deref()), conversion })
}

/// Decodes the first frame. The screen is enlarged where the frame reaches beyond it, as it does in some files.
fn first_of_gif(bytes: &[u8]) -> Result<Decoded> {
    let wrong = |error: gif::DecodingError| undecodable(&error);
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.set_memory_limit(MemoryLimit::Bytes(
        MAXIMUM_DECODED_BYTES.try_into().expect("the limit is not zero"),
    ));
    let mut decoder = options.read_info(bytes).map_err(wrong)?;
    let screen = (decoder.width(), decoder.height());
    let frame = decoder.next_frame_info().map_err(wrong)?;
    let frame = frame.ok_or_else(|| damaged("a GIF without an image"))?;
    let (is_opaque, own_colours) = (frame.transparent.is_none(), frame.palette.clone());
    let (left, top) = (u32::from(frame.left), u32::from(frame.top));
    let (columns, rows) = (u32::from(frame.width), u32::from(frame.height));
    let width = u32::from(screen.0).max(left + columns);
    let height = u32::from(screen.1).max(top + rows);
    check_size(width, height, 4)?;
    let mut pixels = vec![0; decoder.buffer_size()];
    decoder.read_into_buffer(&mut pixels).map_err(wrong)?;
    let frame = RgbaImage::from_raw(columns, rows, pixels);
    let frame = frame.ok_or_else(|| damaged("a GIF without an image"))?;
    // Around an opaque frame the screen has the first colour, as in Pillow; around another it is transparent.
    let colours = own_colours.as_deref().or(decoder.global_palette());
    let ground = match colours.and_then(|colours| colours.first_chunk()) {
        Some(&[red, green, blue]) if is_opaque => Rgba([red, green, blue, 255]),
        _ => Rgba([0; 4]),
    };
    let mut image = RgbaImage::from_pixel(width, height, ground);
    image::imageops::replace(&mut image, &frame, left.into(), top.into());
    let profile = decoder.icc_profile();
    Ok(Decoded {
        image: DynamicImage::ImageRgba8(image),
        orientation: Orientation::NoTransforms,
        conversion: profile.and_then(|profile| Conversion::read(profile, Channels::Rgb)),
    })
}

/// The orientation in an EXIF block, which may begin with JPEG's prefix.
pub(super) fn orientation(exif: Option<&[u8]>) -> Orientation {
    exif.map(|exif| exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
        .and_then(Orientation::from_exif_chunk)
        .unwrap_or(Orientation::NoTransforms)
}

fn channels(colours: ColorType) -> Channels {
    match colours.has_color() {
        true => Channels::Rgb,
        false => Channels::Grey,
    }
}

/// Checks the limits for an image of `width` x `height` pixels of `bytes` each.
pub(super) fn check_size(width: u32, height: u32, bytes: u64) -> Result<()> {
    let sides = 1..=MAXIMUM_SIDE;
    let fits = u64::from(width) * u64::from(height) <= MAXIMUM_DECODED_BYTES / bytes.max(1);
    match sides.contains(&width) && sides.contains(&height) && fits {
        true => Ok(()),
        false => Err(too_large(&format!("{width} x {height} pixels"))),
    }
}

fn another_format(bytes: &[u8]) -> Error {
    let expected = "a JPEG, PNG, WebP, GIF or BMP image";
    if bytes.is_empty() {
        return Error::Image(Details::new(expected, "an empty file", "choose another file"));
    }
    Error::UnsupportedImage(Details::new(
        expected,
        format!("{} bytes in another format", bytes.len()),
        "save it as JPEG or PNG and try again",
    ))
}

pub(super) fn unsupported(came: &str) -> Error {
    Error::UnsupportedImage(Details::new(
        "a common variant of JPEG, PNG, WebP, GIF or BMP",
        came,
        "save it as an ordinary JPEG or PNG and try again",
    ))
}

pub(super) fn damaged(came: &str) -> Error {
    Error::UnsupportedImage(Details::new(
        "a whole, undamaged image",
        came,
        "open it in another program to see whether it is whole, or choose another image",
    ))
}

/// The error of a decoder.
pub(super) fn undecodable(error: &dyn std::error::Error) -> Error {
    damaged(&format!("an image that its decoder refuses ({error})"))
}

fn too_large(came: &str) -> Error {
    Error::Image(Details::new(
        format!(
            "sides of 1 to {MAXIMUM_SIDE} pixels and at most {} MiB decoded",
            MAXIMUM_DECODED_BYTES >> 20
        ),
        came,
        "make it smaller and try again",
    ))
}

/// Sorts the decoder's errors by what the user can do about them.
fn refused(error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => too_large("a larger image"),
        ImageError::Unsupported(error) => {
            unsupported(&format!("an image that its decoder does not support ({error})"))
        }
        other => undecodable(&other),
    }
}

#[cfg(all(test, panic = "unwind"))]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_decoder_is_that_images_error() {
        let broken: Result<()> = contained(|| panic!("index out of bounds"));
        let error = broken.unwrap_err();
        assert!(matches!(error, Error::UnsupportedImage(_)), "{error}");
        assert!(error.to_string().contains("an image that its decoder fails on"), "{error}");
        assert_eq!(contained(|| Ok(5)).unwrap(), 5);
    }
}
