//! Pixels: every form of image gives the bytes it should, natively and in wasm.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use recasketch::digest::Digest;
use recasketch::error::Error;
use recasketch::pixels::{BACKGROUND, Fit, Framing, Pixels, Resize};

const SIDE: usize = 224;

macro_rules! images {
    ($($name:literal $digest:literal,)*) => {
        [$(($name, include_bytes!(concat!("images/", $name)).as_slice(), $digest),)*]
    };
}

/// Every image of the folder, and the digest of its pixels cropped to 224 x 224.
const IMAGES: [(&str, &[u8], &str); 36] = images![
    "bmp.bmp" "637990491c3a2ed6",
    "exif-1.jpg" "31f79941d77730b2",
    "exif-2.jpg" "015f61c06c3fe450",
    "exif-3.jpg" "015f61c06c3fe450",
    "exif-4.jpg" "31f79941d77730b2",
    "exif-5.jpg" "85ef35dce20d90f4",
    "exif-6.jpg" "85ef35dce20d90f4",
    "exif-7.jpg" "baf0f63904eb79d2",
    "exif-8.jpg" "baf0f63904eb79d2",
    "gif-animated.gif" "08aedaa0245e45dc",
    "gif.gif" "3750b1a19326e702",
    "jpeg-16x9.jpg" "3c35cecb5255c3cb",
    "jpeg-224.jpg" "d15b56f34e5f207d",
    "jpeg-422.jpg" "ab19be3755eefe06",
    "jpeg-444.jpg" "77dccdff1a3f18b6",
    "jpeg-cmyk.jpg" "114c61db37933dd8",
    "jpeg-grey.jpg" "fbed3a9704e73fbc",
    "jpeg-large-4000x2250.jpg" "8ac554de3f4b5ebf",
    "jpeg-odd-sides.jpg" "e081e9db1893ea2e",
    "jpeg-portrait.jpg" "89fcf07ad003af52",
    "jpeg-progressive.jpg" "1760f51166bc143e",
    "jpeg-thumbnail-256x144.jpg" "6d913b3be7b3a934",
    "png-16-bit.png" "80660d330781b24e",
    "png-224.png" "45df6a6c5799fca2",
    "png-640x360.png" "fbc7ee3599ff6022",
    "png-alpha.png" "3b4df8da18cf5e08",
    "png-grey-alpha.png" "b7a67acc8da3b259",
    "png-grey.png" "26d6eb92e7148728",
    "png-narrow-3x200.png" "f862d278a6b8be6a",
    "png-one-bit.png" "103ce1063a976fbc",
    "png-palette-transparent.png" "bba31dae13342258",
    "png-rgb.png" "9e43c7353aac1c01",
    "png-tiny-1x1.png" "1f6073a766b3102d",
    "png-wide-1500x6.png" "1280db8dd0e64a92",
    "webp-lossless-alpha.webp" "08e54f99b7b0b09c",
    "webp-lossy.webp" "0ae2140556d8a87c",
];

/// The digests of what Pillow makes of images with `NEAREST`, stretched to 224 x 224 as Keras stretches
/// them; `tests/images/nearest.py` printed them.
const NEAREST: [(&str, &[u8], &str); 10] = images![
    "bmp.bmp" "1cdbacb0ae3f3897",
    "gif.gif" "cc7b6d332d277a30",
    "png-224.png" "45df6a6c5799fca2",
    "png-640x360.png" "61e1dde03e547f5a",
    "png-grey.png" "0fd417d56983a546",
    "png-narrow-3x200.png" "4d0f89741720cc38",
    "png-one-bit.png" "4005b6a4d40b40bc",
    "png-rgb.png" "b7cf504210800232",
    "png-tiny-1x1.png" "1f6073a766b3102d",
    "png-wide-1500x6.png" "e05dbca675a60404",
];

fn crop(bytes: &[u8]) -> Pixels {
    Pixels::decode(bytes, Fit::Crop, SIDE, SIDE).unwrap()
}

fn pixel(pixels: &Pixels, row: usize, column: usize) -> [u8; 3] {
    let at = 3 * (row * pixels.width() + column);
    pixels.rgb()[at..at + 3].try_into().unwrap()
}

fn png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Red, green and blue thirds from left to right.
fn thirds(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        let mut colour = [0; 3];
        colour[(3 * x / width) as usize] = 255;
        Rgb(colour)
    })
}

