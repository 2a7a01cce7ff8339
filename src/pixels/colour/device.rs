//! The tables of profiles: a device's channels -> XYZ under D50, the profile connection space.

use moxcms::{
    ColorProfile, DataColorSpace, LutDataType, LutMultidimensionalType, LutStore, LutType,
    LutWarehouse, ToneReprCurve,
};

use super::curve::{Curve, between};

/// The white of D50.
const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];

/// The largest XYZ that an s15Fixed16 number stores.
const LARGEST_XYZ: f64 = 1.0 + 32_767.0 / 32_768.0;

/// A profile's table of perceptual rendering or, where it has none, of colorimetric rendering.
pub(super) struct Device<'a> {
    stages: Stages<'a>,
    is_lab: bool,
}

enum Stages<'a> {
    /// `lut8Type` and `lut16Type` of ICC.1, chapters 10.10 and 10.11.
    Tables(&'a LutDataType),
    /// `lutAToBType`, chapter 10.12.
    Curves {
        table: &'a LutMultidimensionalType,
        a: Vec<Curve<'a>>,
        m: Vec<Curve<'a>>,
        b: Vec<Curve<'a>>,
    },
}

impl<'a> Device<'a> {
    /// Reads the table. Returns `None` where the profile has none for this number of channels, or an incomplete one.
    pub(super) fn read(profile: &'a ColorProfile, channels: usize) -> Option<Device<'a>> {
        let table = profile.lut_a_to_b_perceptual.as_ref();
        let table = table.or(profile.lut_a_to_b_colorimetric.as_ref())?;
        let is_lab = match profile.pcs {
            DataColorSpace::Lab => true,
            DataColorSpace::Xyz => false,
            _ => return None,
        };
        let stages = match table {
            LutWarehouse::Lut(table) => tables(table, channels),
            LutWarehouse::Multidimensional(table) => curves(table, channels),
        }?;
        Some(Device { stages, is_lab })
    }

    /// XYZ of channels of 0..=1.
    pub(super) fn xyz(&self, channels: &[f64]) -> [f64; 3] {
        let (stored, is_old) = match &self.stages {
            Stages::Tables(table) => (of_tables(table, channels), table.lut_type == LutType::Lut16),
            Stages::Curves { table, a, m, b } => (of_curves(table, [a, m, b], channels), false),
        };
        match self.is_lab {
            true => {
                // 16-bit tables of the older type store 100 and 255 as 0xff00.
                let scale = if is_old { 65_535.0 / 65_280.0 } else { 1.0 };
                let [l, a, b] = stored.map(|value| value * scale);
                xyz_of_lab(100.0 * l, 255.0 * a - 128.0, 255.0 * b - 128.0)
            }
            false => stored.map(|value| value * LARGEST_XYZ),
        }
    }
}

fn tables(table: &LutDataType, channels: usize) -> Option<Stages<'_>> {
    let nodes = usize::from(table.num_clut_grid_points);
    let (inputs, outputs) = (table.num_input_table_entries, table.num_output_table_entries);
    let is_whole = table.num_input_channels as usize == channels
        && table.num_output_channels == 3
        && nodes >= 2
        && inputs >= 2
        && outputs >= 2
        && len(&table.input_table) >= usize::from(inputs) * channels
        && len(&table.clut_table) as u64 >= (nodes as u64).pow(channels as u32) * 3
        && len(&table.output_table) >= usize::from(outputs) * 3;
    is_whole.then_some(Stages::Tables(table))
}

fn curves(table: &LutMultidimensionalType, channels: usize) -> Option<Stages<'_>> {
    // In 64 bits, because the product of a hostile profile exceeds the 32 bits of wasm.
    let nodes = table.grid_points[..channels].iter().map(|&nodes| u64::from(nodes));
    let is_table_whole = match &table.clut {
        None => channels == 3,
        Some(clut) => {
            nodes.clone().all(|nodes| nodes >= 2) && len(clut) as u64 >= nodes.product::<u64>() * 3
        }
    };
    let is_whole = table.num_input_channels as usize == channels
        && table.num_output_channels == 3
        && is_table_whole;
    is_whole.then_some(())?;
    let a = none_or_all(&table.a_curves, channels)?;
    let [m, b] = [none_or_all(&table.m_curves, 3)?, none_or_all(&table.b_curves, 3)?];
    Some(Stages::Curves { table, a, m, b })
}

