//! A query as a code that fits into a link, so that a query can be shared without the image.
//!
//! The code stores all values of the query that a score uses, rounded to multiples of a step. The step is the finest
//! with which the code has at most [`MAXIMUM`] bytes; the code of a whole map, which has more values, has at most
//! [`MAXIMUM_OF_MAP`]. Little endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | [`CODE_VERSION`] |
//! | 1 | the number of levels that the query covers u8; 0 for a whole map |
//! | 4 | the first bytes of the SHA-256 of the embedding file's parameters, see [`Index::fingerprint`] |
//! | 4 | the first bytes of the SHA-256 of all other bytes |
//! | 4 | the step f32 |
//! | 2 x 4 | only for a whole map: the value that a multiple of 0 stands for in each part f32, the mean of the values rounded to 0 |
//! | ... | the multiples, level by level and in each the even part first, as `src/index/arithmetic.rs` writes them |

use sha2::{Digest as _, Sha256};

use super::{Index, Query, Rows, arithmetic, numbers, u32_at};
use crate::embedding::{Coefficients, Embedding, PARTS};
use crate::error::{Details, Error, Result};

/// The version of the layout. Links of other versions are refused.
pub const CODE_VERSION: u8 = 1;

/// The most bytes of a code: 700 characters of base64.
pub const MAXIMUM: usize = 525;

/// The most bytes of a whole map's code: 1,867 characters of base64.
pub const MAXIMUM_OF_MAP: usize = 1400;

const HEAD: usize = 14;
// The offsets of the digests of the file and of the code, and of the step.
const FILE: usize = 2;
const CONTENT: usize = 6;
const STEP: usize = 10;
// The offsets of the values for a multiple of 0 in each part of a whole map.
const NOTHING: [usize; 2] = [HEAD, HEAD + 4];

/// The most levels of a file.
const LEVELS: u8 = 2;

/// The largest step. Values are at most 128, and a step of four times that rounds all of them to 0.
const LARGEST_STEP: f32 = 512.0;

/// The search for a step ends when the ratio of its two bounds is at most this. Any two floats come so near within this
/// number of bisections.
const NEAR: f32 = 1.01;
const TRIES: usize = 16;

impl<Bytes: AsRef<[u8]>> Index<Bytes> {
    /// The code of a query.
    ///
    /// # Panics
    /// Where the query is not one of this index.
    pub fn code_of(&self, query: &Query) -> Vec<u8> {
        let (levels, values) = match query {
            Query::Map { map, .. } => {
                (0, map.codes().iter().map(|&code| f32::from(code)).collect())
            }
            Query::Point(point) => {
                (self.codebook().map_or(0, |c| c.levels.len()), self.by_level(point))
            }
        };
        let step = self.finest_step(&values, if levels == 0 { MAXIMUM_OF_MAP } else { MAXIMUM });
        let mut code = vec![CODE_VERSION, levels as u8];
        code.extend(self.fingerprint());
        code.extend([0; 4]);
        code.extend(step.to_le_bytes());
        if levels == 0 {
            let nothing = |part: &[f32]| mean(part.iter().filter(|value| value.abs() < step / 2.0));
            // The values of classes are left out because they are as often negative as positive.
            let (even, odd) = values.split_at(self.origin.even());
            let even = &even[self.origin.class_values()..];
            code.extend([even, odd].map(nothing).iter().flat_map(|mean| mean.to_le_bytes()));
        }
        code.extend(self.multiples(&values, step));
        let content = content(&code);
        code[CONTENT..STEP].copy_from_slice(&content);
        code
    }

    /// The finest step with which a code has at most `most` bytes.
    fn finest_step(&self, values: &[f32], most: usize) -> f32 {
        let largest = values.iter().fold(0f32, |largest, value| largest.max(value.abs()));
        let is_too_long = |step: f32| self.head() + self.multiples(values, step).len() > most;
        // The code is too long with the finer step, and not with the coarser.
        let [mut finer, mut coarser] = [largest / arithmetic::LARGEST as f32, largest.max(1.0)];
        // A step of more than twice the largest value rounds all values to 0.
        while coarser <= 2.0 * largest && is_too_long(coarser) {
            (finer, coarser) = (coarser, 2.0 * coarser);
        }
        for _ in 0..TRIES {
            if finer <= 0.0 || coarser <= NEAR * finer {
                break;
            }
            // The product of the roots, because the product of two large steps may be too large for a float.
            let between = finer.sqrt() * coarser.sqrt();
            *(if is_too_long(between) { &mut finer } else { &mut coarser }) = between;
        }
        coarser
    }

    fn multiples(&self, values: &[f32], step: f32) -> Vec<u8> {
        let multiples: Vec<i32> =
            values.iter().map(|value| (value / step).round() as i32).collect();
        arithmetic::encode(&multiples, self.stride())
    }

