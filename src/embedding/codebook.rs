//! [`Embedding`] <-> codes of few bytes, in levels. Each level encodes the error that the earlier levels leave.
//!
//! An embedding is divided by its norm, and the channels of its map are rotated in the same way at every position. It
//! has two parts: the classes with the even positions, and the odd positions (see [`Metric`](super::Metric)). Each part
//! is projected onto its own vectors, which gives its coefficients. Rotation and vectors are learnt from the catalogue
//! (`learn`). The product of the parts of two maps is nearly the dot product of one map's products with the vectors and
//! the other map's coefficients ([`Encoder`](super::Encoder)).
//!
//! Floats are added in a fixed order. The page and the program therefore compute from one embedding the same
//! coefficients, weights and codes, to the last bit.

use super::form::Form;
use super::{Embedding, book};
use crate::network::MAXIMUM_DIMENSIONS;

/// The even part and the odd part. The odd part is empty where the metric does not use mirror images.
pub const PARTS: [usize; 2] = [0, 1];

/// The number of partial sums of a dot product.
const LANES: usize = 16;

/// The largest sum of the absolute weights of a part, so that the sums of both parts stay below 2^31.
const MAXIMUM_WEIGHTS: f32 = 8_000_000.0;

/// A map in terms of a codebook: for each part its coefficients, or its products with the vectors, those of the first
/// level first.
pub type Coefficients = [Vec<f32>; 2];

/// Converts embeddings to codes and back.
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    /// `[positions, channels]` of the maps.
    pub shape: [usize; 2],
    /// The number of values of classes, which are the first of the even part and are not rotated.
    pub class_values: usize,
    /// The number of even positions, which come first.
    pub even_places: usize,
    /// The levels, the coarsest first.
    pub levels: Vec<Level>,
}

/// A level: its rows of the rotation, and its parts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Level {
    /// The number of rotated channels from this level on.
    pub channels: usize,
    /// `[new channels, channels of the map] i8`: the rows that it adds to the rotation.
    pub rotation: Vec<i8>,
    /// The scale of each row of the rotation.
    pub rotation_scales: Vec<f32>,
    /// The even part and the odd part.
    pub parts: [Part; 2],
}

/// A part of a level: its vectors, and the form of its rows of codes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// `[dimensions, channels, positions of the part] i8`. In the even part each vector begins with the values of
    /// classes.
    pub vectors: Vec<i8>,
    /// The scale of each vector.
    pub vector_scales: Vec<f32>,
    /// The catalogue's mean of each coefficient. It is 0 in the odd part, whose sign changes in a mirror image.
    pub mean: Vec<f32>,
    /// The layout of a row of codes.
    pub form: Form,
    /// The meaning of each code.
    pub slots: Vec<Slot>,
}

/// The meaning of a code: it changes a coefficient by its level times a scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot {
    /// The number of the coefficient, counted from the first level on.
    pub dimension: usize,
    /// The change by a level of 1.
    pub scale: f32,
}

/// A query, ready to be multiplied with the codes of one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// One for each code of each part.
    pub integers: [Vec<i16>; 2],
    /// The score of a sum of 1.
    pub unit: f32,
    /// The score that the catalogue's mean adds: the dot product with the means of this level's even part.
    pub offset: f32,
}

impl Codebook {
    /// The number of coefficients of each part.
    pub fn dimensions(&self) -> [usize; 2] {
        PARTS.map(|part| self.levels.iter().map(|level| level.parts[part].mean.len()).sum())
    }

    /// The products of an embedding with the vectors; zeros for a map of zeros.
    ///
    /// # Panics
    /// Where the embedding is not of the codebook's shape.
    pub fn coefficients(&self, embedding: &Embedding) -> Coefficients {
        let map = embedding.codes();
        let dimensions = self.class_values + self.shape[0] * self.shape[1];
        assert_eq!(map.len(), dimensions, "an embedding of the codebook's shape");
        let norm = f64::from(embedding.squared_norm()).sqrt();
        let scale = if norm > 0.0 { (1.0 / norm) as f32 } else { 0.0 };
        let (classes, even, odd) = self.split(map);
        let mut rotated = [classes.iter().map(|&code| f32::from(code)).collect(), Vec::new()];
        let mut coefficients: Coefficients = Default::default();
        for level in &self.levels {
            for (part, map) in PARTS.into_iter().zip([even, odd]) {
                level.rotate(map, self.shape[1], &mut rotated[part]);
                let products = level.parts[part].products(&rotated[part]);
                coefficients[part].extend(products.map(|product| product * scale));
            }
        }
        coefficients
    }

