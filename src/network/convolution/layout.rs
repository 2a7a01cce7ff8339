//! Sizes and strides of the data that the files of this folder share.

/// The side of a tile's output.
pub(super) const TILE: usize = 7;

/// The side of a tile's input, and the number of points: two for each of `winograd::POINTS`, and infinity.
pub(super) const PATCH: usize = TILE + 2;

/// The number of a tile's values in the transformed domain.
pub(super) const COEFFICIENTS: usize = PATCH * PATCH;

/// The number of pairs of rows of coefficients: one for each of `winograd::POINTS`, and the single row of infinity.
pub(super) const PAIRS: usize = 5;

/// The side of a quad, in positions.
pub(super) const QUAD: usize = 2 * TILE;

/// The number of tiles in a quad.
pub(super) const TILES: usize = 4;

/// The most lanes of any kernel.
pub(super) const WIDEST: usize = 16;

/// One block of a map's channels, `[height, width, lanes]`.
#[derive(Clone, Copy)]
pub(super) struct Plane {
    pub(super) values: *const f32,
    pub(super) height: usize,
    pub(super) width: usize,
    /// The width of the border that is stored around it, in positions.
    pub(super) border: usize,
}

/// The place for a quad's outputs of one block of channels.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// The first output.
    pub(super) values: *mut f32,
    /// The stride between rows in floats.
    pub(super) row: usize,
    /// The part of the quad that lies in the map, before pooling; up to [`QUAD`] on each side.
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) pooled: bool,
}

/// The number of neighbouring channels in a transformed quad. It is a constant so that the innermost loop of the
/// product reads its four tiles through one pointer.
pub(super) const GROUP: usize = 32;

/// The strides in floats of the transformed inputs of quads: `[group of channels][band][quad][coefficient of the
/// band][tile][channel of the group]`. In this order a product reads consecutive floats.
#[derive(Clone, Copy)]
pub(super) struct InputStrides {
    pub(super) coefficient: usize,
    pub(super) quad: usize,
    pub(super) band: usize,
    pub(super) group: usize,
}

impl InputStrides {
    /// The number of floats of some channels.
    pub(super) fn total(&self, channels: usize) -> usize {
        channels.div_ceil(GROUP) * self.group
    }
}

/// The strides in floats of the transformed kernels of a panel: `[coefficient][input][output]`.
#[derive(Clone, Copy)]
pub(super) struct WeightStrides {
    pub(super) input: usize,
    pub(super) coefficient: usize,
}

// The data that is processed at a time, in floats. It fits into a core's own cache.

/// Values of a row of quads. Where there are more weights, more values are taken, because all weights pass through the
/// cache each time.
pub(super) const ROW: usize = 3 << 15;

/// Transformed weights of a part.
pub(super) const PART: usize = 1 << 16;

/// Products of some panels.
pub(super) const PRODUCTS: usize = 3 << 16;

/// Output channels whose panels read a part of the values one after another.
pub(super) const TOGETHER: usize = 64;
