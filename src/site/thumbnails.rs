//! The thumbnails of a site: the owner's files, or smaller copies of them.
//!
//! A card shows a thumbnail a few hundred pixels wide. The owner's file is often many times larger than that needs, so
//! a site publishes a smaller JPEG. Embeddings are always those of the owner's file.

mod store;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
pub(crate) use store::{Made, Store};

use crate::digest::Digest;
use crate::error::{Details, Error, Result};
use crate::pixels::Picture;
use crate::site::catalogue::Model;

/// The default width of a published thumbnail, in pixels.
const WIDTH: u32 = 384;

/// The most other origins that a site's thumbnails come from.
const MOST_SOURCES: usize = 8;

/// The widths that the owner may choose.
const WIDTHS: std::ops::RangeInclusive<u32> = 64..=4096;

/// JPEG's quality, 1..=100.
const QUALITY: u8 = 75;

/// Rises with every change of the bytes that [`reduced`] returns, so that stored ones are made again.
const VERSION: u32 = 1;

/// What a site publishes of the owner's thumbnails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishedThumbnails {
    /// The owner's files.
    Originals,
    /// JPEGs of this width in pixels. A thumbnail that is no wider, or whose JPEG would have more bytes, is published
    /// as it is.
    Reduced(u32),
    /// Links to the column `thumbnail_url` of the catalogue, which visitors' browsers follow. A model without such a
    /// link has a reduced thumbnail of the default width.
    AtSource,
}

impl Default for PublishedThumbnails {
    fn default() -> PublishedThumbnails {
        PublishedThumbnails::Reduced(WIDTH)
    }
}

impl PublishedThumbnails {
    /// Reads a width in pixels, or `original`.
    ///
    /// # Errors
    /// [`Error::Settings`] for another text, and for a width that is too small or too large.
    pub fn parse(text: &str) -> Result<PublishedThumbnails> {
        if text == "original" {
            return Ok(PublishedThumbnails::Originals);
        }
        let width = text.parse().ok().filter(|width| WIDTHS.contains(width));
        width.map(PublishedThumbnails::Reduced).ok_or_else(|| {
            let (least, most) = WIDTHS.into_inner();
            Error::Settings(Details::new(
                format!("a width of {least} to {most} pixels, or `original`"),
                format!("'{text}'"),
                "leave it out for 384 pixels",
            ))
        })
    }
}

impl PublishedThumbnails {
    /// The width of reduced thumbnails, if the site may have such.
    pub(crate) fn width(self) -> Option<u32> {
        match self {
            PublishedThumbnails::Originals => None,
            PublishedThumbnails::Reduced(width) => Some(width),
            PublishedThumbnails::AtSource => Some(WIDTH),
        }
    }

    /// The origins that the site's policy has to allow, sorted. Where links lead to more than [`MOST_SOURCES`], it is
    /// those of most models.
    pub(crate) fn sources(self, models: &[Model]) -> Vec<String> {
        if self != PublishedThumbnails::AtSource {
            return Vec::new();
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for origin in models.iter().filter_map(|model| Some(link_of(model)?.0)) {
            *counts.entry(origin).or_default() += 1;
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut sources: Vec<String> = counts.into_iter().map(|(origin, _)| origin).collect();
        sources.truncate(MOST_SOURCES);
        sources.sort();
        sources
    }
}

/// The link to a model's thumbnail, if it leads to one of these origins.
pub(crate) fn source_of<'m>(model: &'m Model, sources: &[String]) -> Option<&'m str> {
    let (origin, link) = link_of(model)?;
    sources.contains(&origin).then_some(link)
}

/// Whether a text is an origin as [`PublishedThumbnails::sources`] writes it.
pub(crate) fn is_origin(text: &str) -> bool {
    origin_of(text).is_some_and(|origin| origin == text)
}

/// The origin of the link to a model's thumbnail, such as `https://media.sketchfab.com`, and the link.
fn link_of(model: &Model) -> Option<(String, &str)> {
    let link = model.facts.thumbnail_url.as_deref()?;
    Some((origin_of(link)?, link))
}

fn origin_of(link: &str) -> Option<String> {
    let rest = link.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?.to_lowercase();
    let (name, port) = host.split_once(':').unwrap_or((&host, "443"));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let is_host = !name.is_empty() && name.bytes().all(is_name) && port.parse::<u16>().is_ok();
    let host = host.strip_suffix(":443").unwrap_or(&host);
    is_host.then(|| format!("https://{host}"))
}

/// A thumbnail of the owner's.
#[derive(Debug, Clone)]
pub(crate) struct Original {
    pub(crate) path: PathBuf,
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
    /// The file name ending of its image format.
    pub(crate) ending: &'static str,
}

