//! Networks in both forms, weights of other tools, and images.

use recasketch::network::packed::Packed;
use recasketch::network::weights::{Weights, is_quantised};
use recasketch::network::{Network, PartitionReading, Reading};
use recasketch::pixels::{Fit, Pixels, Preprocessing, Resize};
use recasketch::weights::import;

/// Networks with more multiplications than this are read but not run.
const RUN: usize = 1 << 26;

/// A packed network. Other input is for [`onnx`].
pub fn packed(data: &[u8]) -> bool {
    let packed = Packed::read(data);
    if let Ok(packed) = &packed {
        let again = Packed::read(&packed.write()).expect("a network that was just written");
        assert_eq!(&again, packed);
        assert_eq!(Weights::read(data).is_ok(), Network::read(data).is_ok());
    }
    packed.is_ok() && network(data)
}

/// A network in ONNX.
pub fn onnx(data: &[u8]) -> bool {
    network(data)
}

/// Reads a network in all ways, and runs it if that is fast.
fn network(data: &[u8]) -> bool {
    let (weights, network) = (Weights::read(data), Network::read(data));
    assert_eq!(weights.is_ok(), network.is_ok(), "both read the same");
    let pieces = data.chunks(1 + data.len() % 97);
    let mut reading = Reading::new(None);
    let mut part = PartitionReading::new(1, 3).expect("a worker of three");
    pieces.for_each(|piece| {
        reading.push(piece);
        part.push(piece);
    });
    assert_eq!(reading.finish().is_ok(), network.is_ok(), "pieces are read as the whole");
    assert_eq!(part.finish().is_ok(), network.is_ok(), "a worker's part is read as the whole");
    let (Ok(weights), Ok(network)) = (weights, network) else { return false };
    is_quantised(data).expect("a network that was read");
    let [height, width] = network.input_size();
    assert_eq!(weights.input_size, [height, width]);
    assert!(weights.layers.iter().all(|layer| {
        layer.kernel.len() == 9 * layer.inputs * layer.outputs() && !layer.kernel.is_empty()
    }));
    assert_eq!(weights.classifier.as_ref().map_or(0, |layer| layer.outputs()), network.classes());
    let all: usize = weights.layers.iter().map(|layer| layer.kernel.len()).sum();
    if all * height * width <= RUN {
        let rgba: Vec<u8> = (0..4 * height * width).map(|at| (at % 251) as u8).collect();
        let pixels =
            Pixels::from_rgba(&rgba, width as u32, height as u32, Fit::Crop, height, width)
                .expect("pixels of the right number");
        // Large weights may give infinite features, which is an error.
        if let Ok(features) = network.features(&pixels) {
            assert_eq!(features.shape(), network.output_shape());
            assert!(features.values().iter().all(|value| *value >= 0.0 && value.is_finite()));
        }
    }
    true
}

/// Weights of another tool: HDF5, safetensors, npz or ONNX.
pub fn weights(data: &[u8]) -> bool {
    let Ok(imported) = import::read(data.to_vec(), None) else { return false };
    let weights = imported.weights;
    assert_eq!(weights.layers.len(), 13);
    let mut inputs = 3;
    for layer in &weights.layers {
        assert_eq!((layer.inputs, layer.kernel.len()), (inputs, 9 * inputs * layer.outputs()));
        assert!(layer.is_finite());
        inputs = layer.outputs();
    }
    // A network that is too wide for its input is refused.
    if let Ok(again) = Weights::read(&weights.write()) {
        assert_eq!(again, weights);
    }
    true
}

/// An image. The length of the data selects the preprocessing.
pub fn image(data: &[u8]) -> bool {
    let fits = [Fit::Crop, Fit::Squash, Fit::Pad];
    let resizes = [Resize::CatmullRom, Resize::Nearest];
    let preprocessing =
        Preprocessing { fit: fits[data.len() % 3], resize: resizes[data.len() / 3 % 2] };
    let Ok(pixels) = Pixels::decode(data, preprocessing, 32, 64) else { return false };
    assert_eq!((pixels.height(), pixels.width(), pixels.rgb().len()), (32, 64, 32 * 64 * 3));
    true
}
