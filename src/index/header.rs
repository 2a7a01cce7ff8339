//! The header of an embedding file: its checks, and the properties that all rows share.

use super::{CALIBRATION, HEADER, MAGIC, Origin, VERSION, damaged, u32_at};
use crate::embedding::Metric;
use crate::error::Result;
use crate::network::{MAXIMUM_CLASSES, MAXIMUM_DIMENSIONS};
use crate::pixels::{Fit, Preprocessing, Resize};

pub(super) fn check_start(file: &[u8]) -> Result<()> {
    if !file.starts_with(&MAGIC) {
        let came = match file {
            [] => "an empty file".to_owned(),
            [b'<', ..] => "a page of HTML".to_owned(),
            _ => format!("{} bytes of another format", file.len()),
        };
        return Err(damaged("an embedding file", &came));
    }
    let cut_short =
        || damaged("a header and a calibration", &format!("{} bytes, cut short", file.len()));
    let version = file.get(MAGIC.len()..MAGIC.len() + 4).ok_or_else(cut_short)?;
    match u32_at(version, 0) {
        VERSION if file.len() < HEADER + CALIBRATION => Err(cut_short()),
        VERSION => Ok(()),
        other => Err(damaged(&format!("version {VERSION}"), &format!("version {other}"))),
    }
}

/// Whether the beginning of an embedding file, at least its header, is that of rows in levels.
#[cfg(feature = "native")]
pub(crate) fn is_in_levels(file: &[u8]) -> bool {
    file.get(48..64).is_some_and(|lengths| lengths.iter().any(|&byte| byte != 0))
}

pub(super) fn check_shape(shape: [usize; 3], metric: Metric, classes: usize) -> Result<()> {
    if classes > MAXIMUM_CLASSES {
        return Err(damaged(&format!("at most {MAXIMUM_CLASSES} classes"), &classes.to_string()));
    }
    shape
        .iter()
        .try_fold(1usize, |product, &side| product.checked_mul(side))
        .filter(|&features| features > 0)
        .and_then(|features| features.checked_add(metric.class_values(classes)))
        .filter(|&dimensions| dimensions <= MAXIMUM_DIMENSIONS)
        .map(|_| ())
        .ok_or_else(|| damaged("a feature map's shape", &format!("{shape:?}")))
}

pub(super) fn preprocessing(fit: usize, resize: usize) -> Result<Preprocessing> {
    let fit = match fit {
        0 => Fit::Crop,
        1 => Fit::Squash,
        2 => Fit::Pad,
        other => return Err(damaged("fit 0, 1 or 2", &other.to_string())),
    };
    let resize = match resize {
        0 => Resize::CatmullRom,
        1 => Resize::Nearest,
        other => return Err(damaged("resize 0 or 1", &other.to_string())),
    };
    Ok(Preprocessing { fit, resize })
}

pub(super) fn metric(number: usize) -> Result<Metric> {
    match number {
        0 => Ok(Metric::Cosine),
        1 => Ok(Metric::MirrorSqrt),
        other => Err(damaged("metric 0 or 1", &other.to_string())),
    }
}

/// The numbers that [`preprocessing`] and [`metric`] read.
pub(crate) fn numbers(Origin { preprocessing, metric, .. }: Origin) -> [u32; 3] {
    let fit = match preprocessing.fit {
        Fit::Crop => 0,
        Fit::Squash => 1,
        Fit::Pad => 2,
    };
    let resize = match preprocessing.resize {
        Resize::CatmullRom => 0,
        Resize::Nearest => 1,
    };
    let metric = match metric {
        Metric::Cosine => 0,
        Metric::MirrorSqrt => 1,
    };
    [fit, resize, metric]
}
