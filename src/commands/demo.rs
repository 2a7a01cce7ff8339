//! `recasketch demo`: a catalogue that is drawn, not shipped.
//!
//! Labelled parametric objects, drawn by a small software renderer in the look of Sketchfab's
//! thumbnails. The same seed draws the same bytes on every machine.

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

/// The size of the samples, that of a larger thumbnail: a visitor's image is seldom the small one.
const SAMPLE: (u32, u32) = (1024, 576);

/// How many samples are drawn beside the catalogue, from another seed.
const SAMPLES: u64 = 8;

/// The seed of drawings that no demo catalogue of a small seed shares.
const OTHERS: u64 = u64::MAX / 2;

/// JPEG's quality, 1..=100; Sketchfab's own thumbnails look like this.
const QUALITY: u8 = 85;

/// Drawings as a network of some input size sees them, none of which is in a demo catalogue.
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

/// Draws `models` thumbnails into `out/thumbnails`, their catalogue into `out/catalogue.csv` and
/// samples that are not in it into `out/samples`; gives the seconds it took. Of more than one view, each
/// is a row, and the category is the object: who finds the other views has recognised it.
///
/// # Errors
/// [`Error::File`] where something cannot be written.
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

/// Samples come from a seed that no catalogue of a small seed shares.
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
        advice: "report this; every drawing can be encoded",
    })?;
    Ok(bytes)
}

/// The category is what it is to be judged by; Sketchfab's own category is a tag.
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
