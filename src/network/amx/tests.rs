use half::bf16;

use super::finish::finish;
use super::kernel::{Kernel, available};
use super::layout::{BLOCK, PLANE, Taps};
use super::{Convolutions, Weights};
use crate::network::convolution::{self, Values, convolved};
use crate::network::{Network, planes};
use crate::pixels::Pixels;

const QUARTER: &[u8] = include_bytes!("../../../models/vgg16-quarter.onnx");

/// The kernel by its definition.
static DEFINITION: Kernel = Kernel { multiply, halves: finish, floats: finish };

fn multiply(values: &[bf16], taps: &Taps, weights: &[bf16], products: &mut [f32]) {
    for (at, product) in products.iter_mut().enumerate() {
        let (position, out) = (at / BLOCK, at % BLOCK);
        let lane = out / 16 * 512 + out % 16 * 2;
        let steps = (0..taps.planes * taps.offsets.len() * PLANE).map(|step| {
            let (tile, value) = (step / PLANE, step % PLANE);
            let (plane, tap) = (tile / taps.offsets.len(), tile % taps.offsets.len());
            let from = plane * taps.plane + taps.offsets[tap] + position * taps.stride + value;
            let weight = weights[tile * PLANE * BLOCK + value / 2 * 32 + lane + value % 2];
            values[from].to_f32() * weight.to_f32()
        });
        *product = steps.sum();
    }
}

/// Numbers -128..=127 that look random.
fn random(seed: u32) -> impl FnMut() -> i8 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as i8
    }
}

/// The widths of three convolutions; no width is that of a block. The second is followed by a pooling.
const WIDTHS: [usize; 4] = [3, 40, 70, 33];

fn weights(at: usize) -> Weights<'static> {
    let (inputs, outputs) = (WIDTHS[at], WIDTHS[at + 1]);
    let mut random = random(at as u32);
    let codes: Vec<i8> = (0..outputs * inputs * 9).map(|_| random()).collect();
    let scale = 1.0 / (120.0 * ((inputs * 9) as f32).sqrt());
    let scales = (0..outputs).map(|out| scale * (1.0 + out as f32 / 50.0)).collect();
    let bias = (0..outputs).map(|_| f32::from(random()) / 50.0).collect();
    Weights { inputs, kernel: Values::Codes(codes.into(), scales), bias }
}

fn pixels([height, width]: [usize; 2]) -> Pixels {
    let mut random = random(7);
    let values = (0..height * width * 3).map(|_| random() as u8).collect();
    Pixels::from_rgb(values, height, width).unwrap()
}

/// The features of the three convolutions, `[height, width, channels]`, in floats.
fn expected(size: [usize; 2]) -> Vec<f32> {
    let (mut map, mut size) = (planes(&pixels(size)), size);
    for at in 0..3 {
        let Weights { inputs, kernel, bias } = weights(at);
        let floats: Vec<f32> = (0..bias.len() * inputs * 9)
            .map(|place| kernel.stored(place) * kernel.scale(place / (inputs * 9)))
            .collect();
        map = convolved(convolution::available()[0], (&map, size), (&floats, &bias));
        if at == 1 {
            let [height, width] = size;
            size = size.map(|side| side / 2);
            let largest = |plane: usize, y: usize, x: usize| {
                let at = |down: usize, right: usize| {
                    map[(plane * height + 2 * y + down) * width + 2 * x + right]
                };
                at(0, 0).max(at(0, 1)).max(at(1, 0).max(at(1, 1)))
            };
            map = (0..bias.len())
                .flat_map(|plane| (0..size[0]).map(move |y| (plane, y)))
                .flat_map(|(plane, y)| (0..size[1]).map(move |x| (plane, y, x)))
                .map(|(plane, y, x)| largest(plane, y, x))
                .collect();
        }
    }
    let positions = size[0] * size[1];
    (0..positions)
        .flat_map(|position| (0..WIDTHS[3]).map(move |channel| channel * positions + position))
        .map(|place| map[place])
        .collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let product = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

/// Odd sides, one block of positions, and several bands of rows.
const SIZES: [[usize; 2]; 3] = [[11, 9], [2, 6], [40, 150]];

fn check(kernel: &'static Kernel, size: [usize; 2]) {
    let mut convolutions = Convolutions::new(kernel, size);
    (0..3).for_each(|at| convolutions.add(&weights(at), at == 1));
    let expected = expected(size);
    assert!(expected.iter().filter(|&&value| value > 0.0).count() * 4 > expected.len());
    // Twice, because memory is used again.
    for _ in 0..2 {
        let features = convolutions.run(&pixels(size));
        let similarity = cosine(&features, &expected);
        assert!(similarity > 0.99998, "{size:?}: {similarity}");
    }
}

#[test]
fn the_layout_gives_a_convolution_by_the_definition_of_a_product() {
    SIZES.into_iter().take(2).for_each(|size| check(&DEFINITION, size));
}

#[test]
fn tiles_give_the_same_convolution() {
    let Some(kernel) = available() else {
        eprintln!("skipped: this machine has no AMX, or is not Linux");
        return;
    };
    SIZES.into_iter().for_each(|size| check(kernel, size));
}

#[test]
fn a_fast_network_gives_the_features_of_the_network() {
    if !Network::can_be_fast() {
        let error = Network::read_fast(QUARTER).err().unwrap().to_string();
        assert!(error.contains("leave out `--fast`"), "{error}");
        eprintln!("skipped: this machine has no AMX, or is not Linux");
        return;
    }
    let (network, fast) = (Network::read(QUARTER).unwrap(), Network::read_fast(QUARTER).unwrap());
    assert_eq!((fast.kernel(), fast.digest()), ("amx", network.digest()));
    let pixels = pixels([224, 224]);
    let (expected, features) =
        (network.features(&pixels).unwrap(), fast.features(&pixels).unwrap());
    assert_eq!(features.shape(), expected.shape());
    let similarity = cosine(features.values(), expected.values());
    assert!(similarity > 0.9999, "{similarity}");
}
