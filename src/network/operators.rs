//! The four ONNX operators of a truncated VGG16 as tract computes them, with which tests compare our convolutions.
//!
//! The geometry is fixed here because [`super::topology`] has checked every attribute.

use tract_onnx::model::OnnxOpRegister;
use tract_onnx::tract_hir::internal::*;
use tract_onnx::tract_hir::ops::activations::Clip;
use tract_onnx::tract_hir::ops::cnn::{Conv, HirMaxPool, PaddingSpec, PoolSpec};
use tract_onnx::tract_hir::ops::nn::DataFormat;

use super::stored::dequantise;

pub(super) fn register() -> OnnxOpRegister {
    let mut register = OnnxOpRegister::default();
    register.insert("Conv", |_, _| Ok((expand(convolution()), vec![])));
    register.insert("Relu", |_, _| Ok((expand(Clip::new(Some(0.0), None)), vec![])));
    register.insert("MaxPool", |_, _| Ok((expand(pooling()), vec![])));
    register.insert("DequantizeLinear", |_, _| Ok((expand(Dequantize), vec![])));
    register
}

/// A convolution of 3x3 with stride 1, a padding of one zero on each side, and a bias.
fn convolution() -> Conv {
    Conv {
        kernel_shape: Some(tvec!(3, 3)),
        padding: PaddingSpec::Explicit(tvec!(1, 1), tvec!(1, 1)),
        bias_input: Some(2),
        ..Conv::default()
    }
}

/// A maximum pooling of 2x2 with stride 2.
fn pooling() -> HirMaxPool {
    let (kernel, strides) = (tvec!(2, 2), Some(tvec!(2, 2)));
    HirMaxPool::new(
        PoolSpec::new(DataFormat::NCHW, kernel, PaddingSpec::Valid, None, strides, 0, 0),
        None,
    )
}

/// `(code - zero point) * scale`, computed once at load.
#[derive(Debug, Clone)]
struct Dequantize;

impl Expansion for Dequantize {
    fn name(&self) -> StaticName {
        "DequantizeLinear".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        solver.equals(&outputs[0].datum_type, f32::datum_type())?;
        solver.equals(&inputs[0].shape, &outputs[0].shape)
    }

    fn wire(
        &self,
        prefix: &str,
        model: &mut TypedModel,
        inputs: &[OutletId],
    ) -> TractResult<TVec<OutletId>> {
        let constant = |at: usize| -> TractResult<Arc<Tensor>> {
            model.outlet_fact(inputs[at])?.konst.clone().context("weights are constants")
        };
        let mut values = constant(0)?.cast_to::<f32>()?.into_owned();
        let scales = constant(1)?.cast_to::<f32>()?.into_owned();
        let zeros = match inputs.len() {
            3 => constant(2)?.cast_to::<f32>()?.into_owned(),
            _ => Tensor::zero::<f32>(scales.shape())?,
        };
        let mut plain = values.try_as_plain_ram_mut()?;
        dequantise(plain.as_slice_mut()?, scales.view().as_slice()?, zeros.view().as_slice()?);
        Ok(tvec!(model.add_const(prefix, values)?))
    }
}