/// The same bytes everywhere: this very table is checked natively and in wasm.
#[test]
fn every_form_of_image_gives_its_known_pixels() {
    let came = IMAGES.map(|(name, bytes, _)| (name, Digest::of(crop(bytes).rgb()).short()));
    let expected = IMAGES.map(|(name, _, digest)| (name, digest.to_owned()));
    assert_eq!(came, expected);
}

#[test]
fn nearest_gives_the_pixels_that_keras_loads() {
    let loaded = |bytes| Pixels::decode(bytes, Framing::KERAS, SIDE, SIDE).unwrap();
    let came = NEAREST.map(|(name, bytes, _)| (name, Digest::of(loaded(bytes).rgb()).short()));
    let expected = NEAREST.map(|(name, _, digest)| (name, digest.to_owned()));
    assert_eq!(came, expected);
}

/// A wrong rounding shows at some widths only; each pixel holds its own number.
#[test]
fn nearest_takes_the_pixels_that_pillow_takes_from_any_width() {
    let mut taken = Vec::new();
    for width in (1..1500).chain([4000, 19_999, 20_000]) {
        let numbered = |at: u32| [at as u8, (at >> 8) as u8, 0, 255];
        let rgba: Vec<u8> = (0..width).flat_map(numbered).collect();
        let pixels = Pixels::from_rgba(&rgba, width, 1, Framing::KERAS, 1, SIDE).unwrap();
        taken.extend_from_slice(pixels.rgb());
    }
    assert_eq!(Digest::of(&taken).short(), "af005507c160a417");
}

#[test]
fn nearest_keeps_to_the_part_that_the_fit_keeps() {
    let framed = |fit, width| {
        let framing = Framing { fit, resize: Resize::Nearest };
        Pixels::decode(&png(&thirds(width, 448)), framing, SIDE, SIDE).unwrap()
    };
    // Three thirds of 448: the centred 448 of 1344 columns are the green one.
    let cropped = framed(Fit::Crop, 3 * 448);
    assert!(cropped.rgb().chunks(3).all(|colour| *colour == [0, 255, 0]));
    let padded = framed(Fit::Pad, 896);
    let red = [255, 0, 0];
    let down = [55, 56, 167, 168].map(|row| pixel(&padded, row, 10));
    assert_eq!(down, [BACKGROUND, red, red, BACKGROUND]);
}

#[test]
fn crop_keeps_the_centre_untouched_where_nothing_needs_resizing() {
    let image = thirds(400, 224);
    let pixels = crop(&png(&image));
    for (row, column) in
        [(0, 0), (0, 223), (223, 0), (223, 223), (100, 45), (100, 46), (50, 178), (50, 179)]
    {
        assert_eq!(pixel(&pixels, row, column), image.get_pixel(column as u32 + 88, row as u32).0);
    }
    assert_eq!((pixel(&pixels, 9, 0), pixel(&pixels, 9, 112)), ([255, 0, 0], [0, 255, 0]));
}

#[test]
fn squash_keeps_every_side() {
    let pixels = Pixels::decode(&png(&thirds(672, 100)), Fit::Squash, SIDE, SIDE).unwrap();
    let row: Vec<[u8; 3]> = [10, 112, 213].map(|column| pixel(&pixels, 100, column)).to_vec();
    assert_eq!(row, [[255, 0, 0], [0, 255, 0], [0, 0, 255]]);
}

#[test]
fn pad_keeps_the_whole_image_between_bars_of_the_background() {
    let pixels = Pixels::decode(&png(&thirds(448, 224)), Fit::Pad, SIDE, SIDE).unwrap();
    assert_eq!(pixel(&pixels, 55, 100), BACKGROUND);
    assert_eq!(pixel(&pixels, 56, 10), [255, 0, 0]);
    assert_eq!(pixel(&pixels, 167, 213), [0, 0, 255]);
    assert_eq!(pixel(&pixels, 168, 100), BACKGROUND);
}

#[test]
fn transparency_shows_the_background() {
    let rgba = RgbaImage::from_fn(4, 1, |x, _| Rgba([200, 100, 0, [0, 64, 128, 255][x as usize]]));
    let pixels = Pixels::from_rgba(rgba.as_raw(), 4, 1, Fit::Squash, 1, 4).unwrap();
    // (colour * alpha + 48 * (255 - alpha)) / 255, rounded.
    let expected = [[48, 48, 48], [86, 61, 36], [124, 74, 24], [200, 100, 0]];
    assert_eq!(pixels.rgb(), expected.as_flattened());
}