    /// Reads the code of a query. An index with the same codebook must have made it. The values of levels that the code
    /// does not have are 0.
    ///
    /// The code need not be trusted: its length, and so the time, is limited to [`MAXIMUM`] bytes, or to
    /// [`MAXIMUM_OF_MAP`] for a whole map.
    ///
    /// # Errors
    /// [`Error::Link`] where the code is damaged or of another index.
    pub fn query_of_code(&self, code: &[u8]) -> Result<Query> {
        self.check(code)?;
        let float = |at: usize| f32::from_bits(u32_at(code, at));
        let values = |count: usize| -> Result<Vec<f32>> {
            let multiples = arithmetic::decode(&code[self.head()..], count, self.stride());
            let multiples = multiples.ok_or_else(|| not_whole(code))?;
            Ok(multiples.into_iter().map(|multiple| multiple as f32 * float(STEP)).collect())
        };
        let Some(codebook) = self.codebook() else {
            let (classes, even) = (self.origin.class_values(), self.origin.even());
            let mut map = values(self.origin.dimensions())?;
            let places = map.iter_mut().enumerate().skip(classes);
            for (at, value) in places.filter(|(_, value)| **value == 0.0) {
                *value = float(NOTHING[usize::from(at >= even)]);
            }
            return Ok(Query::Map { map: Embedding::from_values(&map), even });
        };
        let levels = codebook.levels.iter().take(usize::from(code[1]));
        let lengths = levels.flat_map(|level| level.parts.each_ref().map(|part| part.mean.len()));
        let values = values(lengths.clone().sum())?;
        let mut rest = values.as_slice();
        let mut point: Coefficients = Default::default();
        for (at, length) in lengths.enumerate() {
            let (own, others) = rest.split_at(length);
            point[at % PARTS.len()].extend(own);
            rest = others;
        }
        let dimensions = codebook.dimensions();
        PARTS.into_iter().for_each(|part| point[part].resize(dimensions[part], 0.0));
        Ok(Query::Point(point))
    }

    fn check(&self, code: &[u8]) -> Result<()> {
        if code.first().is_some_and(|&version| version != CODE_VERSION) {
            return Err(refused(
                &format!("version {CODE_VERSION}"),
                &format!("version {}", code[0]),
            ));
        }
        let is_whole =
            (HEAD..=MAXIMUM_OF_MAP).contains(&code.len()) && code[CONTENT..STEP] == content(code);
        if !is_whole {
            return Err(not_whole(code));
        }
        if code[FILE..CONTENT] != self.fingerprint() {
            return Err(Error::Link(Details::new(
                "a link of this site as it is now",
                "a link of another site, or one from before this site's network or codebook changed",
                "ask the sender of the link for the image",
            )));
        }
        let float = |at: usize| f32::from_bits(u32_at(code, at));
        let (step, levels, length) = (float(STEP), code[1], code.len());
        let fits = match self.levels() {
            // The values for a multiple of 0 are at most half a step.
            0 => {
                levels == 0
                    && length >= self.head()
                    && NOTHING.iter().all(|&at| float(at).abs() <= step)
            }
            _ => (1..=LEVELS).contains(&levels) && length <= MAXIMUM,
        };
        if step > 0.0 && step <= LARGEST_STEP && fits { Ok(()) } else { Err(not_whole(code)) }
    }

    /// The number of bytes before the multiples.
    fn head(&self) -> usize {
        if self.levels() == 0 { HEAD + 4 * NOTHING.len() } else { HEAD }
    }

    /// The values of a point, level by level.
    fn by_level(&self, point: &Coefficients) -> Vec<f32> {
        let mut rest = point.each_ref().map(Vec::as_slice);
        let levels = self.codebook().into_iter().flat_map(|codebook| &codebook.levels);
        let parts = levels.flat_map(|level| PARTS.map(|part| (part, level.parts[part].mean.len())));
        let own = parts.flat_map(|(part, length)| {
            let (own, others) = rest[part].split_at(length);
            rest[part] = others;
            own
        });
        own.copied().collect()
    }

    /// The distance between values that probably have a similar size: those of one channel at neighbouring positions.
    fn stride(&self) -> usize {
        if self.levels() == 0 { self.origin.shape[2] } else { 0 }
    }

    /// The first bytes of the SHA-256 of the parameters that give a code its meaning: the network's digest, the
    /// preprocessing, the metric and the shape of maps, and the rotation, scales and means of the first level, which
    /// identify the codebook.
    fn fingerprint(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.origin.network.0);
        let shape = self.origin.shape.map(|side| side as u32);
        numbers(self.origin).into_iter().chain(shape).for_each(|n| hasher.update(n.to_le_bytes()));
        if let Rows::Levels { codebook, .. } = &self.rows {
            let level = &codebook.levels[0];
            hasher.update(bytemuck::cast_slice::<i8, u8>(&level.rotation));
            for part in &level.parts {
                let floats = part.vector_scales.iter().chain(&part.mean);
                floats.for_each(|float| hasher.update(float.to_le_bytes()));
            }
        }
        begin(&hasher.finalize())
    }
}

fn mean<'a>(values: impl Iterator<Item = &'a f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The first bytes of the digest of all bytes except its own.
fn content(code: &[u8]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(&code[..CONTENT]);
    hasher.update(&code[STEP..]);
    begin(&hasher.finalize())
}

fn begin(digest: &[u8]) -> [u8; 4] {
    std::array::from_fn(|at| digest[at])
}

fn not_whole(code: &[u8]) -> Error {
    let came = format!("{} bytes that are damaged or cut short", code.len());
    refused("a whole link", &came)
}

fn refused(expected: &str, came: &str) -> Error {
    Error::Link(Details::new(expected, came, "copy the whole link, or ask for it again"))
}
