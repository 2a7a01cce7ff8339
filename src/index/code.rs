//! A query as a code that fits into a link: what was asked can be passed on without the image.
//!
//! All that a score knows of a query is kept, as whole multiples of a step, the finest with which the code has at
//! most [`MAXIMUM`] bytes, or of a whole map, which says as much in more, [`MAXIMUM_OF_MAP`]. Little endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | [`CODE_VERSION`] |
//! | 1 | levels u8, of which the query knows something; 0 for a whole map |
//! | 4 | the begin of the SHA-256 of what codes of the embedding file mean, see [`Index::codes_mean`] |
//! | 4 | the begin of the SHA-256 of all other bytes |
//! | 4 | the step f32 |
//! | 2 x 4 | of a whole map alone: what nothing stands for in each part f32, the mean of what is rounded to it |
//! | ... | the multiples, level by level and of each the even part first, as `src/index/arithmetic.rs` writes them |

use sha2::{Digest as _, Sha256};

use super::{Index, Query, Rows, arithmetic, numbers, u32_at};
use crate::embedding::{Coefficients, Embedding, PARTS};
use crate::error::{Details, Error, Result};

/// The version of the layout; links of another one are not followed.
pub const CODE_VERSION: u8 = 1;

/// The bytes of a code at most: 700 characters of base64.
pub const MAXIMUM: usize = 525;

/// The bytes of a whole map's code at most: 1,867 characters.
pub const MAXIMUM_OF_MAP: usize = 1400;

const HEAD: usize = 14;
// Where the digests of the file and of the code are, and the step.
const FILE: usize = 2;
const CONTENT: usize = 6;
const STEP: usize = 10;
// What nothing stands for in each part of a whole map.
const NOTHING: [usize; 2] = [HEAD, HEAD + 4];

/// The levels that a file has at most.
const LEVELS: u8 = 2;

/// Values are at most 128, and a step of four times that has nothing left to tell.
const LARGEST_STEP: f32 = 512.0;

/// Steps are looked for until they are so near, and in no more tries than bring any two floats so near.
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
            Query::Point(point) => (self.levels(), self.by_level(point)),
        };
        let step = self.finest_step(&values, if levels == 0 { MAXIMUM_OF_MAP } else { MAXIMUM });
        let mut code = vec![CODE_VERSION, levels as u8];
        code.extend(self.codes_mean());
        code.extend([0; 4]);
        code.extend(step.to_le_bytes());
        if levels == 0 {
            let nothing = |part: &[f32]| mean(part.iter().filter(|value| value.abs() < step / 2.0));
            // What the classes give is as often below nothing as above.
            let (even, odd) = values.split_at(self.origin.even());
            let even = &even[self.origin.class_values()..];
            code.extend([even, odd].map(nothing).iter().flat_map(|mean| mean.to_le_bytes()));
        }
        code.extend(self.multiples(&values, step));
        let content = content(&code);
        code[CONTENT..STEP].copy_from_slice(&content);
        code
    }

    /// The finest step with which a code has at most so many bytes.
    fn finest_step(&self, values: &[f32], most: usize) -> f32 {
        let largest = values.iter().fold(0f32, |largest, value| largest.max(value.abs()));
        let is_too_long = |step: f32| self.head() + self.multiples(values, step).len() > most;
        // With the finer one it has more, with the coarser one it has not.
        let [mut finer, mut coarser] = [largest / arithmetic::LARGEST as f32, largest.max(1.0)];
        // A step of more than twice the largest value leaves nothing.
        while coarser <= 2.0 * largest && is_too_long(coarser) {
            (finer, coarser) = (coarser, 2.0 * coarser);
        }
        for _ in 0..TRIES {
            if finer <= 0.0 || coarser <= NEAR * finer {
                break;
            }
            // Of the roots, as the product of two large steps is too large for a float.
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

    /// The query of a code that an index with the same codebook gave. What the code does not know of later levels
    /// is nothing.
    ///
    /// The code may be a stranger's: it has at most [`MAXIMUM`] bytes, or of a whole map [`MAXIMUM_OF_MAP`], and the
    /// time is bounded by them.
    ///
    /// # Errors
    /// [`Error::Link`] where the code is damaged or another index's.
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
        if code[FILE..CONTENT] != self.codes_mean() {
            return Err(Error::Link(Details::new(
                "a link of this site as it is now",
                "one of another site, or of this one before its network or its codes were made anew",
                "ask whoever passed it on for the image",
            )));
        }
        let float = |at: usize| f32::from_bits(u32_at(code, at));
        let (step, levels, length) = (float(STEP), code[1], code.len());
        let fits = match self.levels() {
            // What nothing stands for is less than half a step.
            0 => {
                levels == 0
                    && length >= self.head()
                    && NOTHING.iter().all(|&at| float(at).abs() <= step)
            }
            _ => (1..=LEVELS).contains(&levels) && length <= MAXIMUM,
        };
        if step > 0.0 && step <= LARGEST_STEP && fits { Ok(()) } else { Err(not_whole(code)) }
    }

    /// Bytes before the multiples.
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

    /// Values that lie so far apart are likely of a size: a channel's at neighbouring places.
    fn stride(&self) -> usize {
        if self.levels() == 0 { self.origin.shape[2] } else { 0 }
    }

    /// The begin of the SHA-256 of the network's digest, of what the header says of images and maps, and of the first
    /// level's rotation, scales and means, which no other codebook has.
    fn codes_mean(&self) -> [u8; 4] {
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

/// The begin of the digest of all bytes but its own.
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
    let came = format!("{} characters' worth that are damaged or cut short", code.len());
    refused("a whole link", &came)
}

fn refused(expected: &str, came: &str) -> Error {
    Error::Link(Details::new(expected, came, "copy the whole link, or ask for it again"))
}
