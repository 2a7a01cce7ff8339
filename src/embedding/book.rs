//! A level of a [`Codebook`](super::codebook::Codebook) as bytes.
//!
//! Little endian, one after another with nothing between or behind:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | rotated channels from this level on u32 |
//! | 4 | dimensions that it adds u32 |
//! | 3 x 4 | blocks of 8-bit, 4-bit and 2-bit codes in a row, each u32 |
//! | 16, 4 | the levels of 4-bit and of 2-bit codes i8 |
//! | new channels x channels of the map | rotation i8 |
//! | new channels x 4 | what its rows are multiplied with f32 |
//! | codes x 4, codes x 4 | the dimension of each code u32, and what its levels are multiplied with f32 |
//! | dimensions x 4, dimensions x 4 | what each vector is multiplied with, and the catalogue's mean, f32 |
//! | ... | the vectors `[dimensions, channels, places]`, where there are any, as `src/network/entropy.rs` writes codes |

use super::codebook::{Level, Slot};
use super::form::Form;
use crate::error::{Details, Error, Result};
use crate::network::entropy;
use crate::network::packed::Reader;

/// More coefficients than this are refused, and more blocks: a stranger's file must not ask for gigabytes.
const MAXIMUM_COEFFICIENTS: usize = 4096;
const MAXIMUM_BLOCKS: usize = 256;
const MAXIMUM_VALUES: usize = 1 << 26;

/// A level's bytes.
pub(crate) fn write(level: &Level) -> Vec<u8> {
    let Form { blocks, sixteen, four } = level.form;
    let numbers = [level.channels, level.mean.len()].into_iter().chain(blocks);
    let mut bytes: Vec<u8> = numbers.flat_map(|number| (number as u32).to_le_bytes()).collect();
    bytes.extend(sixteen.iter().chain(&four).chain(&level.rotation).map(|&level| level as u8));
    let floats = |bytes: &mut Vec<u8>, values: &[f32]| {
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    };
    floats(&mut bytes, &level.rotation_scales);
    bytes.extend(level.slots.iter().flat_map(|slot| (slot.dimension as u32).to_le_bytes()));
    let scales: Vec<f32> = level.slots.iter().map(|slot| slot.scale).collect();
    floats(&mut bytes, &scales);
    floats(&mut bytes, &level.vector_scales);
    floats(&mut bytes, &level.mean);
    if !level.mean.is_empty() {
        bytes.extend(entropy::encode(&level.vectors, level.vectors.len() / level.mean.len()));
    }
    bytes
}

/// Reads a level of a codebook for maps of `[places, channels]`, after levels that have so many rotated
/// channels and dimensions.
///
/// # Errors
/// [`Error::EmbeddingFile`], saying which part does not fit.
pub(crate) fn read(bytes: &[u8], shape: [usize; 2], before: [usize; 2]) -> Result<Level> {
    parse(bytes, shape, before).map_err(|error| match error {
        // The reader is the network's, the file is not.
        Error::Network(details) => {
            damaged(&format!("a codebook with {}", details.expected), &details.came)
        }
        other => other,
    })
}

fn parse(bytes: &[u8], [places, width]: [usize; 2], before: [usize; 2]) -> Result<Level> {
    let [channels_before, dimensions_before] = before;
    let mut reader = Reader::new(bytes);
    let channels = reader.number("the number of rotated channels")?;
    let dimensions = reader.number("the number of dimensions")?;
    let [eight, four, two] = [(); 3].map(|()| reader.number("the blocks of a row"));
    let blocks = [eight?, four?, two?];
    let fits = (channels_before..=width).contains(&channels)
        && channels > 0
        && dimensions <= MAXIMUM_COEFFICIENTS
        && dimensions_before + dimensions > 0
        && blocks.iter().all(|&count| count <= MAXIMUM_BLOCKS)
        && blocks.iter().any(|&count| count > 0)
        && dimensions * channels * places <= MAXIMUM_VALUES;
    if !fits {
        let came = format!("{channels} channels, {dimensions} dimensions, {blocks:?} blocks");
        return Err(damaged("a codebook of a map's size", &came));
    }
    let mut form = Form { blocks, ..Form::default() };
    form.sixteen.copy_from_slice(bytemuck::cast_slice(reader.take(16, "levels of 4 bits")?));
    form.four.copy_from_slice(bytemuck::cast_slice(reader.take(4, "levels of 2 bits")?));
    let new = channels - channels_before;
    let rotation = bytemuck::cast_slice(reader.take(new * width, "the rotation")?).to_vec();
    let rotation_scales = reader.floats(new)?;
    let numbers: Vec<usize> =
        (0..form.codes()).map(|_| reader.number("dimensions")).collect::<Result<_>>()?;
    let scales = reader.floats(form.codes())?;
    let slot = |(dimension, scale)| Slot { dimension, scale };
    let slots: Vec<Slot> = numbers.into_iter().zip(scales).map(slot).collect();
    let all = dimensions_before + dimensions;
    if let Some(slot) = slots.iter().find(|slot| slot.dimension >= all) {
        return Err(damaged(&format!("dimensions under {all}"), &slot.dimension.to_string()));
    }
    let (vector_scales, mean) = (reader.floats(dimensions)?, reader.floats(dimensions)?);
    let vectors = match dimensions {
        0 => Vec::new(),
        _ => entropy::decode(&mut reader, dimensions, channels * places)?,
    };
    if !reader.is_empty() {
        return Err(damaged("the end of the codebook", "more bytes"));
    }
    Ok(Level { channels, rotation, rotation_scales, vectors, vector_scales, mean, form, slots })
}

fn damaged(expected: &str, came: &str) -> Error {
    Error::EmbeddingFile(Details::new(
        expected,
        came,
        "run `recasketch embed` again and publish its output whole",
    ))
}
