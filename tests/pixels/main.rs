//! Pixels: every form of image gives the bytes it should, natively and in wasm.

mod images;
mod rare;
mod refused;
#[cfg(not(target_arch = "wasm32"))]
mod robustness;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::{Rgba, RgbaImage};
use recasketch::digest::Digest;
use recasketch::pixels::{BACKGROUND, Fit, Pixels, Preprocessing, Resize};

use images::{IMAGES, NEAREST, SIDE, crop, pixel, png, thirds};

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
