//! What is no image, or not all of one.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::error::Error;
use recasketch::pixels::{Fit, Pixels};

use crate::images::{IMAGES, SIDE, crc32, png, refused, thirds};

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
