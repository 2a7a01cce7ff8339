//! Pixels: every form of image gives the bytes it should, natively and in wasm.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use recasketch::digest::Digest;
use recasketch::error::Error;
use recasketch::pixels::{BACKGROUND, Fit, Pixels, Preprocessing, Resize};

const SIDE: usize = 224;

macro_rules! images {
    ($($name:literal $digest:literal,)*) => {
        [$(($name, include_bytes!(concat!("fixtures/images/", $name)).as_slice(), $digest),)*]
    };
}

/// Every image of the folder, and the digest of its pixels cropped to 224 x 224.
const IMAGES: [(&str, &[u8], &str); 56] = images![
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
    "icc-adobe-rgb.jpg" "4c78d036b9e7545e",
    "icc-broken.jpg" "2e28bd97317ad414",
    "icc-cmyk.jpg" "e25d98241ff4f3a2",
    "icc-grey.jpg" "901379f19399f6aa",
    "icc-of-other-colours.jpg" "2e28bd97317ad414",
    "icc-p3-alpha.webp" "23cac5fd8274f1fa",
    "icc-p3.jpg" "150f4f861c1af366",
    "icc-p3.png" "23cac5fd8274f1fa",
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
    "rare-411.jpg" "e368538a8a9d6d84",
    "rare-440.jpg" "3f40e86402d04672",
    "rare-chroma-finer.jpg" "dfae4e148e19a307",
    "rare-exif-prefixed.webp" "e646d9bc5f200ca3",
    "rare-exif.webp" "e646d9bc5f200ca3",
    "rare-frame-beyond-screen.gif" "3e53761fdd2339f8",
    "rare-restarts.jpg" "fd261357ffcccd6e",
    "rare-rgb.jpg" "de89c7f246f78726",
    "rare-right.png" "b0f82594826c34fe",
    "rare-scans-420.jpg" "63a56d3d6760eb7f",
    "rare-scans-444.jpg" "3c23f3ad21128e8e",
    "rare-scans-chroma-finer.jpg" "d0d223c0a2c4997a",
    "webp-lossless-alpha.webp" "08e54f99b7b0b09c",
    "webp-lossy.webp" "0ae2140556d8a87c",
];

/// The digests of what Pillow makes of images with `NEAREST`, stretched to 224 x 224 as Keras stretches
/// them; `tests/fixtures/images/nearest.py` printed them.
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
    let loaded = |bytes| Pixels::decode(bytes, Preprocessing::KERAS, SIDE, SIDE).unwrap();
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
        let pixels = Pixels::from_rgba(&rgba, width, 1, Preprocessing::KERAS, 1, SIDE).unwrap();
        taken.extend_from_slice(pixels.rgb());
    }
    assert_eq!(Digest::of(&taken).short(), "af005507c160a417");
}

#[test]
fn nearest_keeps_to_the_part_that_the_fit_keeps() {
    let framed = |fit, width| {
        let preprocessing = Preprocessing { fit, resize: Resize::Nearest };
        Pixels::decode(&png(&thirds(width, 448)), preprocessing, SIDE, SIDE).unwrap()
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
    Pixels::decode(bytes, Fit::Crop, SIDE, SIDE).map(|_| "an image").unwrap_err()
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
    // Formats that some browsers show.
    for other in [
        &b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..],
        b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B",
        b"\xff\x0a\xfa\x7f",
        b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a",
    ] {
        assert!(matches!(refused(other), Error::UnsupportedImage(_)), "{}", refused(other));
    }
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

fn of(name: &str) -> &'static [u8] {
    IMAGES.iter().find(|(image, ..)| *image == name).unwrap().1
}

/// At its own size, which the rare images share.
fn own(bytes: &[u8]) -> Pixels {
    Pixels::decode(bytes, Fit::Squash, 64, 96).unwrap()
}

fn mean_difference(one: &[u8], other: &[u8]) -> f64 {
    let total: u64 = one.iter().zip(other).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    total as f64 / one.len() as f64
}