fn none_or_all(curves: &[ToneReprCurve], count: usize) -> Option<Vec<Curve<'_>>> {
    let is_whole = curves.is_empty() || curves.len() == count;
    is_whole.then(|| curves.iter().map(Curve::read).collect())?
}

fn of_tables(table: &LutDataType, channels: &[f64]) -> [f64; 3] {
    let mut at = [0.0; 4];
    let inputs = usize::from(table.num_input_table_entries);
    for (channel, (at, &value)) in at.iter_mut().zip(channels).enumerate() {
        *at =
            between(inputs, value, |entry| value_at(&table.input_table, channel * inputs + entry));
    }
    let nodes = [usize::from(table.num_clut_grid_points); 4];
    let came = interpolated(&table.clut_table, &nodes[..channels.len()], &at);
    let outputs = usize::from(table.num_output_table_entries);
    let output = |channel: usize| {
        let value = |entry| value_at(&table.output_table, channel * outputs + entry);
        between(outputs, came[channel], value)
    };
    std::array::from_fn(output)
}

fn of_curves(
    table: &LutMultidimensionalType,
    [a, m, b]: [&[Curve<'_>]; 3],
    channels: &[f64],
) -> [f64; 3] {
    let mut at = [0.0; 4];
    at[..channels.len()].copy_from_slice(channels);
    curved(a, &mut at);
    if let Some(clut) = &table.clut {
        let nodes: [usize; 4] = std::array::from_fn(|channel| table.grid_points[channel].into());
        let came = interpolated(clut, &nodes[..channels.len()], &at);
        at[..3].copy_from_slice(&came);
    }
    curved(m, &mut at);
    let (matrix, bias) = (&table.matrix.v, &table.bias.v);
    let mut came = std::array::from_fn(|row| {
        let [x, y, z] = matrix[row];
        x * at[0] + y * at[1] + z * at[2] + bias[row]
    });
    curved(b, &mut came);
    came
}

fn curved(curves: &[Curve<'_>], values: &mut [f64]) {
    values.iter_mut().zip(curves).for_each(|(value, curve)| *value = curve.at(*value));
}

/// Interpolates multilinearly in a table `[nodes...][3]`, whose last channel varies fastest.
fn interpolated(table: &LutStore, nodes: &[usize], at: &[f64; 4]) -> [f64; 3] {
    let (mut base, mut stride) = (0, 3);
    let mut ways = [(0, 0.0); 4];
    for (channel, &count) in nodes.iter().enumerate().rev() {
        let place = at[channel].clamp(0.0, 1.0) * (count - 1) as f64;
        let node = (place as usize).min(count - 2);
        base += node * stride;
        ways[channel] = (stride, place - node as f64);
        stride *= count;
    }
    let mut sums = [0.0; 3];
    for corner in 0..1usize << nodes.len() {
        let (mut place, mut weight) = (base, 1.0);
        for (channel, &(step, way)) in ways[..nodes.len()].iter().enumerate() {
            let is_next = corner >> channel & 1 == 1;
            place += if is_next { step } else { 0 };
            weight *= if is_next { way } else { 1.0 - way };
        }
        for (channel, sum) in sums.iter_mut().enumerate() {
            *sum += weight * value_at(table, place + channel);
        }
    }
    sums
}

fn len(table: &LutStore) -> usize {
    match table {
        LutStore::Store8(values) => values.len(),
        LutStore::Store16(values) => values.len(),
    }
}

fn value_at(table: &LutStore, at: usize) -> f64 {
    match table {
        LutStore::Store8(values) => f64::from(values[at]) / 255.0,
        LutStore::Store16(values) => f64::from(values[at]) / 65_535.0,
    }
}

/// CIELAB -> XYZ (the inverse of ISO 11664-4).
fn xyz_of_lab(l: f64, a: f64, b: f64) -> [f64; 3] {
    let y = (l + 16.0) / 116.0;
    let linear = |t: f64| match t > 6.0 / 29.0 {
        true => t * t * t,
        false => (t - 4.0 / 29.0) * 3.0 * (6.0 / 29.0) * (6.0 / 29.0),
    };
    let [x, y, z] = [y + a / 500.0, y, y - b / 200.0].map(linear);
    [x * WHITE[0], y * WHITE[1], z * WHITE[2]]
}
