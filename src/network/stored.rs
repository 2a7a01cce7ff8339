//! The weights of a layer as an ONNX file stores them, and as numbers.

use std::borrow::Cow;

use tract_onnx::pb::TensorProto;
use tract_onnx::pb::tensor_proto::DataType;

use super::convolution::{Values, Weights};
use super::tensor::{self, Stored};

/// The tensors of a convolution or of the classifier. Their types and shapes have been checked.
pub(super) struct StoredLayer<'a> {
    /// Keras's name, such as `block1_conv1`; or `classes`.
    pub(super) name: String,
    /// `[out, in, 3, 3]` or `[classes, channels, 1, 1]`, floats or 8-bit codes.
    pub(super) kernel: &'a TensorProto,
    /// The factor of the codes: one scale, or one for each output channel.
    pub(super) scale: Option<&'a TensorProto>,
    /// The value that is subtracted from the codes before scaling: one for each scale.
    pub(super) zero_point: Option<&'a TensorProto>,
    /// `[out] f32`.
    pub(super) bias: &'a TensorProto,
}

impl StoredLayer<'_> {
    /// The weights as a convolution takes them; codes stay codes.
    pub(super) fn weights(&self) -> Weights<'_> {
        let bias = values(self.bias);
        let inputs = self.inputs();
        let kernel = match self.codes() {
            Some((codes, scales)) => Values::Codes(codes, scales),
            None => Values::Floats(self.floats()),
        };
        Weights { inputs, kernel, bias }
    }

    /// The number of output channels.
    pub(super) fn outputs(&self) -> usize {
        self.kernel.dims[0] as usize
    }

    /// The number of input channels.
    pub(super) fn inputs(&self) -> usize {
        self.kernel.dims[1] as usize
    }

    /// The kernel as floats; codes are expanded.
    pub(super) fn floats(&self) -> Vec<f32> {
        let mut kernel = values(self.kernel);
        if let Some(scale) = self.scale {
            let scales = values(scale);
            let zeros = self.zero_point.map_or_else(|| vec![0.0; scales.len()], values);
            dequantise(&mut kernel, &scales, &zeros);
        }
        kernel
    }

    /// The codes with a zero point of 0, and a scale for every output channel. Returns `None` where the file has
    /// floats, or where codes exceed 8 bits once their zero point is subtracted.
    fn codes(&self) -> Option<(Cow<'_, [i8]>, Vec<f32>)> {
        let outputs = self.outputs();
        let by_channel = |values: Vec<f32>| match *values.as_slice() {
            [value] => vec![value; outputs],
            _ => values,
        };
        let scales = by_channel(values(self.scale?));
        let raw = &self.kernel.raw_data;
        let is_signed = self.kernel.data_type == DataType::Int8 as i32;
        if is_signed && self.zero_point.is_none() && !raw.is_empty() {
            return Some((Cow::Borrowed(bytemuck::cast_slice(raw)), scales));
        }
        let zeros = by_channel(self.zero_point.map_or_else(|| vec![0.0], values));
        let kernel = values(self.kernel);
        let channels = kernel.chunks_exact(kernel.len() / outputs).zip(zeros);
        let shifted = channels.flat_map(|(codes, zero)| codes.iter().map(move |code| code - zero));
        let is_8_bit = |code: f32| (code as i8 as f32 == code).then_some(code as i8);
        Some((shifted.map(is_8_bit).collect::<Option<Vec<_>>>()?.into(), scales))
    }
}

/// Expands codes with one scale and one zero point for every output channel (the kernel's first axis), or one for all.
pub(super) fn dequantise(kernel: &mut [f32], scales: &[f32], zeros: &[f32]) {
    let channels = kernel.chunks_exact_mut(kernel.len() / scales.len());
    for ((channel, scale), zero) in channels.zip(scales).zip(zeros) {
        channel.iter_mut().for_each(|value| *value = (*value - zero) * scale);
    }
}

/// The values of a checked float or 8-bit tensor, as floats.
pub(super) fn values(tensor: &TensorProto) -> Vec<f32> {
    match tensor::stored(tensor) {
        Ok(Stored::Floats(floats)) => floats.to_vec(),
        Ok(Stored::Integers(codes)) => codes.iter().map(|&code| code as f32).collect(),
        Ok(Stored::Raw(raw)) => match DataType::try_from(tensor.data_type) {
            Ok(DataType::Int8) => raw.iter().map(|&code| f32::from(code as i8)).collect(),
            Ok(DataType::Uint8) => raw.iter().map(|&code| f32::from(code)).collect(),
            _ => raw.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
        },
        Ok(Stored::Doubles(_)) | Err(_) => unreachable!("the tensor has been checked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer_of<'a>(tensors: &'a [TensorProto; 4]) -> StoredLayer<'a> {
        let [kernel, scale, zero, bias] = tensors;
        let (scale, zero_point) = (Some(scale), Some(zero));
        StoredLayer { name: "layer".into(), kernel, scale, zero_point, bias }
    }

    /// One kernel of the unsigned codes 100..109, with the scale 0.5 and a zero point.
    fn tensors(zero: u8) -> [TensorProto; 4] {
        let floats = |values: &[f32]| TensorProto {
            data_type: DataType::Float as i32,
            dims: vec![1],
            float_data: values.to_vec(),
            ..TensorProto::default()
        };
        let codes = |dims: &[i64], raw_data: Vec<u8>| TensorProto {
            data_type: DataType::Uint8 as i32,
            dims: dims.to_vec(),
            raw_data,
            ..TensorProto::default()
        };
        let kernel = codes(&[1, 1, 3, 3], (100..109).collect());
        [kernel, floats(&[0.5]), codes(&[1], vec![zero]), floats(&[2.0])]
    }

    #[test]
    fn unsigned_codes_become_signed_where_their_zero_allows_it() {
        let stored = tensors(104);
        let layer = layer_of(&stored);
        let Values::Codes(codes, scales) = layer.weights().kernel else { panic!("floats") };
        assert_eq!((codes.into_owned(), scales), ((-4..=4).collect(), vec![0.5]));
    }

    #[test]
    fn codes_too_far_from_their_zero_become_floats() {
        let mut stored = tensors(0);
        stored[0].raw_data[8] = 255;
        let layer = layer_of(&stored);
        let Values::Floats(floats) = layer.weights().kernel else { panic!("codes") };
        assert_eq!((floats[0], floats[8]), (50.0, 127.5));
    }
}
