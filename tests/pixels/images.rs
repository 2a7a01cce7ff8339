//! The images of the folder, and how they are looked at.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use recasketch::error::Error;
use recasketch::pixels::{Fit, Pixels};

pub(crate) const SIDE: usize = 224;

macro_rules! images {
    ($($name:literal $digest:literal,)*) => {
        [$(($name, include_bytes!(concat!("../fixtures/images/", $name)).as_slice(), $digest),)*]
    };
}

/// Every image of the folder, and the digest of its pixels cropped to 224 x 224.
pub(crate) const IMAGES: [(&str, &[u8], &str); 56] = images![
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
pub(crate) const NEAREST: [(&str, &[u8], &str); 10] = images![
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

pub(crate) fn crop(bytes: &[u8]) -> Pixels {
    Pixels::decode(bytes, Fit::Crop, SIDE, SIDE).unwrap()
}

pub(crate) fn pixel(pixels: &Pixels, row: usize, column: usize) -> [u8; 3] {
    let at = 3 * (row * pixels.width() + column);
    pixels.rgb()[at..at + 3].try_into().unwrap()
}

pub(crate) fn png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Red, green and blue thirds from left to right.
pub(crate) fn thirds(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        let mut colour = [0; 3];
        colour[(3 * x / width) as usize] = 255;
        Rgb(colour)
    })
}

pub(crate) fn refused(bytes: &[u8]) -> Error {
    Pixels::decode(bytes, Fit::Crop, SIDE, SIDE).map(|_| "an image").unwrap_err()
}

pub(crate) fn of(name: &str) -> &'static [u8] {
    IMAGES.iter().find(|(image, ..)| *image == name).unwrap().1
}

/// At its own size, which the rare images share.
pub(crate) fn own(bytes: &[u8]) -> Pixels {
    Pixels::decode(bytes, Fit::Squash, 64, 96).unwrap()
}

pub(crate) fn mean_difference(one: &[u8], other: &[u8]) -> f64 {
    let total: u64 = one.iter().zip(other).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    total as f64 / one.len() as f64
}

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