    /// The coefficients of a row of codes. `rows` may leave out the last levels.
    pub fn decode(&self, rows: &[[&[u8]; 2]]) -> Coefficients {
        let levels = &self.levels[..rows.len()];
        PARTS.map(|part| {
            let parts = levels.iter().map(|level| &level.parts[part]);
            let mut coefficients: Vec<f32> =
                parts.clone().flat_map(|part| part.mean.iter().copied()).collect();
            for (own, row) in parts.zip(rows) {
                for (slot, code) in own.slots.iter().zip(own.form.levels(row[part])) {
                    coefficients[slot.dimension] += slot.scale * f32::from(code);
                }
            }
            coefficients
        })
    }

    /// A query's weights for each level that its coefficients cover.
    pub fn weights(&self, coefficients: &Coefficients) -> Vec<Weights> {
        let mut ends = [0; 2];
        let mut weights = Vec::with_capacity(self.levels.len());
        for level in self.reached(coefficients) {
            let starts = ends;
            ends = PARTS.map(|part| starts[part] + level.parts[part].mean.len());
            let means = PARTS.map(|part| {
                let own = coefficients[part][starts[part]..ends[part]].iter();
                own.zip(&level.parts[part].mean).map(|(a, b)| a * b).sum::<f32>()
            });
            weights.push(level.weights(coefficients, means[0]));
        }
        weights
    }

    /// The products of a row with the vectors, which make it a query. `coefficients` are those of [`Codebook::decode`].
    pub fn products(&self, coefficients: &Coefficients) -> Coefficients {
        let maps = self.maps(coefficients);
        PARTS.map(|part| {
            let levels = self.reached(coefficients).map(|level| (level, &level.parts[part]));
            let reach = |level: &Level| self.length(part, level.channels);
            levels.flat_map(|(level, own)| own.products(&maps[part][..reach(level)])).collect()
        })
    }

    /// The parts of the map that coefficients describe, which are weighted sums of vectors: the values of the classes,
    /// then `[rotated channels, positions]`.
    pub fn maps(&self, coefficients: &Coefficients) -> Coefficients {
        PARTS.map(|part| {
            let mut map: Vec<f32> = Vec::new();
            let mut rest = &coefficients[part][..];
            for level in self.reached(coefficients) {
                let own = &level.parts[part];
                map.resize(self.length(part, level.channels), 0.0);
                let (weights, others) = rest.split_at(own.mean.len());
                for ((vector, weight), scale) in
                    own.each(map.len()).zip(weights).zip(&own.vector_scales)
                {
                    let weight = weight * scale;
                    map.iter_mut()
                        .zip(vector)
                        .for_each(|(to, &code)| *to += weight * f32::from(code));
                }
                rest = others;
            }
            map
        })
    }

    /// The codebook of the first level alone.
    pub fn first_level(&self) -> Codebook {
        Codebook { levels: self.levels[..1].to_vec(), ..*self }
    }

    /// A level as an embedding file has it; [`Index::refined`](crate::index::Index::refined) takes the second one.
    ///
    /// # Panics
    /// Where there is no such level.
    pub fn bytes_of(&self, level: usize) -> Vec<u8> {
        book::write(&self.levels[level])
    }

