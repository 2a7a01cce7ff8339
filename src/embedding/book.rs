//! A level of a [`Codebook`](super::codebook::Codebook) as bytes.
//!
//! Little endian, without gaps:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | rotated channels from this level on u32 |
//! | new channels x channels of the map | rotation i8 |
//! | new channels x 4 | the scale of each row of the rotation f32; this and all other floats are within -1024..=1024 |
//! | ... | the even part, then the odd part |
//!
//! A part:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | new dimensions u32 |
//! | 3 x 4 | blocks of 8-bit, 4-bit and 2-bit codes in a row, each u32 |
//! | 16, 4 | the levels of 4-bit and of 2-bit codes i8 |
//! | codes x 4, codes x 4 | the dimension of each code u32, and the scale of its levels f32 |
//! | dimensions x 4, dimensions x 4 | the scale of each vector and the catalogue's mean, f32 |
//! | ... | the vectors, where there are any, as `src/network/entropy.rs` writes codes: for each the values of the classes (even part only), then `[channels, positions]` |

use super::codebook::{Codebook, Level, PARTS, Part, Slot};
use super::form::Form;
use crate::error::{Details, Error, Result};
use crate::network::entropy;
use crate::network::reader::Reader;

/// The most coefficients of a part, the most blocks of a row, and the most values of a part's vectors or of a rotation.
/// The limits keep a hostile file from taking gigabytes of memory. The vectors for VGG16's whole maps have 2.5 million
/// values.
const MAXIMUM_COEFFICIENTS: usize = 4096;
const MAXIMUM_BLOCKS: usize = 256;
const MAXIMUM_VALUES: usize = 1 << 24;

/// The largest absolute value of scales and means, so that no score and no coefficient overflows. Maps have the length
/// 1, so learnt codebooks have none above 1.
const MAXIMUM_FLOAT: f32 = 1024.0;

/// The bytes of a level.
pub(crate) fn write(level: &Level) -> Vec<u8> {
    let mut bytes = (level.channels as u32).to_le_bytes().to_vec();
    bytes.extend(level.rotation.iter().map(|&code| code as u8));
    floats(&mut bytes, &level.rotation_scales);
    level.parts.iter().for_each(|part| write_part(&mut bytes, part));
    bytes
}

fn write_part(bytes: &mut Vec<u8>, part: &Part) {
    let Form { blocks, sixteen, four } = part.form;
    let numbers = std::iter::once(part.mean.len()).chain(blocks);
    bytes.extend(numbers.flat_map(|number| (number as u32).to_le_bytes()));
    bytes.extend(sixteen.iter().chain(&four).map(|&level| level as u8));
    bytes.extend(part.slots.iter().flat_map(|slot| (slot.dimension as u32).to_le_bytes()));
    let scales: Vec<f32> = part.slots.iter().map(|slot| slot.scale).collect();
    floats(bytes, &scales);
    floats(bytes, &part.vector_scales);
    floats(bytes, &part.mean);
    if !part.vectors.is_empty() {
        bytes.extend(entropy::encode(&part.vectors, part.vectors.len() / part.mean.len()));
    }
}

