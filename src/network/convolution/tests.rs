//! Compares every kernel of the machine with the definition in double precision.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// The shape of a convolution: input and output channels, height, width, and whether it is pooled.
type Case = (usize, usize, usize, usize, bool);

/// Shapes with incomplete tiles and blocks, for both orders of the loops.
const CASES: [Case; 13] = [
    (1, 1, 1, 1, false),
    (4, 4, 1, 9, false),
    (3, 9, 11, 1, false),
    (20, 33, 7, 5, false),
    (17, 40, 13, 14, false),
    (5, 7, 14, 14, true),
    (16, 16, 28, 28, true),
    (33, 18, 2, 2, true),
    (64, 64, 30, 22, true),
    (70, 20, 15, 29, false),
    (129, 200, 16, 18, true),
    (300, 90, 14, 43, false),
    (260, 70, 29, 57, true),
];

/// Pseudo-random numbers in -1..=1.
fn noise(length: usize, seed: u64) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..length).map(|_| random.f32() * 2.0 - 1.0).collect()
}

/// Weights of the size of trained ones, as codes or floats; and their values as floats.
fn weights(inputs: usize, outputs: usize, coded: bool) -> (Weights<'static>, Vec<f32>) {
    let limit = (6.0 / (9.0 * inputs as f32)).sqrt();
    let values = noise(outputs * inputs * 9, 5);
    let bias = noise(outputs, 6);
    if !coded {
        let floats: Vec<f32> = values.iter().map(|value| value * limit).collect();
        return (Weights { inputs, kernel: Values::Floats(floats.clone()), bias }, floats);
    }
    let codes: Vec<i8> = values.iter().map(|value| (value * 127.0).round() as i8).collect();
    let scales: Vec<f32> = (0..outputs).map(|out| limit / (100 + out) as f32).collect();
    let channels = codes.chunks(inputs * 9).zip(&scales);
    let floats = channels.flat_map(|(c, scale)| c.iter().map(move |&c| f32::from(c) * scale));
    let floats = floats.collect();
    (Weights { inputs, kernel: Values::Codes(codes.into(), scales), bias }, floats)
}

/// `[channels, height, width]` -> `[blocks, height, width, lanes]`.
pub(in super::super) fn blocks(planes: &[f32], cells: usize, lanes: usize) -> Vec<f32> {
    let channels = planes.len() / cells;
    let mut blocks = vec![0.0; channels.next_multiple_of(lanes) * cells];
    for (channel, plane) in planes.chunks(cells).enumerate() {
        for (cell, value) in plane.iter().enumerate() {
            blocks[(channel / lanes * cells + cell) * lanes + channel % lanes] = *value;
        }
    }
    blocks
}

/// The definition: 3x3 with a border of zeros, bias, ReLU, and 2x2 pooling where wanted.
fn reference(case: Case, kernel: &[f32], bias: &[f32], map: &[f32]) -> Vec<f64> {
    let (inputs, _, height, width, pooled) = case;
    let step = if pooled { 2 } else { 1 };
    let mut values = Vec::new();
    for (weights, bias) in kernel.chunks_exact(inputs * 9).zip(bias) {
        let mut sums = vec![f64::from(*bias); height * width];
        for (term, weight) in weights.iter().enumerate() {
            let (input, tap) = (term / 9, term % 9);
            let plane = &map[input * height * width..][..height * width];
            add_shifted(&mut sums, (plane, f64::from(*weight)), width, [tap / 3, tap % 3]);
        }
        for (y, x) in (0..height / step).flat_map(|y| (0..width / step).map(move |x| (y, x))) {
            let window = (0..step * step).map(|at| (y * step + at / step, x * step + at % step));
            values.push(window.map(|(y, x)| sums[y * width + x]).fold(0.0, f64::max));
        }
    }
    values
}

/// Adds to each position the weighted position of a plane that lies so far below it and to its right, less one.
fn add_shifted(
    sums: &mut [f64],
    (plane, weight): (&[f32], f64),
    width: usize,
    [down, right]: [usize; 2],
) {
    let height = sums.len() / width;
    // The positions whose neighbour is not of the border.
    let inside = |length: usize, shift: usize| 1 - shift.min(1)..(length + 1 - shift).min(length);
    let columns = inside(width, right);
    for y in inside(height, down) {
        let from = &plane[(y + down - 1) * width..][..width];
        let to = &mut sums[y * width..][columns.clone()];
        for (sum, value) in to.iter_mut().zip(&from[columns.start + right - 1..]) {
            *sum += weight * f64::from(*value);
        }
    }
}

