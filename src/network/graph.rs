//! The network as a graph of tract. Each layer is an operator of this crate.

use std::fmt;

use tract_onnx::tract_hir::internal::*;

#[cfg(feature = "native")]
use super::amx;
use super::convolution::{Convolution, FirstConvolution, Kernel, Pool, Region, Weights};
use super::topology::layer_names;

/// A cache line, in bytes.
const ALIGNMENT: usize = 64;

/// A convolution with its bias, ReLU and any pooling that follows. The first two convolutions are one layer.
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

/// Prepares layers for the kernel, one after another. The first two convolutions become one layer.
pub(super) struct Layers {
    kernel: &'static Kernel,
    /// The worker and the number of workers, where only the weights of one worker are kept.
    worker: Option<[usize; 2]>,
    /// The names of the next convolutions, each with whether a pooling follows it.
    names: std::vec::IntoIter<(String, bool)>,
    /// `[height, width, channels]` of the last layer's output.
    shape: [usize; 3],
    first: Option<(String, FirstConvolution)>,
    pool: Arc<Pool>,
    layers: Vec<Layer>,
    /// The same convolutions in bfloat16, where they are wanted.
    #[cfg(feature = "native")]
    fast: Option<amx::Convolutions>,
}

impl Layers {
    /// Starts without layers, for a network whose input is `[height, width]`.
    pub(super) fn new(
        kernel: &'static Kernel,
        [height, width]: [usize; 2],
        worker: Option<[usize; 2]>,
    ) -> Layers {
        let names = layer_names().collect::<Vec<_>>().into_iter();
        let shape = [height, width, 3];
        let (pool, layers) = (Arc::default(), Vec::new());
        Layers {
            kernel,
            worker,
            names,
            shape,
            first: None,
            pool,
            layers,
            #[cfg(feature = "native")]
            fast: None,
        }
    }

    /// Prepares the convolutions in bfloat16 too.
    #[cfg(feature = "native")]
    pub(super) fn with_fast(self, kernel: &'static amx::Kernel) -> Layers {
        let size = [self.shape[0], self.shape[1]];
        Layers { fast: Some(amx::Convolutions::new(kernel, size)), ..self }
    }

    /// The kernel that the layers are prepared for.
    pub(super) fn kernel(&self) -> &'static Kernel {
        self.kernel
    }

    /// Whether all convolutions have been added.
    pub(super) fn are_whole(&self) -> bool {
        self.names.as_slice().is_empty()
    }

    /// Adds the next convolution.
    pub(super) fn add(&mut self, weights: Weights<'_>) {
        let Some((name, pooled)) = self.names.next() else { return };
        #[cfg(feature = "native")]
        if let Some(fast) = &mut self.fast {
            fast.add(&weights, pooled);
        }
        let ([height, width, _], outputs) = (self.shape, weights.bias.len());
        self.shape[2] = outputs;
        if self.first.is_none() && self.layers.is_empty() {
            let first = FirstConvolution::new(self.kernel, weights, [height, width]);
            self.first = Some((name, first));
            return;
        }
        let convolution = Convolution::new(self.kernel, weights, [height, width], pooled);
        let (name, convolution) = match self.first.take() {
            None => (name, convolution),
            Some((before, first)) => (format!("{before}, {name}"), convolution.after(first)),
        };
        let convolution = match self.worker {
            None => convolution,
            Some([worker, workers]) => convolution.of_worker(worker, workers),
        };
        self.layers.push(Layer(Arc::new(Parts { name, convolution, pool: self.pool.clone() })));
        if pooled {
            self.shape = [height / 2, width / 2, outputs];
        }
    }

    /// The same layers, and apart from them the convolutions in bfloat16.
    #[cfg(feature = "native")]
    pub(super) fn without_fast(self) -> (Layers, Option<amx::Convolutions>) {
        (Layers { fast: None, ..self }, self.fast)
    }

    /// The layers in order, and the shape `[height, width, channels]` of the last one's output.
    pub(super) fn finish(self) -> (Vec<Layer>, [usize; 3]) {
        (self.layers, self.shape)
    }
}

impl Layer {
    /// Keras's name, such as `block2_conv1`, or two names for the first layer.
    #[cfg(feature = "native")]
    pub(super) fn title(&self) -> &str {
        &self.0.name
    }

    /// The number of multiplications by the definition of a convolution.
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

    /// The region of the output that one of several workers computes.
    pub(super) fn partition(&self, worker: usize, workers: usize) -> Region {
        self.0.convolution.partition(worker, workers)
    }

    /// The region of the input that is needed to compute a region of the output.
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
