//! Rare forms of images: shown as they should be, or refused.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::error::Error;
use recasketch::pixels::{Fit, Pixels};

use crate::images::{SIDE, crc32, crop, mean_difference, of, own, pixel, png, refused, thirds};

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
        (include_bytes!("../fixtures/images/refused-arithmetic.jpg"), "arithmetic coding"),
        (include_bytes!("../fixtures/images/refused-three-samplings.jpg"), "sampled in three ways"),
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
    let packed = include_bytes!("../fixtures/images/zeros-64-mib.zlib"); // tests/fixtures/images/rare.py made it
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
