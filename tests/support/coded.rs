//! A small catalogue in codes.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use recasketch::digest::Digest;
use recasketch::embedding::{Codebook, Embedding, Form, Level, Metric, PARTS, Part, Slot};
use recasketch::index::{Builder, Origin};
use recasketch::pixels::Fit;

/// Four places, two of them even.
pub const SHAPE: [usize; 3] = [2, 2, 8];

/// Classes, which become [`CLASS_VALUES`].
pub const CLASSES: usize = 3;
pub const CLASS_VALUES: usize = 4;

pub fn random() -> fastrand::Rng {
    fastrand::Rng::with_seed(11)
}

/// Levels that rise, as learnt ones do.
pub fn form(blocks: [usize; 3]) -> Form {
    let sixteen = std::array::from_fn(|at| {
        [-127, -100, -80, -62, -46, -31, -18, -6, 6, 18, 31, 46, 62, 80, 100, 127][at]
    });
    Form { blocks, sixteen, four: [-127, -38, 38, 127] }
}

/// A level that adds channels, and to each part 8 dimensions.
pub fn level(random: &mut fastrand::Rng, channels: [usize; 2], blocks: [[usize; 3]; 2]) -> Level {
    let rotation = (0..(channels[1] - channels[0]) * SHAPE[2]).map(|_| random.i8(-127..=127));
    Level {
        channels: channels[1],
        rotation: rotation.collect(),
        rotation_scales: vec![1.0 / 600.0; channels[1] - channels[0]],
        parts: PARTS.map(|at| part(random, channels, blocks[at], at == 0)),
    }
}

/// A part of nearly orthonormal vectors; codes that find no dimension left say nothing.
pub fn part(
    random: &mut fastrand::Rng,
    channels: [usize; 2],
    blocks: [usize; 3],
    is_even: bool,
) -> Part {
    let classes = if is_even { CLASS_VALUES } else { 0 };
    let (form, length) = (form(blocks), classes + channels[1] * 2);
    let dimensions = [channels[0] * 2, 8];
    let first = dimensions[0];
    let vector = |at: usize| if at / length + first == at % length { 110 } else { 0 };
    let vectors = (0..dimensions[1] * length).map(|at| vector(at) + random.i8(-8..=8)).collect();
    let fineness = if channels[0] == 0 { 0.008 } else { 0.004 };
    let mut float = |least: f32, most: f32| least + random.f32() * (most - least);
    let all = dimensions[0] + dimensions[1];
    let slots = (0..form.codes()).map(|at| match at {
        at if at < all => Slot { dimension: at, scale: fineness * float(0.5, 1.0) },
        _ => Slot { dimension: 0, scale: 0.0 },
    });
    let slots = slots.collect();
    let mean = |_| if is_even { float(-0.02, 0.02) } else { 0.0 };
    Part {
        slots,
        vector_scales: vec![1.0 / 110.0; dimensions[1]],
        mean: (0..dimensions[1]).map(mean).collect(),
        vectors,
        form,
    }
}

pub fn codebook() -> Codebook {
    let mut random = random();
    let first = level(&mut random, [0, 4], [[1, 0, 0], [1, 0, 0]]);
    let second = level(&mut random, [4, 8], [[1, 0, 1], [1, 0, 0]]);
    let (class_values, even_places) = (CLASS_VALUES, 2);
    Codebook { shape: [4, 8], class_values, even_places, levels: vec![first, second] }
}

pub fn embeddings(count: usize) -> Vec<Embedding> {
    let mut random = fastrand::Rng::with_seed(5);
    let value = |at: usize, random: &mut fastrand::Rng| match at {
        0..20 => random.i8(0..=127),
        _ => random.i8(-90..=90),
    };
    let mut map = || (0..36).map(|at| value(at, &mut random)).collect::<Vec<i8>>();
    (0..count).map(|_| Embedding::from_codes(&map())).collect()
}

pub fn file(count: usize) -> Vec<u8> {
    let (network, preprocessing) = (Digest([7; 32]), Fit::Crop.into());
    let (metric, classes) = (Metric::MirrorSqrt, CLASSES);
    let origin = Origin { network, preprocessing, metric, shape: SHAPE, classes };
    let mut builder = Builder::new(origin);
    for (row, embedding) in embeddings(count).into_iter().enumerate() {
        builder.push(&format!("uid{row}"), embedding).unwrap();
    }
    builder.finish_in_levels(&codebook())
}