#[test]
fn every_layout_of_a_jpeg_is_the_picture_or_refused() {
    let right = own(of("rare-right.png"));
    for name in [
        "rare-411.jpg",
        "rare-440.jpg",
        "rare-chroma-finer.jpg",
        "rare-restarts.jpg",
        "rare-rgb.jpg",
        "rare-scans-420.jpg",
        "rare-scans-444.jpg",
        "rare-scans-chroma-finer.jpg",
    ] {
        let mean = mean_difference(own(of(name)).rgb(), right.rgb());
        assert!(mean < 6.0, "{name} differs by {mean}");
    }
    let rare: [(&[u8], &str); 2] = [
        (include_bytes!("fixtures/images/refused-arithmetic.jpg"), "arithmetic coding"),
        (include_bytes!("fixtures/images/refused-three-samplings.jpg"), "sampled in three ways"),
    ];
    for (bytes, reason) in rare {
        let error = refused(bytes);
        assert!(matches!(error, Error::UnsupportedImage(_)), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn colours_come_to_srgb_through_the_profile() {
    let right = own(of("rare-right.png"));
    let without = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8().into_raw();
    for (name, least) in [
        ("icc-p3.png", 2.5),
        ("icc-p3.jpg", 2.5),
        ("icc-p3-alpha.webp", 2.5),
        ("icc-adobe-rgb.jpg", 4.0),
    ] {
        let mean = mean_difference(own(of(name)).rgb(), right.rgb());
        let otherwise = mean_difference(&without(of(name)), right.rgb());
        assert!(mean < 2.0 && otherwise > least, "{name}: {mean}, without its profile {otherwise}");
    }
    // What is broken, or of other colours, says nothing.
    for name in ["icc-broken.jpg", "icc-of-other-colours.jpg"] {
        let mean = mean_difference(own(of(name)).rgb(), right.rgb());
        assert!(mean < 1.5, "{name} differs by {mean}");
    }
    // Its profile tells linear light as the level to the power of 1.4.
    let grey = own(of("icc-grey.jpg"));
    for (came, stored) in grey.rgb().iter().zip(without(of("icc-grey.jpg"))) {
        let light = (f64::from(stored) / 255.0).powf(1.4);
        let level = if light <= 0.003_130_8 {
            12.92 * light
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        };
        assert!((f64::from(*came) - 255.0 * level).abs() <= 2.0, "{stored} became {came}");
    }
}

/// The segment of a JPEG with EXIF.
fn exif_of(bytes: &[u8]) -> &[u8] {
    let at = bytes.windows(2).position(|two| two == [0xff, 0xe1]).unwrap();
    let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    &bytes[at..at + 2 + length]
}

#[test]
fn of_two_blocks_of_exif_the_first_turns_the_image() {
    let (six, three) = (of("exif-6.jpg"), exif_of(of("exif-3.jpg")));
    let own = exif_of(six);
    let end = six.windows(own.len()).position(|window| window == own).unwrap() + own.len();
    let twice = [&six[..end], three, &six[end..]].concat();
    assert_eq!(crop(&twice), crop(six));
    let other_first = [&six[..2], three, &six[2..]].concat();
    assert_ne!(crop(&other_first), crop(six));
}

#[test]
fn a_webp_is_turned_with_and_without_the_prefix_of_its_exif() {
    let right = own(of("rare-right.png"));
    for name in ["rare-exif.webp", "rare-exif-prefixed.webp"] {
        let mean = mean_difference(own(of(name)).rgb(), right.rgb());
        assert!(mean < 6.0, "{name} differs by {mean}");
    }
}

#[test]
fn a_frame_beyond_its_screen_is_shown_whole() {
    let mean = mean_difference(
        own(of("rare-frame-beyond-screen.gif")).rgb(),
        own(of("rare-right.png")).rgb(),
    );
    assert!(mean < 6.0, "{mean}");
}

#[test]
fn a_jpeg_may_lack_its_last_rows_and_no_more_and_have_a_film_behind_it() {
    for name in
        ["jpeg-16x9.jpg", "jpeg-444.jpg", "jpeg-grey.jpg", "jpeg-cmyk.jpg", "rare-scans-420.jpg"]
    {
        let whole = of(name);
        let [half, most, last] = [0.5, 0.8, 0.995].map(|part| (whole.len() as f64 * part) as usize);
        for length in [half, most] {
            let error = refused(&whole[..length]);
            assert!(matches!(error, Error::UnsupportedImage(_)), "{name} cut at {length}: {error}");
        }
        if name.starts_with("jpeg-") {
            let mean = mean_difference(crop(&whole[..last]).rgb(), crop(whole).rgb());
            assert!(mean < 6.0, "{name} without its last rows differs by {mean}");
        }
        let film = [whole, b"\0\0\0\x18ftypmp42", of("jpeg-progressive.jpg")].concat();
        assert_eq!(crop(&film), crop(whole), "{name}");
    }
    let progressive = of("jpeg-progressive.jpg");
    for part in [0.3, 0.6, 0.95] {
        let error = refused(&progressive[..(progressive.len() as f64 * part) as usize]);
        assert!(matches!(error, Error::UnsupportedImage(_)), "{error}");
    }
}

/// A chunk of a PNG.
fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [name, content].concat();
    let length = (content.len() as u32).to_be_bytes();
    [&length[..], &body, &crc32(&body).to_be_bytes()].concat()
}

#[test]
fn metadata_that_unpacks_to_much_does_not_keep_an_image_from_being_shown() {
    let image = png(&thirds(224, 224));
    let packed = include_bytes!("fixtures/images/zeros-64-mib.zlib"); // tests/fixtures/images/rare.py made it
    let profile = [b"bomb\0\0", &packed[..]].concat();
    let text = [b"Comment\0\0", &packed[..]].concat();
    for bomb in [chunk(b"iCCP", &profile), chunk(b"zTXt", &text)] {
        let bombed = [&image[..33], &bomb, &image[33..]].concat();
        assert_eq!(crop(&bombed), crop(&image));
    }
}

#[test]
fn of_an_animation_of_ten_thousand_frames_the_first_is_shown() {
    let gif = of("gif.gif");
    // What lies between the screen with its colours and the end is a frame.
    let colours = 3 * (2usize << (gif[10] & 7));
    let (start, end) = (13 + colours, gif.len() - 1);
    let many = [&gif[..start], &gif[start..end].repeat(10_000), &gif[end..]].concat();
    assert_eq!(crop(&many), crop(gif));
}

/// A BMP of 4 x 2 pixels; its colours are blue, green, red and nothing, its masks those of red, green, blue and alpha.
fn bmp(bits: u16, compression: u32, colours: &[[u8; 4]], masks: &[u32], pixels: &[u8]) -> Vec<u8> {
    let header = 40 + 4 * masks.len() as u32;
    let offset = 14 + header + 4 * colours.len() as u32;
    let mut bytes = b"BM".to_vec();
    let words =
        |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    bytes.extend(words(&[offset + pixels.len() as u32, 0, offset, header, 4, 2]));
    bytes.extend([1u16, bits].into_iter().flat_map(u16::to_le_bytes));
    bytes.extend(words(&[compression, pixels.len() as u32, 0, 0, colours.len() as u32, 0]));
    bytes.extend(words(masks));
    bytes.extend(colours.as_flattened());
    bytes.extend(pixels);
    bytes
}

fn refused_as(bytes: &[u8], form: &str) {
    let error = refused(bytes);
    assert!(matches!(error, Error::UnsupportedImage(_)), "{error}");
    assert!(error.to_string().contains(form), "{error}");
}

#[test]
fn alpha_of_a_single_bit_hides_nothing() {
    // Red, and its bit of alpha 0.
    let pixels = 0x7c00u16.to_le_bytes().repeat(8);
    let red = bmp(16, 3, &[], &[0x7c00, 0x03e0, 0x001f, 0x8000], &pixels);
    assert!(crop(&red).rgb().chunks(3).all(|colour| *colour == [255, 0, 0]));
}

#[test]
fn forms_that_decoders_show_differently_are_refused() {
    let colours = [[0, 0, 255, 0], [255, 0, 0, 0]];
    let runs = |runs: &[u8]| bmp(8, 1, &colours, &[], runs);
    // Two rows of four of the second colour, blue.
    let whole = runs(&[4, 1, 0, 0, 4, 1, 0, 1]);
    assert!(crop(&whole).rgb().chunks(3).all(|colour| *colour == [0, 0, 255]));
    refused_as(&runs(&[2, 1, 0, 0, 4, 1, 0, 1]), "a run-length coded BMP that leaves pixels out");
    refused_as(
        &runs(&[4, 1, 0, 2, 1, 0, 3, 1, 0, 1]),
        "a run-length coded BMP that leaves pixels out",
    );
    let mut among = bmp(8, 0, &colours, &[], &[1; 8]);
    crop(&among);
    among[10..14].copy_from_slice(&54u32.to_le_bytes());
    refused_as(&among, "pixels begin inside its colour table");

    let grey = of("png-one-bit.png");
    let with =
        |value: u16| [&grey[..33], &chunk(b"tRNS", &value.to_be_bytes()), &grey[33..]].concat();
    refused_as(&with(255), "more bits than its pixels");
    assert_ne!(crop(&with(1)), crop(grey));
}

#[test]
fn what_an_opaque_frame_leaves_free_has_the_first_colour() {
    let mut gif = of("gif.gif").to_vec();
    let first: [u8; 3] = gif[13..16].try_into().unwrap();
    gif[6..10].copy_from_slice(&[0, 4, 0, 4]); // a screen of 1024 x 1024
    let pixels = Pixels::decode(&gif, Fit::Squash, SIDE, SIDE).unwrap();
    assert_eq!(pixel(&pixels, SIDE - 1, SIDE - 1), first);
}
