//! Stored colours -> sRGB by the ICC profile of the file.
//!
//! moxcms reads the profile. Its conversions differ in the last bit between processors. Therefore this module computes
//! integer tables from the profile with IEEE arithmetic and libm's functions, so that one image gives the same bytes
//! natively and in wasm.

mod curve;
mod device;

use std::sync::OnceLock;

use moxcms::{ColorProfile, DataColorSpace, ParsingOptions};

use self::curve::Curve;
use self::device::Device;

/// XYZ -> linear red, green and blue of sRGB. It is the inverse of sRGB's primaries, adapted by Bradford's method to
/// D50, the white of the profile connection space (ICC.1, annex F).
const SRGB_OF_XYZ: [[f64; 3]; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

/// Linear light of 1 in fixed point; the entries of the table that encodes linear light; and 1 in the matrix.
const ONE: i64 = 1 << 16;
const STEPS: i64 = 1 << 14;
const MATRIX_ONE: f64 = (1 << 14) as f64;

/// The largest profile that is read, in bytes. Profiles of printing presses have 2 MB.
const LARGEST: usize = 8 << 20;

/// The channels of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    Rgb,
    Cmyk,
}

/// The conversion of an image's colours to sRGB.
#[derive(Debug)]
pub(super) enum Conversion {
    /// The sRGB level of each level of grey.
    Grey(Box<[u8; 256]>),
    /// The linear light of each channel's levels, and the matrix to linear sRGB.
    Matrix { linear: Box<[[i32; 256]; 3]>, matrix: [[i64; 3]; 3] },
    /// The colours at the nodes of a grid, with interpolation between them.
    Grid(Grid),
}

/// `[nodes; channels]` colours in sRGB, in 1/256 of a level; the last channel varies fastest.
#[derive(Debug)]
pub(super) struct Grid {
    channels: usize,
    nodes: usize,
    colours: Vec<[u16; 3]>,
}

impl Conversion {
    /// Reads a profile. Returns `None` where the colours stay as they are: the profile is sRGB to within a level,
    /// broken, too large, or made for other channels.
    pub(super) fn read(profile: &[u8], channels: Channels) -> Option<Conversion> {
        if !is_sound(profile) {
            return None;
        }
        let limits = ParsingOptions { max_profile_size: LARGEST + 1, ..ParsingOptions::default() };
        let profile = ColorProfile::new_from_slice_with_options(profile, limits).ok()?;
        let conversion = match (channels, profile.color_space) {
            (Channels::Grey, DataColorSpace::Gray) => Conversion::grey(&profile),
            (Channels::Rgb, DataColorSpace::Rgb) => {
                Conversion::grid(&profile, 3).or_else(|| Conversion::matrix(&profile))
            }
            (Channels::Cmyk, DataColorSpace::Cmyk) => Conversion::grid(&profile, 4),
            _ => None,
        }?;
        (channels == Channels::Cmyk || !conversion.changes_nothing()).then_some(conversion)
    }

    fn grey(profile: &ColorProfile) -> Option<Conversion> {
        let curve = Curve::read(profile.gray_trc.as_ref()?)?;
        let level = |level: usize| encoded(fixed(curve.at(level as f64 / 255.0)));
        Some(Conversion::Grey(Box::new(std::array::from_fn(level))))
    }

