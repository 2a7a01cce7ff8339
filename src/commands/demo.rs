//! `recasketch demo`: draws a demo catalogue, so that none has to be shipped.
//!
//! A small software renderer draws labelled parametric objects in the style of Sketchfab's thumbnails. The same seed
//! gives the same bytes on every machine.

mod classes;
mod draw;
mod finish;
mod ground;
mod material;
mod math;
mod mesh;
mod noise;
mod object;
mod occlusion;
mod outline;
mod projection;
mod raster;
mod render;
mod shade;
mod shadow;
mod solids;
mod view;

use std::path::Path;

use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use rayon::prelude::*;

pub use classes::{CLASSES, Class};
pub use draw::{Drawing, draw, draw_view};
pub use object::Object;
pub use render::render;
pub use view::View;

use crate::error::{Error, Result};
use crate::pixels::{Fit, Pixels};
use crate::site::catalogue::{self, Model};
use crate::util::progress::Progress;
use crate::util::{files, options};

/// The size of Sketchfab's small thumbnails, in pixels.
const THUMBNAIL: (u32, u32) = (256, 144);

/// The size of the samples in pixels. They are larger than thumbnails, because visitors' images usually are.
const SAMPLE: (u32, u32) = (1024, 576);

/// The number of samples, which are drawn from another seed than the catalogue.
const SAMPLES: u64 = 8;

/// Added to a seed for drawings that are in no demo catalogue with a small seed.
const OTHERS: u64 = u64::MAX / 2;

/// JPEG's quality, 1..=100, similar to that of Sketchfab's thumbnails.
const QUALITY: u8 = 85;

/// Returns the pixels of drawings that are in no demo catalogue, `height` x `width` large.
///
/// # Errors
/// As [`Pixels::from_rgba`].
pub fn pixels(count: usize, [height, width]: [usize; 2]) -> Result<Vec<Pixels>> {
    let (columns, rows) = THUMBNAIL;
    let drawn = |index| {
        let rgba = DynamicImage::ImageRgb8(draw(OTHERS, index, columns, rows).image).into_rgba8();
        Pixels::from_rgba(&rgba, columns, rows, Fit::Crop, height, width)
    };
    (0..count as u64).into_par_iter().map(drawn).collect()
}

/// Draws `models` objects: thumbnails into `out/thumbnails`, their catalogue into `out/catalogue.csv`, and samples
/// that are not in the catalogue into `out/samples`. Returns the duration in seconds. With more than one view of each
/// object, each view is a row and the object is its category, so that `eval` can measure whether the other views are
/// found.
///
/// # Errors
/// [`Error::File`] where a file cannot be written.
pub fn write(out: &Path, models: u64, views: u64, seed: u64) -> Result<f64> {
    options::folder_to_write("--out", out)?;
    let progress = Progress::start("drawing", (models * views + SAMPLES) as usize);
    let drawn: Result<Vec<Model>> = (0..models * views)
        .into_par_iter()
        .map(|picture| {
            let (index, view) = (picture / views, picture % views);
            let drawing = draw_view(seed, index, view, THUMBNAIL.0, THUMBNAIL.1);
            let object = format!("demo-{seed}-{index:06}");
            let (uid, category) = match views {
                1 => (object, drawing.class.to_owned()),
                _ => (format!("{object}-{view}"), object),
            };
            files::put(&out.join(format!("thumbnails/{uid}.jpg")), &jpeg(&drawing)?)?;
            progress.step();
            Ok(model(uid, category, drawing))
        })
        .collect();
    write_samples(&out.join("samples"), seed, &progress)?;
    catalogue::write_csv(&out.join("catalogue.csv"), &drawn?)?;
    Ok(progress.finish())
}

/// Draws the samples from a seed that no catalogue with a small seed uses.
fn write_samples(folder: &Path, seed: u64, progress: &Progress) -> Result<()> {
    (0..SAMPLES).into_par_iter().try_for_each(|index| {
        let drawing = draw(!seed, index, SAMPLE.0, SAMPLE.1);
        files::put(
            &folder.join(format!("{}.jpg", drawing.class.replace(' ', "-"))),
            &jpeg(&drawing)?,
        )?;
        progress.step();
        Ok(())
    })
}

fn jpeg(drawing: &Drawing) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    drawing.image.write_with_encoder(encoder).map_err(|error| Error::File {
        path: drawing.name.clone(),
        source: std::io::Error::other(error),
        advice: "report this as a bug: every drawing can be encoded",
    })?;
    Ok(bytes)
}

/// Returns the catalogue's row of a drawing. `eval` judges by its category; Sketchfab's category is a tag.
fn model(uid: String, category: String, drawing: Drawing) -> Model {
    let mut tags = drawing.tags;
    tags.push(drawing.category.to_lowercase());
    Model {
        uid,
        name: drawing.name,
        author: "recasketch demo generator".to_owned(),
        licence: "CC0 1.0".to_owned(),
        categories: vec![category],
        tags,
        ..Model::default()
    }
}
