//! Compares our convolutions with tract's, layer by layer and image by image.

use image::DynamicImage;
use rayon::prelude::*;
use tract_onnx::Onnx;

use super::convolution::tests::{blocks, planes as in_planes, relative_error};
use super::convolution::{Convolution, FirstConvolution, Kernel, Pool, Region, available};
use super::probe::Probe;
use super::topology::{Topology, layer_names};
use super::weights::Weights;
use super::*;
use crate::commands::demo;
use crate::pixels::Fit;

const QUARTER: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");

/// The network of tract's own operators, with the named nodes as outputs.
fn tract(bytes: &[u8], outputs: &[String]) -> Arc<TypedRunnableModel> {
    let proto = decode(bytes).unwrap();
    let topology = Topology::of(proto.graph.as_ref().unwrap()).unwrap();
    let [height, width] = topology.input_size;
    let onnx = Onnx { op_register: operators::register(), ..Onnx::default() };
    let mut model = onnx.parse(&proto, None).unwrap().model;
    model.set_input_fact(0, f32::fact([1, 3, height, width]).into()).unwrap();
    model.select_outputs_by_name(outputs).unwrap();
    model.into_typed().unwrap().into_optimized().unwrap().into_runnable().unwrap()
}

/// `[channels, height, width]` of each output.
fn maps(plan: &Arc<TypedRunnableModel>, pixels: &Pixels) -> Vec<Vec<f32>> {
    let shape = [1, 3, pixels.height(), pixels.width()];
    let input = Tensor::from_shape(&shape, &planes(pixels)).unwrap();
    let outputs = plan.run(tvec!(input.into())).unwrap();
    outputs.iter().map(|output| output.view().as_slice::<f32>().unwrap().to_vec()).collect()
}

fn drawn(index: u64) -> Pixels {
    let drawing = demo::draw(3, index, 256, 144);
    let rgba = DynamicImage::ImageRgb8(drawing.image).into_rgba8();
    Pixels::from_rgba(rgba.as_raw(), rgba.width(), rgba.height(), Fit::Crop, 224, 224).unwrap()
}

/// The least cosine between our features and tract's, over images of the demo.
fn least_cosine(bytes: &[u8], images: u64) -> f64 {
    let (ours, theirs) = (Network::read(bytes).unwrap(), tract(bytes, &["features".into()]));
    let cosine = |index| {
        let pixels = drawn(index);
        let shape = ours.output_shape();
        let expected = channels_last(&maps(&theirs, &pixels)[0], 1, shape);
        let features = ours.features(&pixels).unwrap();
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
        };
        let [ours, theirs] = [features.values(), &expected];
        dot(ours, theirs) / (dot(ours, ours) * dot(theirs, theirs)).sqrt()
    };
    (0..images).into_par_iter().map(cosine).reduce(|| 1.0, f64::min)
}

#[test]
fn every_layer_is_as_tract_computes_it() {
    let weights = Weights::read(QUARTER).unwrap();
    let ends: Vec<String> = layer_names()
        .map(|(name, pooled)| format!("{name}_{}", if pooled { "pool" } else { "relu" }))
        .take(12)
        .chain(["features".into()])
        .collect();
    let pixels = drawn(0);
    let maps = maps(&tract(&weights.write(), &ends), &pixels);
    let check = |at: usize, convolution: Convolution, input: &[f32], kernel: &Kernel| {
        let mut output = vec![f32::NAN; convolution.output_shape().iter().product()];
        let whole = Region::whole(convolution.output_shape());
        convolution.run(&Pool::default(), input, &mut output, &whole);
        let values = in_planes(&output, kernel.lanes, weights.layers[at].outputs());
        let expected: Vec<f64> = maps[at].iter().map(|&value| value.into()).collect();
        let (name, error) = (&weights.layers[at].name, relative_error(&values, &expected));
        assert!(error < 1e-4, "{name}, {}: relative error {error}", kernel.name);
    };
    let proto = decode(QUARTER).unwrap();
    let topology = Topology::of(proto.graph.as_ref().unwrap()).unwrap();
    let mut side = 224;
    for (at, (_, pooled)) in layer_names().enumerate() {
        for kernel in available().into_iter().filter(|_| at > 0) {
            let stored = |at: usize| topology.layers[at].weights();
            let convolution = || Convolution::new(kernel, stored(at), [side, side], pooled);
            check(at, convolution(), &blocks(&maps[at - 1], side * side, kernel.lanes), kernel);
            if at == 1 {
                let first = FirstConvolution::new(kernel, stored(0), [side, side]);
                check(at, convolution().after(first), &planes(&pixels), kernel);
            }
        }
        side = if pooled { side / 2 } else { side };
    }
}

#[test]
fn quantising_measures_what_tract_computes() {
    let weights = Weights::read(QUARTER).unwrap();
    let ends = layer_names()
        .map(|(name, pooled)| format!("{name}_{}", if pooled { "pool" } else { "relu" }))
        .take(12);
    let pixels = drawn(1);
    let expected = maps(&tract(&weights.write(), &ends.collect::<Vec<_>>()), &pixels);
    let inputs = Probe::new(&weights).inputs(&pixels).unwrap();
    assert_eq!(inputs[0].values, planes(&pixels));
    assert_eq!(inputs.len(), 1 + expected.len());
    for (at, theirs) in expected.iter().enumerate() {
        let floats: Vec<f64> = theirs.iter().map(|&value| value.into()).collect();
        assert!(relative_error(&inputs[at + 1].values, &floats) < 1e-5, "layer {at}");
        // To the bit, so that a network is packed to the same bytes.
        if available()[0].name.starts_with("avx") {
            assert!(inputs[at + 1].values == *theirs, "layer {at}");
        }
    }
}

#[test]
fn fifty_images_have_the_features_that_tract_gives_them() {
    let cosine = least_cosine(QUARTER, 50);
    assert!(cosine >= 0.99999, "cosine {cosine}");
}

#[test]
fn fifty_images_have_the_25_088_features_that_tract_gives_them() {
    // Four times the widths of the quarter network, with weights scaled by He's initialisation.
    let mut random = fastrand::Rng::with_seed(11);
    let mut weights = Weights::read(QUARTER).unwrap();
    let mut inputs = 3;
    for layer in &mut weights.layers {
        let outputs = 4 * layer.outputs();
        let limit = (6.0 / (9.0 * inputs as f32)).sqrt();
        let mut draw = |count: usize, size: f32| -> Vec<f32> {
            (0..count).map(|_| (random.f32() * 2.0 - 1.0) * size).collect()
        };
        (layer.kernel, layer.bias) = (draw(outputs * inputs * 9, limit), draw(outputs, 1.0));
        layer.inputs = inputs;
        inputs = outputs;
    }
    let cosine = least_cosine(&weights.write(), 50);
    assert!(cosine >= 0.99999, "cosine {cosine}");
}
