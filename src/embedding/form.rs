//! The layout of the codes of one row. A scan unpacks 16 codes at once.

/// The bytes of a block.
pub const BLOCK: usize = 16;

/// The widths of codes, in bits, in the order of their blocks.
pub(super) const WIDTHS: [usize; 3] = [8, 4, 2];

/// The layout of a row, and the values of its codes, which are called levels.
///
/// A row consists of blocks of 16 bytes: first those of 8-bit codes, then of 4-bit, then of 2-bit codes. Byte `b` of a
/// block of `w`-bit codes holds `8 / w` codes: code `16 p + b` of the block is in the bits from `p w` on. An 8-bit code
/// is its own level, -127..=127. 4-bit and 2-bit codes are numbers of levels, which are chosen by the distribution of
/// the values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form {
    /// The numbers of blocks of 8-bit, 4-bit and 2-bit codes.
    pub blocks: [usize; 3],
    /// The levels of 4-bit codes, rising.
    pub sixteen: [i8; 16],
    /// The levels of 2-bit codes, rising.
    pub four: [i8; 4],
}

impl Form {
    /// The bytes of a row.
    pub fn bytes(&self) -> usize {
        BLOCK * self.blocks.iter().sum::<usize>()
    }

    /// The number of codes of a row.
    pub fn codes(&self) -> usize {
        self.counts().iter().sum()
    }

    /// The number of codes of each width.
    pub fn counts(&self) -> [usize; 3] {
        [0, 1, 2].map(|at| self.blocks[at] * BLOCK * 8 / WIDTHS[at])
    }

    /// The width of each code of a row, in order.
    pub fn widths(&self) -> impl Iterator<Item = usize> {
        let counts = self.counts();
        WIDTHS.into_iter().zip(counts).flat_map(|(width, count)| std::iter::repeat_n(width, count))
    }

    /// The levels of a row's codes, in order.
    pub fn levels<'a>(&'a self, row: &'a [u8]) -> impl Iterator<Item = i8> + 'a {
        self.places().map(|(byte, shift, width)| match width {
            8 => row[byte] as i8,
            4 => self.sixteen[usize::from(row[byte] >> shift & 15)],
            _ => self.four[usize::from(row[byte] >> shift & 3)],
        })
    }

    /// The row whose levels are nearest to some values, and those levels.
    pub fn pack(&self, values: impl Iterator<Item = f32>) -> (Vec<u8>, Vec<i8>) {
        let mut row = vec![0u8; self.bytes()];
        let mut levels = Vec::with_capacity(self.codes());
        for ((byte, shift, width), value) in self.places().zip(values) {
            let (code, level) = match width {
                8 => {
                    let level = value.round().clamp(-127.0, 127.0) as i8;
                    (level as u8, level)
                }
                4 => nearest(&self.sixteen, value),
                _ => nearest(&self.four, value),
            };
            row[byte] |= code << shift;
            levels.push(level);
        }
        (row, levels)
    }

    /// The place of each code: its byte, its lowest bit and its width.
    fn places(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let widths = WIDTHS
            .into_iter()
            .zip(self.blocks)
            .flat_map(|(w, blocks)| std::iter::repeat_n(w, blocks));
        widths.enumerate().flat_map(|(block, width)| {
            let planes = (0..8 / width).map(move |plane| plane * width);
            planes.flat_map(move |shift| {
                (BLOCK * block..BLOCK * (block + 1)).map(move |byte| (byte, shift, width))
            })
        })
    }
}

/// The number and value of the nearest level; of two equally near levels, the lower one.
fn nearest(levels: &[i8], value: f32) -> (u8, i8) {
    let above = levels
        .windows(2)
        .take_while(|pair| value > (f32::from(pair[0]) + f32::from(pair[1])) / 2.0);
    let at = above.count();
    (at as u8, levels[at])
}
