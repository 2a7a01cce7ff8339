//! How much is worked on at a time, and where it lies: sizes and strides that all files beside this one share.

/// A tile's outputs on a side.
pub(super) const TILE: usize = 7;

/// A tile's inputs on a side, and its points: `winograd::POINTS` twice and infinity.
pub(super) const PATCH: usize = TILE + 2;

/// The values in the transformed domain.
pub(super) const COEFFICIENTS: usize = PATCH * PATCH;

/// Pairs of rows of values: two of each of `winograd::POINTS`, and that of infinity alone.
pub(super) const PAIRS: usize = 5;

/// A quad's places on a side.
pub(super) const QUAD: usize = 2 * TILE;

/// A quad's tiles.
pub(super) const TILES: usize = 4;

/// The widest lanes of any kernel.
pub(super) const WIDEST: usize = 16;

/// One block of a map's channels, `[height, width, lanes]`.
#[derive(Clone, Copy)]
pub(super) struct Plane {
    pub(super) values: *const f32,
    pub(super) height: usize,
    pub(super) width: usize,
    /// Places around it that are there too.
    pub(super) border: usize,
}

/// Where a quad's outputs of one block of channels go.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// The first place.
    pub(super) values: *mut f32,
    /// Floats between rows.
    pub(super) row: usize,
    /// Places that exist before pooling, up to [`QUAD`] each way.
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) pooled: bool,
}

/// Channels that lie together in a transformed quad. A constant, so that the product's innermost loop
/// reads its four tiles through one pointer.
pub(super) const GROUP: usize = 32;

/// Where the transformed inputs of quads lie, in floats:
/// `[group of channels][band][quad][coefficient of the band][tile][channel of the group]`, so that what
/// a product reads together lies together.
#[derive(Clone, Copy)]
pub(super) struct InputStrides {
    pub(super) coefficient: usize,
    pub(super) quad: usize,
    pub(super) band: usize,
    pub(super) group: usize,
}

impl InputStrides {
    /// Floats of so many channels.
    pub(super) fn total(&self, channels: usize) -> usize {
        channels.div_ceil(GROUP) * self.group
    }
}

/// Where the transformed kernels of a panel lie, in floats: `[coefficient][input][output]`.
#[derive(Clone, Copy)]
pub(super) struct WeightStrides {
    pub(super) input: usize,
    pub(super) coefficient: usize,
}

// How much is worked on at a time, in floats, so that a core's own cache keeps it.

/// Values of a row of quads; more where there are more weights, which all go through the cache for them.
pub(super) const ROW: usize = 3 << 15;

/// Transformed weights of a part.
pub(super) const PART: usize = 1 << 16;

/// Products of some panels.
pub(super) const PRODUCTS: usize = 3 << 16;

/// Output channels whose panels take a part of the values one after another.
pub(super) const TOGETHER: usize = 64;