/// The output of a convolution as planes, `[out, height, width]`.
fn computed(kernel: &'static Kernel, weights: Weights<'_>, case: Case, map: &[f32]) -> Vec<f32> {
    let (_, outputs, height, width, pooled) = case;
    let convolution = Convolution::new(kernel, weights, [height, width], pooled);
    let mut output = vec![f32::NAN; convolution.output_shape().iter().product()];
    let map = blocks(map, height * width, kernel.lanes);
    convolution.run(
        &Pool::default(),
        &map,
        &mut output,
        &Region::whole(convolution.output_shape()),
    );
    planes(&output, kernel.lanes, outputs)
}

/// `[blocks, cells, lanes]` -> `[channels, cells]`.
pub(in super::super) fn planes(blocks: &[f32], lanes: usize, channels: usize) -> Vec<f32> {
    let cells = blocks.len() / channels.next_multiple_of(lanes);
    let place = |channel, cell| (channel / lanes * cells + cell) * lanes + channel % lanes;
    (0..channels * cells).map(|at| blocks[place(at / cells, at % cells)]).collect()
}

/// The largest difference divided by the largest value of the reference.
pub(in super::super) fn relative_error(values: &[f32], reference: &[f64]) -> f64 {
    assert_eq!(values.len(), reference.len());
    let largest = reference.iter().fold(f64::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let difference = |(value, reference): (&f32, &f64)| (f64::from(*value) - reference).abs();
    let differences = values.iter().zip(reference).map(difference);
    differences.fold(0.0, |most, error| if error <= most { most } else { error }) / largest
}

#[test]
fn every_kernel_gives_the_definition_at_every_size() {
    for (case, coded) in CASES.into_iter().flat_map(|case| [(case, false), (case, true)]) {
        let (inputs, outputs, height, width, _) = case;
        let map = noise(inputs * height * width, 7);
        let (given, floats) = weights(inputs, outputs, coded);
        let expected = reference(case, &floats, &given.bias, &map);
        for kernel in available() {
            let values = computed(kernel, weights(inputs, outputs, coded).0, case, &map);
            let error = relative_error(&values, &expected);
            assert!(error < 1e-4, "{}: {error} at {case:?}, codes: {coded}", kernel.name);
        }
    }
}

/// Random shapes: odd sides, incomplete blocks, groups and panels, pooled or not.
#[test]
fn every_kernel_gives_the_definition_at_random_shapes() {
    let mut random = fastrand::Rng::with_seed(12);
    for _ in 0..60 {
        let pooled = random.bool();
        let least = if pooled { 2 } else { 1 };
        let case = (
            random.usize(1..80),
            random.usize(1..80),
            random.usize(least..32),
            random.usize(least..32),
            pooled,
        );
        let (inputs, outputs, height, width, _) = case;
        let map = noise(inputs * height * width, random.u64(..));
        let coded = random.bool();
        let (given, floats) = weights(inputs, outputs, coded);
        let expected = reference(case, &floats, &given.bias, &map);
        for kernel in available() {
            let values = computed(kernel, weights(inputs, outputs, coded).0, case, &map);
            let error = relative_error(&values, &expected);
            assert!(error < 1e-4, "{}: {error} at {case:?}, codes: {coded}", kernel.name);
        }
    }
}

/// A NaN reaches every position whose window contains it, and no position far from it.
#[test]
fn what_is_not_a_number_is_not_hidden() {
    let case = (3, 20, 30, 30, false);
    for kernel in available() {
        let mut map = vec![1.0; 3 * 30 * 30];
        map[30 * 30 + 3 * 30 + 4] = f32::NAN;
        let values = computed(kernel, weights(3, 20, true).0, case, &map);
        for (at, value) in values.iter().enumerate() {
            let (y, x) = (at / 30 % 30, at % 30);
            if (2..=4).contains(&y) && (3..=5).contains(&x) {
                assert!(value.is_nan(), "{}: {value} at {at}", kernel.name);
            }
            if y >= 14 || x >= 14 {
                assert!(value.is_finite(), "{}: {value} at {at}", kernel.name);
            }
        }
    }
}

#[test]
fn huge_and_tiny_values_keep_their_precision() {
    let case = (24, 20, 9, 16, false);
    for scale in [1e30f32, 1e-30] {
        let map: Vec<f32> = noise(24 * 9 * 16, 8).iter().map(|value| value * scale).collect();
        let (mut given, floats) = weights(24, 20, false);
        given.bias.fill(0.0);
        let expected = reference(case, &floats, &given.bias, &map);
        for kernel in available() {
            let (mut given, _) = weights(24, 20, false);
            given.bias.fill(0.0);
            let error = relative_error(&computed(kernel, given, case, &map), &expected);
            assert!(error < 1e-4, "{}: {error} at {scale}", kernel.name);
        }
    }
}

#[test]
fn a_map_of_zeros_gives_the_bias_itself() {
    let case = (8, 6, 15, 8, true);
    for kernel in available() {
        let (given, _) = weights(8, 6, true);
        let bias = given.bias.clone();
        let values = computed(kernel, given, case, &[0.0; 8 * 15 * 8]);
        for (plane, bias) in values.chunks(7 * 4).zip(bias) {
            assert!(plane.iter().all(|value| *value == bias.max(0.0)), "{}", kernel.name);
        }
    }
}

#[test]
fn one_pixel_shows_the_kernel_around_it() {
    let (mut given, floats) = weights(1, 1, false);
    given.bias = vec![10.0];
    let mut map = vec![0.0; 20 * 20];
    map[7 * 20 + 6] = 1.0;
    let values = computed(available()[0], given, (1, 1, 20, 20, false), &map);
    for (at, value) in values.iter().enumerate() {
        let (down, right) = (8 - (at / 20) as isize, 7 - (at % 20) as isize);
        let near = (0..3).contains(&down) && (0..3).contains(&right);
        let weight = if near { floats[(down * 3 + right) as usize] } else { 0.0 };
        assert!((value - 10.0 - weight).abs() < 1e-4, "{value} at {at}");
    }
}

/// Whole quads, parts of quads, one pixel; an incomplete group, and several groups.
#[test]
fn the_first_two_convolutions_together_give_the_definition() {
    let cases =
        [(64, 64, 28, 42, true), (5, 9, 9, 7, false), (40, 20, 1, 1, true), (7, 90, 33, 16, true)];
    for ((between, outputs, height, width, coded), kernel) in
        cases.into_iter().flat_map(|case| available().into_iter().map(move |kernel| (case, kernel)))
    {
        let pixels: Vec<f32> = noise(3 * height * width, 9).iter().map(|v| v * 150.0).collect();
        let ((first, floats), (second, more)) =
            (weights(3, between, coded), weights(between, outputs, coded));
        let pooled = height > 1;
        let map = reference((3, between, height, width, false), &floats, &first.bias, &pixels);
        let map: Vec<f32> = map.into_iter().map(|value| value as f32).collect();
        let case = (between, outputs, height, width, pooled);
        let expected = reference(case, &more, &second.bias, &map);
        let first = FirstConvolution::new(kernel, first, [height, width]);
        let both = Convolution::new(kernel, second, [height, width], pooled).after(first);
        assert_eq!(both.input_shape(), [3, height, width, 1]);
        let mut output = vec![f32::NAN; both.output_shape().iter().product()];
        both.run(&Pool::default(), &pixels, &mut output, &Region::whole(both.output_shape()));
        let error = relative_error(&planes(&output, kernel.lanes, outputs), &expected);
        assert!(error < 1e-4, "{}: {error} at {case:?}", kernel.name);
    }
}

#[cfg(feature = "native")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for case in [(64, 64, 56, 56, true), (256, 128, 28, 28, false)] {
        let (inputs, outputs, height, width, _) = case;
        let map = noise(inputs * height * width, 10);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let (given, _) = weights(inputs, outputs, true);
            pool.install(|| computed(available()[0], given, case, &map))
        };
        let one = on(1);
        assert!(one == on(2) && one == on(3), "{case:?}");
    }
}