/// A JPEG of this width in pixels, upright and in sRGB. What is transparent is as grey as the network sees it. `None`
/// if the picture is no wider, or if its file has no more bytes than the JPEG. The bytes are the same on every machine.
pub(crate) fn reduced(picture: &Picture, bytes: usize, width: u32) -> Option<Vec<u8>> {
    let (columns, rows) = (u64::from(picture.width()), u64::from(picture.height()));
    if columns <= u64::from(width) {
        return None;
    }
    let height = ((rows * u64::from(width) + columns / 2) / columns).max(1);
    let (width, height) = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
    let pixels = picture.upright(height.into(), width.into());
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // Smaller than a baseline JPEG by a twentieth.
    encoder.set_progressive(true);
    encoder.set_optimized_huffman_tables(true);
    encoder.encode(pixels.rgb(), width, height, ColorType::Rgb).ok()?;
    (jpeg.len() < bytes).then_some(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{BACKGROUND, Pixels};

    fn fixture(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/tests/fixtures/images/{name}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
    }

    /// The reduced thumbnail of a fixture, and its pixels.
    fn shown(name: &str, width: u32) -> (Vec<u8>, Pixels) {
        let bytes = fixture(name);
        let jpeg = reduced(&Picture::read(&bytes).unwrap(), bytes.len(), width).unwrap();
        assert!(jpeg.len() < bytes.len());
        let picture = Picture::read(&jpeg).unwrap();
        assert!(!picture.is_turned());
        let pixels = picture.upright(picture.height() as usize, picture.width() as usize);
        (jpeg, pixels)
    }

    /// A change of the encoder's bytes is a new [`VERSION`].
    #[test]
    fn the_bytes_are_the_same_on_every_machine() {
        let names = ["png-640x360.png", "jpeg-large-4000x2250.jpg", "icc-adobe-rgb.jpg"];
        let widths = [384, 384, 64];
        let digests = [0, 1, 2].map(|at| Digest::of(&shown(names[at], widths[at]).0).short());
        assert_eq!(
            (VERSION, digests.each_ref().map(String::as_str)),
            (1, ["8725b888844b4b4b", "778df629dfee790a", "cb906a08abfb2af3"])
        );
    }

    /// The signal-to-noise ratio to the resized original, in decibels.
    #[test]
    fn a_reduced_thumbnail_looks_like_the_original() {
        for (name, columns, rows, least) in [
            ("png-640x360.png", 384, 216, 34.0),
            ("jpeg-large-4000x2250.jpg", 384, 216, 34.0),
            ("icc-adobe-rgb.jpg", 64, 43, 29.0),
        ] {
            let (_, pixels) = shown(name, columns as u32);
            assert_eq!((pixels.width(), pixels.height()), (columns, rows), "{name}");
            let whole = Picture::read(&fixture(name)).unwrap().upright(rows, columns);
            let squares = pixels.rgb().iter().zip(whole.rgb());
            let squares = squares.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
            let mean = squares.sum::<f64>() / pixels.rgb().len() as f64;
            let ratio = 10.0 * (255.0 * 255.0 / mean).log10();
            assert!(ratio >= least, "{name}: {ratio} dB");
        }
    }

    #[test]
    fn a_turned_picture_is_upright_and_a_transparent_one_is_on_grey() {
        for number in 1..=8 {
            let bytes = fixture(&format!("exif-{number}.jpg"));
            let picture = Picture::read(&bytes).unwrap();
            let (_, pixels) = shown(&format!("exif-{number}.jpg"), picture.width() / 2);
            let expected = picture.upright(pixels.height(), pixels.width());
            let differences = pixels.rgb().iter().zip(expected.rgb()).map(|(a, b)| a.abs_diff(*b));
            let mean = differences.map(f64::from).sum::<f64>() / pixels.rgb().len() as f64;
            assert!(mean < 8.0, "{number}: {mean}");
        }
        let picture = Picture::from_rgba(&[0; 4 * 200 * 100], 200, 100).unwrap();
        let jpeg = reduced(&picture, usize::MAX, 100).unwrap();
        let pixels = Picture::read(&jpeg).unwrap().upright(50, 100);
        let near = |pixel: &[u8]| pixel.iter().zip(BACKGROUND).all(|(a, b)| a.abs_diff(b) <= 1);
        assert!(pixels.rgb().chunks(3).all(near));
    }

    #[test]
    fn nothing_is_enlarged_in_pixels_or_in_bytes() {
        let bytes = fixture("png-640x360.png");
        let picture = Picture::read(&bytes).unwrap();
        assert_eq!(reduced(&picture, bytes.len(), 640), None);
        let jpeg = reduced(&picture, usize::MAX, 639).unwrap();
        assert_eq!(reduced(&picture, jpeg.len(), 639), None);
        // A very flat picture keeps a row.
        let flat = fixture("png-wide-1500x6.png");
        let jpeg = reduced(&Picture::read(&flat).unwrap(), usize::MAX, 64).unwrap();
        assert_eq!(Picture::read(&jpeg).unwrap().height(), 1);
    }

    #[test]
    fn a_width_is_a_number_of_pixels_or_the_originals() {
        assert_eq!(PublishedThumbnails::parse("384").unwrap(), PublishedThumbnails::default());
        assert_eq!(PublishedThumbnails::parse("original").unwrap(), PublishedThumbnails::Originals);
        for text in ["0", "63", "4097", "wide", "-1", ""] {
            let said = PublishedThumbnails::parse(text).unwrap_err().to_string();
            assert!(said.contains(&format!("found '{text}'")), "{said}");
        }
    }
}
