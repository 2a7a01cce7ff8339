//! Sizes and strides that the files of this folder share.

/// The positions of a block, and its output channels: two tiles of 16 each way.
pub(super) const BLOCK: usize = 32;

/// The channels of a plane; one product of tiles takes so many input channels.
pub(super) const PLANE: usize = 32;

/// The shape of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// `[height, width]`, without the border.
    pub(super) size: [usize; 2],
    /// The three colours of an image, or whole planes.
    pub(super) channels: usize,
}

impl Shape {
    /// Whether it is an image, whose channels fill no plane.
    pub(super) fn is_image(&self) -> bool {
        self.channels < PLANE
    }

    /// The number of positions from one row to the next.
    pub(super) fn pitch(&self) -> usize {
        self.size[1] + 2
    }

    /// The number of values from one position to the next.
    pub(super) fn stride(&self) -> usize {
        self.channels.min(PLANE)
    }

    /// The number of values from one plane to the next. Blocks of positions may reach behind a plane's last position.
    pub(super) fn plane(&self) -> usize {
        (self.size[0] + 2) * self.pitch() * self.stride()
    }

    /// The number of values that a map is stored in. Blocks of positions, and the last tap of an image, may reach
    /// behind the last plane.
    pub(super) fn length(&self) -> usize {
        self.channels.div_ceil(PLANE) * self.plane() + 2 * BLOCK * PLANE
    }
}

/// The values that the sums of a position read, as distances in values.
pub(super) struct Taps {
    /// Where each tap begins, from the first value of the position on.
    pub(super) offsets: Vec<usize>,
    /// The number of planes.
    pub(super) planes: usize,
    /// The distance between two planes.
    pub(super) plane: usize,
    /// The distance between two positions.
    pub(super) stride: usize,
}

impl Taps {
    /// The number of values that the sums of some blocks of positions read.
    pub(super) fn reach(&self, blocks: usize) -> usize {
        let last = self.offsets.iter().max().map_or(0, |offset| offset + PLANE);
        last + (self.planes - 1) * self.plane + (blocks * BLOCK - 1) * self.stride
    }

    /// The number of weights of a block of outputs.
    pub(super) fn weights(&self) -> usize {
        self.planes * self.offsets.len() * PLANE * BLOCK
    }
}

/// A factor and a summand for each output channel of a block.
#[derive(Clone, Copy)]
pub(super) struct Scaling<'a> {
    pub(super) scales: &'a [f32; BLOCK],
    pub(super) bias: &'a [f32; BLOCK],
}

/// Some rows of sums, `[row][pitch][BLOCK] f32`, and the places of the outputs that they become.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// The numbers of rows, and of positions in a row, that have outputs.
    pub(super) size: [usize; 2],
    /// The number of positions from one row of sums to the next.
    pub(super) pitch: usize,
    /// Whether an output is the largest of 2 x 2 positions.
    pub(super) pooled: bool,
    /// The number of values from one row of outputs to the next.
    pub(super) row: usize,
    /// The number of values from one output to the next.
    pub(super) position: usize,
}
