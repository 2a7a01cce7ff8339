//! The network as tract's graph: its checked layers, each an operator of ours.

use std::fmt;

use tract_onnx::tract_hir::internal::*;

use super::convolution::{Convolution, FirstConvolution, Kernel, Pool, Region};
use super::topology::{BLOCKS, Topology};

/// A cache line, in bytes.
const ALIGNMENT: usize = 64;

/// A convolution, or the first two, with bias, ReLU and the pooling that follows, if one does.
#[derive(Clone)]
pub(super) struct Layer(Arc<Parts>);

struct Parts {
    name: String,
    convolution: Convolution,
    /// Memory shared by all layers.
    pool: Arc<Pool>,
}

/// The graph of the layers, from the planes `[3, height, width] f32` to the blocks of the last map,
/// `[blocks, height, width, lanes] f32`.
pub(super) fn plan(
    layers: &[Layer],
    [height, width]: [usize; 2],
) -> TractResult<Arc<TypedRunnableModel>> {
    let mut model = TypedModel::default();
    let mut value = model.add_source("pixels", f32::fact([3, height, width]))?;
    for layer in layers {
        value = model.wire_node(layer.0.name.clone(), layer.clone(), &[value])?[0];
    }
    model.select_output_outlets(&[value])?;
    model.into_runnable()
}

/// The layers in order, their weights laid out for the kernel; the first two convolutions are one.
pub(super) fn layers(topology: &Topology<'_>, kernel: &'static Kernel) -> Vec<Layer> {
    let pool = Arc::new(Pool::default());
    let mut size = topology.input_size;
    let closes_block =
        BLOCKS.iter().flat_map(|&count| (1..=count).map(move |convolution| convolution == count));
    let mut first = None;
    let mut layers = Vec::with_capacity(topology.layers.len() - 1);
    for (at, (stored, pooled)) in topology.layers.iter().zip(closes_block).enumerate() {
        let (weights, name) = (stored.weights(), stored.name.clone());
        if at == 0 {
            first = Some((name, FirstConvolution::new(kernel, weights, size)));
            continue;
        }
        let convolution = Convolution::new(kernel, weights, size, pooled);
        let (name, convolution) = match first.take() {
            None => (name, convolution),
            Some((before, first)) => (format!("{before}, {name}"), convolution.after(first)),
        };
        layers.push(Layer(Arc::new(Parts { name, convolution, pool: pool.clone() })));
        if pooled {
            size = size.map(|side| side / 2);
        }
    }
    layers
}

impl Layer {
    /// Keras's name, such as `block2_conv1`, or two of them.
    #[cfg(feature = "native")]
    pub(super) fn title(&self) -> &str {
        &self.0.name
    }

    /// What the definition multiplies.
    #[cfg(feature = "native")]
    pub(super) fn multiplications(&self) -> usize {
        self.0.convolution.multiplications()
    }

    /// `[blocks, height, width, lanes]` of its output.
    pub(super) fn output_shape(&self) -> [usize; 4] {
        self.0.convolution.output_shape()
    }

    /// Computes a region of its output.
    pub(super) fn run(&self, map: &[f32], output: &mut [f32], region: &Region) {
        self.0.convolution.run(&self.0.pool, map, output, region);
    }

    /// What one of several workers computes of the output.
    pub(super) fn share(&self, worker: usize, workers: usize) -> Region {
        self.0.convolution.share(worker, workers)
    }

    /// What it reads of the input to compute such a region.
    pub(super) fn needs(&self, region: &Region) -> Region {
        self.0.convolution.needs(region)
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.name)
    }
}

impl PartialEq for Layer {
    fn eq(&self, other: &Layer) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Layer {}

impl Op for Layer {
    fn name(&self) -> StaticName {
        "Convolution".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Layer {
    op_out_of_plan!();

    fn eval(&self, _context: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut output = Tensor::zero_aligned::<f32>(&self.output_shape(), ALIGNMENT)?;
        let mut places = output.try_as_plain_ram_mut()?;
        let whole = Region::whole(self.output_shape());
        self.run(inputs[0].view().as_slice()?, places.as_slice_mut()?, &whole);
        Ok(tvec!(output.into()))
    }
}

impl TypedOp for Layer {
    as_op!();

    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.output_shape())))
    }
}
