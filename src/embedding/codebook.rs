//! [`Embedding`] <-> codes of few bytes, in levels: each says what those before it left unsaid.
//!
//! A map is divided by its norm, its channels are rotated (the same at every place), and the map that
//! comes is projected onto vectors; what the vectors give are its coefficients. All of this is learnt
//! from the catalogue (`learn`). The cosine of two maps is nearly the dot product of one's products with
//! the vectors and the other's coefficients ([`Encoder`](super::Encoder)).
//!
//! Sums are of floats in an order that is written here, so the page and the program, given the same
//! embedding, compute the same coefficients, weights and codes to the last bit.

use super::form::Form;
use super::{Embedding, MAXIMUM_DIMENSIONS};

/// Sums are made in so many lanes.
const LANES: usize = 16;

/// The most that weights may sum to: times 127 this is less than 2^31.
const MAXIMUM_WEIGHTS: f32 = 16_000_000.0;

/// How embeddings become codes and what codes say.
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    /// `[places, channels]` of the maps.
    pub shape: [usize; 2],
    /// The levels, the coarsest first.
    pub levels: Vec<Level>,
}

/// A level: the vectors that it adds, and a form for rows of codes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Level {
    /// How many rotated channels there are from this level on; its vectors are `[channels, places]`.
    pub channels: usize,
    /// `[channels - those before, channels of the map] i8`: what it adds to the rotation.
    pub rotation: Vec<i8>,
    /// What each row of the rotation is multiplied with.
    pub rotation_scales: Vec<f32>,
    /// `[dimensions, channels * places] i8`.
    pub vectors: Vec<i8>,
    /// What each vector is multiplied with.
    pub vector_scales: Vec<f32>,
    /// The catalogue's mean of each coefficient.
    pub mean: Vec<f32>,
    /// How a row of codes lies in bytes.
    pub form: Form,
    /// What each code speaks of.
    pub slots: Vec<Slot>,
}

/// What a code speaks of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot {
    /// The coefficient, counted over all levels so far.
    pub dimension: usize,
    /// What a level of 1 stands for.
    pub scale: f32,
}

/// A query, ready to be multiplied with the codes of one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// One for each code.
    pub integers: Vec<i16>,
    /// What a sum of 1 is worth.
    pub unit: f32,
    /// What the catalogue's mean adds: the dot product with the means of this level's dimensions.
    pub offset: f32,
}

impl Codebook {
    /// The number of coefficients.
    pub fn dimensions(&self) -> usize {
        self.levels.iter().map(|level| level.mean.len()).sum()
    }

    /// The products of an embedding with the vectors, those of the first level first; zeros for a map of
    /// zeros.
    ///
    /// # Panics
    /// Where the embedding is not of the codebook's shape.
    pub fn coefficients(&self, embedding: &Embedding) -> Vec<f32> {
        let map = embedding.codes();
        assert_eq!(map.len(), self.shape[0] * self.shape[1], "a map of the codebook's shape");
        let norm = f64::from(embedding.squared_norm()).sqrt();
        let scale = if norm > 0.0 { (1.0 / norm) as f32 } else { 0.0 };
        let mut rotated = Vec::new();
        let mut coefficients = Vec::with_capacity(self.dimensions());
        for level in &self.levels {
            level.rotate(map, self.shape[1], &mut rotated);
            let products = level.vectors(self.shape[0]).zip(&level.vector_scales);
            coefficients.extend(products.map(|(vector, &s)| dot(vector, &rotated) * s * scale));
        }
        coefficients
    }

    /// The coefficients that codes stand for; `rows` may leave out the last levels.
    pub fn decode(&self, rows: &[&[u8]]) -> Vec<f32> {
        let levels = &self.levels[..rows.len()];
        let mut coefficients: Vec<f32> =
            levels.iter().flat_map(|level| level.mean.iter().copied()).collect();
        for (level, row) in levels.iter().zip(rows) {
            for (slot, code) in level.slots.iter().zip(level.form.levels(row)) {
                coefficients[slot.dimension] += slot.scale * f32::from(code);
            }
        }
        coefficients
    }

    /// A query's weights for each level that its coefficients reach.
    pub fn weights(&self, coefficients: &[f32]) -> Vec<Weights> {
        let mut start = 0;
        let mut weights = Vec::with_capacity(self.levels.len());
        for level in &self.levels {
            let end = start + level.mean.len();
            let Some(own) = coefficients.get(start..end) else { break };
            let offset = own.iter().zip(&level.mean).map(|(a, b)| a * b).sum();
            weights.push(level.weights(coefficients, offset));
            start = end;
        }
        weights
    }

    /// What a row's coefficients, as [`Codebook::decode`] gives them, are as a query: the products of the
    /// map that they stand for with the vectors.
    pub fn products(&self, coefficients: &[f32]) -> Vec<f32> {
        let mut map: Vec<f32> = Vec::new();
        let mut rest = coefficients;
        for level in self.reached(coefficients.len()) {
            map.resize(level.channels * self.shape[0], 0.0);
            let (own, others) = rest.split_at(level.mean.len());
            for (vector, weight) in level.vectors(self.shape[0]).zip(level.weighed(own)) {
                map.iter_mut().zip(vector).for_each(|(to, &code)| *to += weight * f32::from(code));
            }
            rest = others;
        }
        let mut products = Vec::with_capacity(coefficients.len());
        for level in self.reached(coefficients.len()) {
            let map = &map[..level.channels * self.shape[0]];
            let vectors = level.vectors(self.shape[0]).zip(&level.vector_scales);
            products.extend(vectors.map(|(vector, scale)| dot(vector, map) * scale));
        }
        products
    }

    /// The levels that so many coefficients reach.
    fn reached(&self, coefficients: usize) -> impl Iterator<Item = &Level> {
        let mut count = 0;
        self.levels.iter().take_while(move |level| {
            count += level.mean.len();
            count <= coefficients
        })
    }
}

impl Level {
    /// Adds what this level adds to the rotated map `[channels, places]`.
    pub fn rotate(&self, map: &[i8], channels: usize, rotated: &mut Vec<f32>) {
        for (row, &scale) in self.rotation.chunks_exact(channels).zip(&self.rotation_scales) {
            let row: Vec<f32> = row.iter().map(|&code| f32::from(code)).collect();
            rotated.extend(map.chunks_exact(channels).map(|place| dot(place, &row) * scale));
        }
    }

    /// Packs what is left of centred coefficients, and takes it away from them.
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

    /// The vectors, one after another.
    fn vectors(&self, places: usize) -> impl Iterator<Item = &[i8]> {
        self.vectors.chunks_exact((self.channels * places).max(1))
    }

    /// What each vector's codes are multiplied with for some coefficients.
    fn weighed(&self, coefficients: &[f32]) -> impl Iterator<Item = f32> {
        coefficients.iter().zip(&self.vector_scales).map(|(value, scale)| value * scale)
    }

    fn weights(&self, coefficients: &[f32], offset: f32) -> Weights {
        let value = |slot: &Slot| coefficients[slot.dimension] * slot.scale;
        let (mut largest, mut sum) = (0f32, 0f32);
        for value in self.slots.iter().map(value) {
            largest = largest.max(value.abs());
            sum += value.abs();
        }
        let unit = (largest / f32::from(i16::MAX)).max(sum / MAXIMUM_WEIGHTS);
        let whole = |slot| if unit > 0.0 { (value(slot) / unit).round() as i16 } else { 0 };
        Weights { integers: self.slots.iter().map(whole).collect(), unit, offset }
    }
}

/// The dot product, in [`LANES`] sums that are then added in order.
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
