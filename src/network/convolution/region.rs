//! Parts of a map: what one of several workers computes, and what it must have for that.

use std::ops::Range;

use super::Convolution;
use super::layout::{QUAD, TILES};

/// Some blocks of channels and rows of a map `[blocks, height, width, lanes]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Region {
    pub(in super::super) blocks: Range<usize>,
    pub(in super::super) rows: Range<usize>,
}

impl Region {
    pub(in super::super) fn whole([blocks, height, ..]: [usize; 4]) -> Region {
        Region { blocks: 0..blocks, rows: 0..height }
    }

    pub(in super::super) fn empty() -> Region {
        Region { blocks: 0..0, rows: 0..0 }
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.blocks.is_empty() || self.rows.is_empty()
    }

    pub(in super::super) fn contains(&self, other: &Region) -> bool {
        self.and(other) == *other
    }

    /// What both have.
    pub(in super::super) fn and(&self, other: &Region) -> Region {
        let both = |a: &Range<usize>, b: &Range<usize>| a.start.max(b.start)..a.end.min(b.end);
        let both = Region {
            blocks: both(&self.blocks, &other.blocks),
            rows: both(&self.rows, &other.rows),
        };
        if both.is_empty() { Region::empty() } else { both }
    }

    /// All blocks of the rows that its own are computed from: `step` for each, and `border` on each side.
    fn around(&self, step: usize, border: usize, [blocks, height, ..]: [usize; 4]) -> Region {
        if self.is_empty() {
            return Region::empty();
        }
        let (first, end) = (self.rows.start * step, self.rows.end * step);
        Region { blocks: 0..blocks, rows: first.saturating_sub(border)..height.min(end + border) }
    }

    /// Where its floats lie in a map of the shape, as few runs as there are.
    pub(in super::super) fn runs(
        &self,
        [_, height, width, lanes]: [usize; 4],
    ) -> Vec<Range<usize>> {
        let (row, plane) = (width * lanes, height * width * lanes);
        if self.rows == (0..height) {
            let all = self.blocks.start * plane..self.blocks.end * plane;
            return vec![all];
        }
        let run =
            |block| block * plane + self.rows.start * row..block * plane + self.rows.end * row;
        self.blocks.clone().map(run).collect()
    }
}

impl Convolution {
    /// What the `partition`-th of `partitions` workers computes of the output: rows of quads where the
    /// weights are few, so that little is exchanged; panels of output channels where they are many,
    /// so that each worker transforms its own weights only, or where rows do not divide well.
    ///
    /// Of rows each worker transforms all weights, a kernel for each output channel; of panels all
    /// tiles of the map.
    pub(in super::super) fn partition(&self, partition: usize, partitions: usize) -> Region {
        let mut region = Region::whole(self.output_shape());
        let part =
            |count: usize| count * partition / partitions..count * (partition + 1) / partitions;
        let [rows, columns] = self.quads();
        let is_even = 4 * rows.div_ceil(partitions) * partitions <= 5 * rows;
        let are_weights_few = self.weights.outputs <= rows * columns * TILES;
        let (range, step) = if are_weights_few && is_even {
            (&mut region.rows, self.side())
        } else {
            (&mut region.blocks, self.kernel.panel)
        };
        let units = part(range.end.div_ceil(step));
        *range = units.start * step..range.end.min(units.end * step);
        region
    }

    /// What it reads of the input to compute a region that [`Convolution::partition`] gave.
    pub(in super::super) fn needs(&self, region: &Region) -> Region {
        let convolutions = 1 + usize::from(self.first.is_some());
        region.around(QUAD / self.side(), convolutions, self.input_shape())
    }

    /// The rows of quads that make a region.
    pub(super) fn quad_rows(&self, region: &Region) -> Range<usize> {
        region.rows.start / self.side()..region.rows.end.div_ceil(self.side())
    }

    /// Rows of the output that a row of quads makes.
    pub(super) fn side(&self) -> usize {
        if self.pooled { QUAD / 2 } else { QUAD }
    }
}