    /// Splits an embedding into the values of the classes, of the even positions and of the odd positions.
    pub(super) fn split<'a>(&self, codes: &'a [i8]) -> (&'a [i8], &'a [i8], &'a [i8]) {
        let (classes, map) = codes.split_at(self.class_values);
        let (even, odd) = map.split_at(self.even_places * self.shape[1]);
        (classes, even, odd)
    }

    /// The number of values of a part's vector for a number of rotated channels.
    pub(crate) fn length(&self, part: usize, channels: usize) -> usize {
        let classes = if part == 0 { self.class_values } else { 0 };
        classes + channels * self.places(part)
    }

    /// The number of positions of a part.
    pub fn places(&self, part: usize) -> usize {
        if part == 0 { self.even_places } else { self.shape[0] - self.even_places }
    }

    /// The levels that the coefficients cover completely.
    fn reached(&self, coefficients: &Coefficients) -> impl Iterator<Item = &Level> {
        let mut rest = PARTS.map(|part| coefficients[part].len());
        self.levels.iter().take_while(move |level| {
            PARTS.into_iter().all(|part| {
                let left = rest[part].checked_sub(level.parts[part].mean.len());
                rest[part] = left.unwrap_or_default();
                left.is_some()
            })
        })
    }
}

impl Level {
    /// The bytes of a model's codes of both parts.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.form.bytes()).sum()
    }

    /// Appends the channels that this level adds to a rotated part of a map, `[channels, positions]`.
    pub fn rotate(&self, map: &[i8], channels: usize, rotated: &mut Vec<f32>) {
        for (row, &scale) in self.rotation.chunks_exact(channels).zip(&self.rotation_scales) {
            let row: Vec<f32> = row.iter().map(|&code| f32::from(code)).collect();
            rotated.extend(map.chunks_exact(channels).map(|place| dot(place, &row) * scale));
        }
    }

    fn weights(&self, coefficients: &Coefficients, offset: f32) -> Weights {
        let values = PARTS.map(|part| {
            let value = |slot: &Slot| coefficients[part][slot.dimension] * slot.scale;
            self.parts[part].slots.iter().map(value).collect::<Vec<f32>>()
        });
        let (mut largest, mut most) = (0f32, 0f32);
        for values in &values {
            largest = values.iter().fold(largest, |largest, value| largest.max(value.abs()));
            most = most.max(values.iter().map(|value| value.abs()).sum());
        }
        // Both parts have the same unit, so that their sums can be added.
        let unit = (largest / f32::from(i16::MAX)).max(most / MAXIMUM_WEIGHTS);
        // A subnormal unit has too few bits, and the sum of the weights would exceed the limit.
        let is_precise = unit >= f32::MIN_POSITIVE;
        let whole = |&value: &f32| if is_precise { (value / unit).round() as i16 } else { 0 };
        Weights { integers: values.map(|values| values.iter().map(whole).collect()), unit, offset }
    }
}

impl Part {
    /// Packs centred coefficients and leaves the errors of the codes in `rest`.
    pub fn encode(&self, rest: &mut [f32]) -> Vec<u8> {
        let value = |slot: &Slot| {
            if slot.scale > 0.0 { rest[slot.dimension] / slot.scale } else { 0.0 }
        };
        let (row, levels) = self.form.pack(self.slots.iter().map(value));
        for (slot, level) in self.slots.iter().zip(levels) {
            rest[slot.dimension] -= slot.scale * f32::from(level);
        }
        row
    }

    /// The products of a rotated part of a map with this level's vectors.
    fn products(&self, rotated: &[f32]) -> impl Iterator<Item = f32> {
        let vectors = self.each(rotated.len()).zip(&self.vector_scales);
        vectors.map(|(vector, scale)| dot(vector, rotated) * scale)
    }

    /// The vectors, one after another.
    fn each(&self, length: usize) -> impl Iterator<Item = &[i8]> {
        self.vectors.chunks_exact(length.max(1))
    }
}

/// The dot product, in [`LANES`] partial sums that are added in order.
fn dot(codes: &[i8], values: &[f32]) -> f32 {
    debug_assert!(codes.len() == values.len() && codes.len() <= MAXIMUM_DIMENSIONS);
    let (code_blocks, code_rest) = codes.as_chunks::<LANES>();
    let (value_blocks, value_rest) = values.as_chunks::<LANES>();
    let mut sums = [0f32; LANES];
    for (codes, values) in code_blocks.iter().zip(value_blocks) {
        for lane in 0..LANES {
            sums[lane] += f32::from(codes[lane]) * values[lane];
        }
    }
    let rest: f32 = code_rest.iter().zip(value_rest).map(|(&a, b)| f32::from(a) * b).sum();
    sums.iter().sum::<f32>() + rest
}
