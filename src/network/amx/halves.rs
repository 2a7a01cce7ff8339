//! Memory for numbers of 16 bits.

use half::bf16;

/// The halves of a cache line.
const LINE: usize = 32;

/// Halves that begin at a cache line, so that a row of a tile is one line. The memory grows but is not freed.
#[derive(Default)]
pub(super) struct Halves(Vec<bf16>);

impl Halves {
    /// Halves with these values.
    pub(super) fn of(values: &[bf16]) -> Halves {
        let mut halves = Halves::default();
        halves.values_mut(values.len()).copy_from_slice(values);
        halves
    }

    /// All values; there may be more than were asked for.
    pub(super) fn values(&self) -> &[bf16] {
        &self.0[self.first()..]
    }

    /// `length` halves, which still hold old values.
    pub(super) fn values_mut(&mut self, length: usize) -> &mut [bf16] {
        if self.0.len() < length + LINE {
            self.0 = vec![bf16::ZERO; length + LINE];
        }
        let first = self.first();
        &mut self.0[first..first + length]
    }

    fn first(&self) -> usize {
        self.0.as_ptr().align_offset(LINE * size_of::<bf16>()).min(self.0.len())
    }
}
