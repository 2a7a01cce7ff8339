//! The images that a network is judged by while it is quantised.

use std::path::Path;

use image::DynamicImage;
use rayon::prelude::*;

use crate::commands::demo;
use crate::error::{Details, Error, Result};
use crate::pixels::{Fit, Pixels};
use crate::util::files;

/// How many images are enough: how up to 4,608 inputs of a convolution vary together takes many places to see.
const ENOUGH: usize = 256;

/// The seed of the demo's drawings, one that no demo catalogue of a small seed shares.
const SEED: u64 = u64::MAX / 2;

/// Images from a folder, taken evenly over its names, or the demo's where there is none.
///
/// # Errors
/// [`Error::File`] where the folder cannot be read, [`Error::Catalogue`] where none of it is an image.
pub fn gather(folder: Option<&Path>, [height, width]: [usize; 2]) -> Result<Vec<Pixels>> {
    let Some(folder) = folder else { return drawn(height, width) };
    let paths = files::list(folder)?;
    let step = paths.len().div_ceil(ENOUGH).max(1);
    let taken: Vec<_> = paths.iter().step_by(step).collect();
    let pixels = taken.par_iter().filter_map(|path| {
        let bytes = files::read(path).ok()?;
        Pixels::decode(&bytes, Fit::Crop, height, width).ok()
    });
    let pixels: Vec<Pixels> = pixels.collect();
    if pixels.is_empty() {
        let came = format!("none among {} files of {}", paths.len(), folder.display());
        let advice = "name a folder of thumbnails, or none for the demo's";
        return Err(Error::Catalogue(Details::new("images to judge the network by", came, advice)));
    }
    Ok(pixels)
}

fn drawn(height: usize, width: usize) -> Result<Vec<Pixels>> {
    (0..ENOUGH as u64)
        .into_par_iter()
        .map(|index| {
            let drawing = demo::draw(SEED, index, 256, 144);
            let rgba = DynamicImage::ImageRgb8(drawing.image).into_rgba8();
            Pixels::from_rgba(rgba.as_raw(), rgba.width(), rgba.height(), Fit::Crop, height, width)
        })
        .collect()
}
