//! Memory that is reused for the next image.

use std::sync::{Mutex, PoisonError};

/// The floats of a cache line, the alignment of the widest vectors.
const LINE: usize = 16;

/// Floats that begin at a cache line. The memory grows but is not freed.
#[derive(Default)]
pub(in super::super) struct Buffer(Vec<f32>);

impl Buffer {
    /// `length` floats, which still hold old values.
    pub(in super::super) fn floats(&mut self, length: usize) -> &mut [f32] {
        if self.0.len() < length + LINE {
            // Freed before the new allocation, because the memory of wasm never shrinks.
            self.0 = Vec::new();
            self.0 = vec![0.0; length + LINE];
        }
        let first = self.0.as_ptr().align_offset(LINE * size_of::<f32>());
        &mut self.0[first..first + length]
    }
}

/// The memory that one thread needs for one convolution.
#[derive(Default)]
pub(super) struct Workspace {
    pub(super) patch: Buffer,
    /// Transformed values or transformed weights; no task needs both.
    pub(super) transformed: Buffer,
    pub(super) products: Buffer,
}

/// Free workspaces, at most as many as have been in use at the same time.
#[derive(Default)]
pub(in super::super) struct Pool(Mutex<Vec<Workspace>>);

impl Pool {
    pub(super) fn take(&self) -> Workspace {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(super) fn give(&self, workspace: Workspace) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
    }
}