#[test]
fn all_eight_orientations_of_exif_stand_upright() {
    let of = |orientation: usize| {
        let name = format!("exif-{orientation}.jpg");
        crop(IMAGES.iter().find(|(image, ..)| *image == name).unwrap().1)
    };
    let upright = of(1);
    for orientation in 2..=8 {
        let turned = of(orientation);
        let difference = |(a, b): (&u8, &u8)| u64::from(a.abs_diff(*b));
        let total: u64 = upright.rgb().iter().zip(turned.rgb()).map(difference).sum();
        let mean = total as f64 / upright.rgb().len() as f64;
        // JPEG's loss differs a little between the turned copies; a wrong turn differs by 30 and more.
        assert!(mean < 1.5, "orientation {orientation} differs by {mean}");
    }
}

#[test]
fn what_a_browser_decoded_joins_the_same_path() {
    let bytes = IMAGES.iter().find(|(name, ..)| *name == "png-alpha.png").unwrap().1;
    let decoded = image::load_from_memory(bytes).unwrap().into_rgba8();
    let (width, height) = decoded.dimensions();
    for fit in [Fit::Crop, Fit::Squash, Fit::Pad] {
        let here = Pixels::decode(bytes, fit, SIDE, SIDE).unwrap();
        assert_eq!(
            Pixels::from_rgba(decoded.as_raw(), width, height, fit, SIDE, SIDE).unwrap(),
            here
        );
    }
}

#[test]
fn the_network_need_not_be_square() {
    for (fit, width) in [(Fit::Crop, 640), (Fit::Squash, 333), (Fit::Pad, 640)] {
        let pixels = Pixels::decode(&png(&thirds(width, 320)), fit, 96, 192).unwrap();
        assert_eq!((pixels.height(), pixels.width(), pixels.rgb().len()), (96, 192, 96 * 192 * 3));
        assert_eq!(pixel(&pixels, 48, 20), [255, 0, 0], "{fit:?}");
        assert_eq!(pixel(&pixels, 48, 171), [0, 0, 255], "{fit:?}");
    }
}

fn refused(bytes: &[u8]) -> Error {
    Pixels::decode(bytes, Fit::Crop, SIDE, SIDE).unwrap_err()
}

#[test]
fn what_is_no_image_is_refused_with_what_would_be() {
    let sentence = refused(b"").to_string();
    assert!(
        sentence.contains("expected a JPEG, PNG, WebP, GIF or BMP image, found an empty file"),
        "{sentence}"
    );
    for other in [
        &b"x"[..],
        b"a text that was renamed to .jpg",
        b"<!DOCTYPE html>",
        b"%PDF-1.7",
        b"II*\0 a TIFF",
    ] {
        assert!(matches!(refused(other), Error::UnsupportedImage(_)), "{}", refused(other));
    }
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    assert!(matches!(refused(heic), Error::UnsupportedImage(_)));
}

#[test]
fn sizes_that_ask_for_too_much_are_refused_before_they_are_allocated() {
    for (width, height) in
        [(100_000u32, 100_000u32), (20_000, 20_000), (20_001, 1), (u32::MAX, u32::MAX)]
    {
        let sentence = refused(&png_that_claims(width, height)).to_string();
        assert!(sentence.contains("sides of 1 to 20000 pixels and at most 192 MiB"), "{sentence}");
    }
}

/// A PNG of a few bytes whose header speaks of another size.
fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(&thirds(3, 1));
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// A cut image may still show its upper part (JPEG), but nothing panics and no size is wrong.
#[test]
fn images_cut_anywhere_are_refused_or_whole_in_size() {
    for (name, bytes, _) in IMAGES.iter().filter(|(_, bytes, _)| bytes.len() < 30_000) {
        for length in (0..bytes.len()).step_by(37 * (1 + bytes.len() / 4000)) {
            match Pixels::decode(&bytes[..length], Fit::Crop, SIDE, SIDE) {
                Ok(pixels) => {
                    assert_eq!(pixels.rgb().len(), 3 * SIDE * SIDE, "{name} cut at {length}")
                }
                Err(Error::Image(_) | Error::UnsupportedImage(_)) => {}
                Err(other) => panic!("{name} cut at {length}: {other}"),
            }
        }
    }
}

#[test]
fn a_wrong_number_of_bytes_is_refused() {
    for (width, height) in [(2, 3), (0, 1), (1, 0), (u32::MAX, u32::MAX)] {
        let refused = Pixels::from_rgba(&[0; 20], width, height, Fit::Crop, SIDE, SIDE);
        assert!(matches!(refused, Err(Error::Image(_))), "{width} x {height}");
    }
}