    fn matrix(profile: &ColorProfile) -> Option<Conversion> {
        let curves = [&profile.red_trc, &profile.green_trc, &profile.blue_trc];
        let mut linear = Box::new([[0; 256]; 3]);
        for (linear, curve) in linear.iter_mut().zip(curves) {
            let curve = Curve::read(curve.as_ref()?)?;
            *linear = std::array::from_fn(|level| fixed(curve.at(level as f64 / 255.0)) as i32);
        }
        let primaries = [profile.red_colorant, profile.green_colorant, profile.blue_colorant]
            .map(|colour| [colour.x, colour.y, colour.z]);
        // A profile without primaries has tables, which could not be read.
        let is_primary = |colour: &[f64; 3]| colour.iter().all(|part| part.abs() <= 4.0);
        if !primaries.iter().all(is_primary)
            || primaries.as_flattened().iter().all(|&part| part == 0.0)
        {
            return None;
        }
        let matrix = SRGB_OF_XYZ.map(|row| {
            primaries.map(|colour| {
                let sum = row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2];
                (sum * MATRIX_ONE).round() as i64
            })
        });
        Some(Conversion::Matrix { linear, matrix })
    }

    fn grid(profile: &ColorProfile, channels: usize) -> Option<Conversion> {
        let device = Device::read(profile, channels)?;
        let nodes: usize = if channels == 4 { 17 } else { 33 };
        let colour = |index: usize| {
            let mut at = [0.0; 4];
            let mut rest = index;
            for place in at[..channels].iter_mut().rev() {
                *place = (rest % nodes) as f64 / (nodes - 1) as f64;
                rest /= nodes;
            }
            linear_of_xyz(device.xyz(&at[..channels]))
                .map(|light| (srgb(light) * 65_280.0).round() as u16)
        };
        let colours = (0..nodes.pow(channels as u32)).map(colour).collect();
        Some(Conversion::Grid(Grid { channels, nodes, colours }))
    }

    /// Converts a pixel to sRGB. The three channels of a grey pixel are equal.
    pub(super) fn rgb(&self, pixel: [u8; 3]) -> [u8; 3] {
        match self {
            Conversion::Grey(levels) => pixel.map(|level| levels[usize::from(level)]),
            Conversion::Matrix { linear, matrix } => {
                let light: [i64; 3] = std::array::from_fn(|channel| {
                    linear[channel][usize::from(pixel[channel])].into()
                });
                matrix.map(|row| {
                    let sum = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
                    encoded(sum >> 14)
                })
            }
            Conversion::Grid(grid) => grid.at(&pixel),
        }
    }

    /// Converts pixels of four inks to sRGB; 255 is the full amount of an ink.
    pub(super) fn inks(&self, inks: &[u8]) -> Vec<u8> {
        let Conversion::Grid(grid) = self else { return Vec::new() };
        inks.as_chunks::<4>().0.iter().flat_map(|pixel| grid.at(pixel)).collect()
    }

    /// Whether no colour of a fine grid changes by more than one level.
    fn changes_nothing(&self) -> bool {
        let levels = || (0..=255u8).step_by(15);
        let mut colours =
            levels().flat_map(|r| levels().flat_map(move |g| levels().map(move |b| [r, g, b])));
        let stays = |colour: [u8; 3]| {
            self.rgb(colour).iter().zip(colour).all(|(came, was)| came.abs_diff(was) <= 1)
        };
        match self {
            Conversion::Grey(_) => (0..=255).all(|level| stays([level; 3])),
            _ => colours.all(stays),
        }
    }
}

impl Grid {
    /// Interpolates multilinearly, in steps of 1/256 between two nodes.
    fn at(&self, pixel: &[u8]) -> [u8; 3] {
        let (mut base, mut stride) = (0, 1);
        // For each channel: the step to the next node, and the fraction of the distance to it.
        let mut ways = [(0, 0u64); 4];
        for (way, &level) in ways[..self.channels].iter_mut().rev().zip(pixel.iter().rev()) {
            let scaled = (usize::from(level) * (self.nodes - 1) * 256 + 127) / 255;
            let node = (scaled / 256).min(self.nodes - 2);
            base += node * stride;
            *way = (stride, (scaled - node * 256) as u64);
            stride *= self.nodes;
        }
        let mut sums = [0u64; 3];
        for corner in 0..1usize << self.channels {
            let (mut place, mut weight) = (base, 1);
            for (channel, &(step, way)) in ways[..self.channels].iter().enumerate() {
                let is_next = corner >> channel & 1 == 1;
                place += if is_next { step } else { 0 };
                weight *= if is_next { way } else { 256 - way };
            }
            let colour = self.colours[place];
            sums.iter_mut().zip(colour).for_each(|(sum, part)| *sum += weight * u64::from(part));
        }
        let shift = 8 * self.channels as u32 + 8;
        sums.map(|sum| ((sum + (1 << (shift - 1))) >> shift) as u8)
    }
}

/// Whether every tag lies within the profile. moxcms does not check this.
fn is_sound(profile: &[u8]) -> bool {
    let word = |at: usize| Some(u32::from_be_bytes(*profile.get(at..)?.first_chunk()?) as usize);
    let is_tag_sound = |tag: usize| {
        let (at, length) = (word(136 + 12 * tag)?, word(140 + 12 * tag)?);
        (at.checked_add(length)? <= profile.len()).then_some(())
    };
    let tags = word(128).filter(|&tags| tags <= 200);
    profile.len() <= LARGEST
        && profile.get(36..40) == Some(b"acsp")
        && tags.is_some_and(|tags| (0..tags).all(|tag| is_tag_sound(tag).is_some()))
}

fn linear_of_xyz(xyz: [f64; 3]) -> [f64; 3] {
    SRGB_OF_XYZ.map(|row| row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2])
}

fn fixed(light: f64) -> i64 {
    (light.clamp(0.0, 1.0) * ONE as f64).round() as i64
}

/// Linear light -> the level of sRGB.
fn encoded(light: i64) -> u8 {
    static LEVELS: OnceLock<Vec<u8>> = OnceLock::new();
    let levels = LEVELS.get_or_init(|| {
        let level = |step: i64| (srgb(step as f64 / STEPS as f64) * 255.0).round() as u8;
        (0..=STEPS).map(level).collect()
    });
    levels[((light.clamp(0, ONE) * STEPS + ONE / 2) / ONE) as usize]
}

/// Linear light -> the value of sRGB (IEC 61966-2-1), both 0..=1.
fn srgb(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    match light <= 0.003_130_8 {
        true => 12.92 * light,
        false => 1.055 * libm::pow(light, 1.0 / 2.4) - 0.055,
    }
}
