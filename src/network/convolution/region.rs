//! Parts of a map: the region that one of several workers computes, and the region that it needs as input.

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

    /// The intersection of two regions.
    pub(in super::super) fn and(&self, other: &Region) -> Region {
        let both = |a: &Range<usize>, b: &Range<usize>| a.start.max(b.start)..a.end.min(b.end);
        let both = Region {
            blocks: both(&self.blocks, &other.blocks),
            rows: both(&self.rows, &other.rows),
        };
        if both.is_empty() { Region::empty() } else { both }
    }

    /// All blocks of the input rows that this region is computed from: `step` rows for each row, and `border` more on
    /// each side.
    fn around(&self, step: usize, border: usize, [blocks, height, ..]: [usize; 4]) -> Region {
        if self.is_empty() {
            return Region::empty();
        }
        let (first, end) = (self.rows.start * step, self.rows.end * step);
        Region { blocks: 0..blocks, rows: first.saturating_sub(border)..height.min(end + border) }
    }

    /// The ranges of the region's floats in a map of the shape, as few as possible.
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
    /// The region of the output that the `partition`-th of `partitions` workers computes.
    ///
    /// Where weights are few, it is some rows of quads, so that little is exchanged. Where weights are many, or where
    /// the rows do not divide evenly, it is some panels of output channels, so that each worker transforms only its own
    /// weights. With rows, each worker transforms all weights (a kernel for each output channel); with panels, all
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

    /// The region of the input that is needed to compute a region from [`Convolution::partition`].
    pub(in super::super) fn needs(&self, region: &Region) -> Region {
        let convolutions = 1 + usize::from(self.first.is_some());
        region.around(QUAD / self.side(), convolutions, self.input_shape())
    }

    /// The rows of quads that compute a region.
    pub(super) fn quad_rows(&self, region: &Region) -> Range<usize> {
        region.rows.start / self.side()..region.rows.end.div_ceil(self.side())
    }

    /// The number of rows of the output that a row of quads computes.
    pub(super) fn side(&self) -> usize {
        if self.pooled { QUAD / 2 } else { QUAD }
    }
}
