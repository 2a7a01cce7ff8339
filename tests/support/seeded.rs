//! The seeded weights of `models/golden_keras.py`, to the last bit, and files of them.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use recasketch::network::layer_names;
use recasketch::network::weights::{Layer, Weights};

/// The widths of the files in tests/fixtures/weights/.
pub const NARROW: [usize; 13] = [3, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7];

/// VGG16's own widths.
pub const FULL: [usize; 13] = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];

/// The place of each convolution in torchvision's `features`.
pub const TORCHVISION: [usize; 13] = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];

/// A tensor as another tool would store it.
pub type Stored = (String, Vec<usize>, Vec<f32>);

/// Floats in -1..1 from the upper 24 bits of splitmix64.
fn uniform(seed: u64, count: usize) -> Vec<f32> {
    let output = |at: u64| {
        let state = seed.wrapping_add(at.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        state ^ (state >> 31)
    };
    let float = |bits: u64| (bits as i64 - (1 << 23)) as f32 / (1 << 23) as f32;
    (1..=count as u64).map(|at| float(output(at) >> 40)).collect()
}

/// Each layer's kernel `[3, 3, in, out]` and bias `[out]`, with the number of inputs.
fn drawn(widths: &[usize; 13]) -> Vec<(usize, Vec<f32>, Vec<f32>)> {
    let mut inputs = 3;
    let mut layers = Vec::new();
    for (layer, &outputs) in widths.iter().enumerate() {
        let limit = (6f32 / (9 * inputs) as f32).sqrt();
        let kernel = uniform(1000 + layer as u64, 9 * inputs * outputs);
        let kernel = kernel.into_iter().map(|value| value * limit).collect();
        layers.push((inputs, kernel, uniform(2000 + layer as u64, outputs)));
        inputs = outputs;
    }
    layers
}

/// `[3, 3, in, out]` -> `[out, in, 3, 3]`, written out plainly.
fn turned(kernel: &[f32], inputs: usize, outputs: usize) -> Vec<f32> {
    let mut turned = Vec::with_capacity(kernel.len());
    for out in 0..outputs {
        for input in 0..inputs {
            for tap in 0..9 {
                turned.push(kernel[tap * inputs * outputs + input * outputs + out]);
            }
        }
    }
    turned
}

/// The weights that every file should give.
pub fn weights(widths: &[usize; 13]) -> Weights {
    let layers = drawn(widths).into_iter().zip(layer_names()).map(|(drawn, (name, _))| {
        let (inputs, kernel, bias) = drawn;
        Layer { name, inputs, kernel: turned(&kernel, inputs, bias.len()), bias }
    });
    Weights { input_size: [224, 224], layers: layers.collect(), classifier: None }
}

/// Keras's tensors: `block1_conv1/kernel` `[3, 3, in, out]` and `block1_conv1/bias`, and so on.
pub fn keras(widths: &[usize; 13]) -> Vec<Stored> {
    let layers = drawn(widths).into_iter().zip(layer_names());
    let tensors = layers.flat_map(|((inputs, kernel, bias), (name, _))| {
        let dims = vec![3, 3, inputs, bias.len()];
        let kernel = (format!("{name}/kernel"), dims, kernel);
        [kernel, (format!("{name}/bias"), vec![bias.len()], bias)]
    });
    tensors.collect()
}

/// torchvision's tensors: `features.0.weight` `[out, in, 3, 3]` and `features.0.bias`, and so on.
pub fn torchvision(widths: &[usize; 13]) -> Vec<Stored> {
    let layers = weights(widths).layers.into_iter().zip(TORCHVISION);
    let tensors = layers.flat_map(|(layer, place)| {
        let dims = vec![layer.bias.len(), layer.inputs, 3, 3];
        let kernel = (format!("features.{place}.weight"), dims, layer.kernel);
        [kernel, (format!("features.{place}.bias"), vec![layer.bias.len()], layer.bias)]
    });
    tensors.collect()
}

fn little_endian(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// The tensors as HDF5, in Keras's groups.
pub fn h5(tensors: &[Stored]) -> Vec<u8> {
    let mut file = hdf5_pure::FileBuilder::new();
    for pair in tensors.chunks(2) {
        let layer = pair[0].0.split('/').next().unwrap();
        let mut group = file.create_group(layer);
        for (name, dims, values) in pair {
            let dims: Vec<u64> = dims.iter().map(|&side| side as u64).collect();
            let name = name.split('/').nth(1).unwrap();
            group.create_dataset(name).with_f32_data(values).with_shape(&dims);
        }
        file.add_group(group.finish());
    }
    file.finish().unwrap()
}

/// The tensors as safetensors.
pub fn safetensors(tensors: &[Stored]) -> Vec<u8> {
    let bytes: Vec<Vec<u8>> = tensors.iter().map(|(.., values)| little_endian(values)).collect();
    let views = tensors.iter().zip(&bytes).map(|((name, dims, _), bytes)| {
        let float = safetensors::Dtype::F32;
        (name, safetensors::tensor::TensorView::new(float, dims.clone(), bytes).unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

/// The tensors as NumPy's `savez` writes them.
pub fn npz(tensors: &[Stored]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, dims, values) in tensors {
        let sides: String = dims.iter().map(|side| format!("{side}, ")).collect();
        npy(&mut archive, name, &format!("({sides})"), "<f4", &little_endian(values));
    }
    archive.finish().unwrap().into_inner()
}

/// One `.npy` file inside an archive.
pub fn npy(
    archive: &mut zip::ZipWriter<std::io::Cursor<Vec<u8>>>,
    name: &str,
    shape: &str,
    descr: &str,
    values: &[u8],
) {
    use std::io::Write;
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file(format!("{name}.npy"), stored).unwrap();
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    archive.write_all(b"\x93NUMPY\x01\x00").unwrap();
    archive.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
    archive.write_all(header.as_bytes()).unwrap();
    archive.write_all(values).unwrap();
}
