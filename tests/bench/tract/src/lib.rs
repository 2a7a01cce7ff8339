//! tract without this project's operators: what recasketch would be had it none.

use tract_onnx::prelude::*;

/// A network and the image that it is timed on.
pub struct Engine {
    plan: Arc<TypedRunnableModel>,
    image: Tensor,
}

impl Engine {
    /// An ONNX file, and planes `[3, 224, 224] f32` as little endian bytes.
    pub fn new(network: &[u8], image: &[u8]) -> TractResult<Engine> {
        let shape = [1, 3, 224, 224];
        let values: Vec<f32> =
            image.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        let model = onnx().model_for_read(&mut &*network)?;
        let model = model.with_input_fact(0, f32::fact(shape).into())?;
        Ok(Engine {
            plan: model.into_optimized()?.into_runnable()?,
            image: Tensor::from_shape(&shape, &values)?,
        })
    }

    /// The feature map `[512, 7, 7]`.
    pub fn features(&self) -> TractResult<Vec<f32>> {
        let output = self.plan.run(tvec!(self.image.clone().into()))?;
        Ok(output[0].view().as_slice::<f32>()?.to_vec())
    }
}

/// What a page calls: room for the two files, then `load`, then `run` as often as it likes.
#[cfg(target_arch = "wasm32")]
mod web {
    use std::cell::RefCell;

    use super::Engine;

    thread_local! {
        static FILES: RefCell<[Vec<u8>; 2]> = const { RefCell::new([const { Vec::new() }; 2]) };
        static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
        static FEATURES: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
    }

    unsafe extern "C" {
        /// What registers tract's operators. Called by hand, for otherwise it runs before every call.
        fn __wasm_call_ctors();
    }

    /// Room for the network (0) or the image (1).
    #[unsafe(no_mangle)]
    pub extern "C" fn room(file: usize, length: usize) -> *mut u8 {
        FILES.with_borrow_mut(|files| {
            files[file] = vec![0; length];
            files[file].as_mut_ptr()
        })
    }

    /// Reads both files, and gives them up.
    #[unsafe(no_mangle)]
    pub extern "C" fn load() {
        // SAFETY: the linker's own function; called once, before anything of tract's.
        unsafe { __wasm_call_ctors() };
        let [network, image] = FILES.take();
        ENGINE.set(Some(Engine::new(&network, &image).expect("tract takes the network")));
    }

    /// Embeds the image: 25,088 floats, `[512, 7, 7]`.
    #[unsafe(no_mangle)]
    pub extern "C" fn run() -> *const f32 {
        let features = ENGINE.with_borrow(|engine| engine.as_ref().expect("loaded").features());
        FEATURES.set(features.expect("tract runs the network"));
        FEATURES.with_borrow(Vec::as_ptr)
    }
}
