//! Memory that is used again from image to image.

use std::sync::{Mutex, PoisonError};

/// A cache line's floats: what the widest vectors are aligned to.
const LINE: usize = 16;

/// Floats that begin at a cache line and are never given back.
#[derive(Default)]
pub(in super::super) struct Buffer(Vec<f32>);

impl Buffer {
    /// `length` floats with whatever they held before.
    pub(in super::super) fn floats(&mut self, length: usize) -> &mut [f32] {
        if self.0.len() < length + LINE {
            // Given back first, as a page's memory never shrinks.
            self.0 = Vec::new();
            self.0 = vec![0.0; length + LINE];
        }
        let first = self.0.as_ptr().align_offset(LINE * size_of::<f32>());
        &mut self.0[first..first + length]
    }
}

/// What one thread needs for one convolution.
#[derive(Default)]
pub(super) struct Workspace {
    pub(super) patch: Buffer,
    /// Values or weights: nobody needs both.
    pub(super) transformed: Buffer,
    pub(super) products: Buffer,
}

/// Workspaces that wait for the next convolution; as many as ever ran at once.
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
