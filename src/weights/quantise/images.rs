//! The images that a network is judged by while it is quantised.

use std::path::Path;

use rayon::prelude::*;

use crate::error::{Details, Error, Result};
use crate::pixels::{Fit, Pixels};
use crate::util::files;

/// The number of images to take. The covariance of up to 4,608 inputs of a convolution needs many samples.
pub(crate) const ENOUGH: usize = 256;

/// Reads up to `ENOUGH` images of a folder, spread evenly over its names.
///
/// # Errors
/// [`Error::File`] if the folder cannot be read, [`Error::Catalogue`] if it holds no image.
pub fn gather(folder: &Path, [height, width]: [usize; 2]) -> Result<Vec<Pixels>> {
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