fn floats(bytes: &mut Vec<u8>, values: &[f32]) {
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

/// Reads the next level of a codebook, which holds the earlier levels.
///
/// # Errors
/// [`Error::EmbeddingFile`], which says which part does not fit.
pub(crate) fn read(bytes: &[u8], codebook: &Codebook) -> Result<Level> {
    parse(bytes, codebook).map_err(|error| match error {
        // The reader reports errors of a network file, but this is an embedding file.
        Error::Network(details) => {
            damaged(&format!("a codebook with {}", details.expected), &details.came)
        }
        other => other,
    })
}

fn parse(bytes: &[u8], codebook: &Codebook) -> Result<Level> {
    let width = codebook.shape[1];
    let mut reader = Reader::new(bytes);
    let channels = reader.number("the number of rotated channels")?;
    let before = codebook.levels.last().map_or(0, |level| level.channels);
    if channels == 0 || !(before..=width).contains(&channels) {
        let came = format!("{channels} channels");
        return Err(damaged(&format!("a codebook of {width} channels at most"), &came));
    }
    let new = channels - before;
    if (new as u64) * (width as u64) > MAXIMUM_VALUES as u64 {
        let came = format!("{new} of {width} channels");
        return Err(damaged("a rotation of a map's size", &came));
    }
    let rotation = bytemuck::cast_slice(reader.take(new * width, "the rotation")?).to_vec();
    let rotation_scales = bounded(&mut reader, new)?;
    let [even, odd] = PARTS.map(|part| {
        read_part(&mut reader, codebook.length(part, channels), codebook.dimensions()[part])
    });
    let parts = [even?, odd?];
    let rows: usize = parts.iter().map(|part| part.form.bytes()).sum();
    if rows == 0 {
        return Err(damaged("a codebook with codes", "none"));
    }
    if !reader.is_empty() {
        return Err(damaged("the end of the codebook", "more bytes"));
    }
    Ok(Level { channels, rotation, rotation_scales, parts })
}

/// Reads a part whose vectors have `length` values. The earlier levels have `before` dimensions.
fn read_part(reader: &mut Reader<'_>, length: usize, before: usize) -> Result<Part> {
    let dimensions = reader.number("the number of dimensions")?;
    let [eight, four, two] = [(); 3].map(|()| reader.number("the blocks of a row"));
    let blocks = [eight?, four?, two?];
    let has_codes = blocks.iter().any(|&count| count > 0);
    let fits = dimensions <= MAXIMUM_COEFFICIENTS.min(length)
        && (before + dimensions > 0 || !has_codes)
        && blocks.iter().all(|&count| count <= MAXIMUM_BLOCKS)
        && (dimensions as u64) * (length as u64) <= MAXIMUM_VALUES as u64;
    if !fits {
        let came = format!("{dimensions} dimensions, {blocks:?} blocks");
        return Err(damaged("a codebook of a map's size", &came));
    }
    let mut form = Form { blocks, ..Form::default() };
    form.sixteen.copy_from_slice(bytemuck::cast_slice(reader.take(16, "levels of 4 bits")?));
    form.four.copy_from_slice(bytemuck::cast_slice(reader.take(4, "levels of 2 bits")?));
    let numbers: Vec<usize> =
        (0..form.codes()).map(|_| reader.number("dimensions")).collect::<Result<_>>()?;
    let scales = bounded(reader, form.codes())?;
    let slot = |(dimension, scale)| Slot { dimension, scale };
    let slots: Vec<Slot> = numbers.into_iter().zip(scales).map(slot).collect();
    let all = before + dimensions;
    if let Some(slot) = slots.iter().find(|slot| slot.dimension >= all) {
        return Err(damaged(&format!("dimensions under {all}"), &slot.dimension.to_string()));
    }
    let (vector_scales, mean) = (bounded(reader, dimensions)?, bounded(reader, dimensions)?);
    let vectors = match dimensions {
        0 => Vec::new(),
        _ => entropy::decode(reader, dimensions, length)?,
    };
    Ok(Part { vectors, vector_scales, mean, form, slots })
}

/// Reads scales or means.
fn bounded(reader: &mut Reader<'_>, count: usize) -> Result<Vec<f32>> {
    let values = reader.floats(count)?;
    match values.iter().find(|value| value.abs() > MAXIMUM_FLOAT) {
        Some(value) => {
            let expected = format!("a codebook with scales and means up to {MAXIMUM_FLOAT}");
            Err(damaged(&expected, &value.to_string()))
        }
        None => Ok(values),
    }
}

fn damaged(expected: &str, came: &str) -> Error {
    Error::EmbeddingFile(Details::new(
        expected,
        came,
        "run `recasketch embed` again and publish its output whole",
    ))
}
