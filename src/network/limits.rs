//! The limits of a network, in any file format. They are checked before memory is allocated, so that a hostile file
//! does not take gigabytes.

use super::MAXIMUM_DIMENSIONS;
use super::tensor::Fault;
use super::topology::{BLOCKS, REDUCTION};

/// The longest side of the input, in pixels.
pub const MAXIMUM_INPUT_SIDE: usize = 1024;

/// The most channels of a layer.
pub const MAXIMUM_CHANNELS: usize = 4096;

/// The most classes of the classifier.
pub const MAXIMUM_CLASSES: usize = 4096;

/// The most weights of the classifier. VGG16's has 0.26 million.
const MAXIMUM_CLASSIFIER: usize = 1 << 22;

/// The most features. An embedding also holds the values of the classes.
const MAXIMUM_FEATURES: usize = MAXIMUM_DIMENSIONS - MAXIMUM_CLASSES;

/// The most weights of all kernels together. VGG16 has 14.7 million.
pub const MAXIMUM_WEIGHTS: usize = 1 << 25;

/// The most values of a map, which are the channels of a layer times the positions that it is computed at: 16 channels
/// at 1024 x 1024, or VGG16's 64 at 512 x 512. Such a map takes 64 MiB, and a run needs a few of them.
pub const MAXIMUM_MAP: usize = 1 << 24;

/// Checks the sides of the input and the widths of the 13 convolutions, each alone and all together. The error is what
/// was expected and what was found.
pub(crate) fn check_size(
    [height, width]: [usize; 2],
    widths: &[usize],
) -> std::result::Result<(), Fault> {
    let is_side = |side: usize| {
        side.is_multiple_of(REDUCTION) && (REDUCTION..=MAXIMUM_INPUT_SIDE).contains(&side)
    };
    if !is_side(height) || !is_side(width) {
        let expected =
            format!("sides that are multiples of {REDUCTION} up to {MAXIMUM_INPUT_SIDE}");
        return Err([expected, format!("{height} x {width}")]);
    }
    check_weights(widths)?;
    let blocks = BLOCKS.iter().enumerate();
    let reductions = blocks.flat_map(|(block, &count)| std::iter::repeat_n(block, count));
    for (&channels, block) in widths.iter().zip(reductions) {
        let [rows, columns] = [height >> block, width >> block];
        // In 64 bits, because `usize` has 32 bits in wasm.
        if [channels, rows, columns].iter().map(|&n| n as u64).product::<u64>() > MAXIMUM_MAP as u64
        {
            let expected = format!("maps of at most {MAXIMUM_MAP} values");
            return Err([expected, format!("{channels} channels at {rows} x {columns}")]);
        }
    }
    let last =
        widths.last().map_or(0, |channels| channels * (height / REDUCTION) * (width / REDUCTION));
    if last > MAXIMUM_FEATURES {
        return Err([format!("at most {MAXIMUM_FEATURES} features"), last.to_string()]);
    }
    Ok(())
}

/// Checks the widths alone, of a network whose input may still be of any size.
pub(crate) fn check_weights(widths: &[usize]) -> std::result::Result<(), Fault> {
    if let Some(width) = widths.iter().find(|width| !(1..=MAXIMUM_CHANNELS).contains(*width)) {
        return Err([format!("1 to {MAXIMUM_CHANNELS} channels"), width.to_string()]);
    }
    let inputs = std::iter::once(&3).chain(widths);
    let weights: usize = inputs.zip(widths).map(|(inputs, outputs)| 9 * inputs * outputs).sum();
    if weights > MAXIMUM_WEIGHTS {
        return Err([format!("at most {MAXIMUM_WEIGHTS} weights"), weights.to_string()]);
    }
    Ok(())
}

/// Checks the sizes of a classifier.
pub(crate) fn check_classifier(classes: usize, channels: usize) -> std::result::Result<(), Fault> {
    if !(1..=MAXIMUM_CLASSES).contains(&classes) {
        return Err([format!("at most {MAXIMUM_CLASSES} classes"), classes.to_string()]);
    }
    if classes * channels > MAXIMUM_CLASSIFIER {
        let expected = format!("at most {MAXIMUM_CLASSIFIER} weights of a classifier");
        return Err([expected, format!("{classes} classes of {channels} channels")]);
    }
    Ok(())
}
