//! Lamps, candles and crates.

use fastrand::Rng;

use crate::commands::demo::finish::{self, Finish};
use crate::commands::demo::math::{between, chance, pick, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::profile_spline;
use crate::commands::demo::solids::{
    ball, bent_tube, bevelled, block, cylinder, frustum, lathe, lathe_ring,
};

/// A lamp with a fabric shade that glows, for a table or for the floor.
pub(super) fn lamp(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let tall = chance(rng, 0.3);
    let foot = match rng.u8(..3) {
        0 => finish::ceramic(rng),
        1 => finish::fine_metal(rng),
        _ => finish::wood(rng),
    };
    let stand = model.finish(&foot);
    let stem = if tall { between(rng, 1.0, 1.3) } else { between(rng, 0.34, 0.5) };
    let body = between(rng, 0.07, 0.14);
    if tall {
        model.add(stand, frustum(0.17, 0.05, 0.05));
        model.add(stand, cylinder(0.018, stem));
    } else {
        let half = 0.5 * stem;
        let waist = between(rng, 0.02, 0.06);
        let points = [
            (0.0, 0.0),
            (0.11, 0.0),
            (0.10, 0.03),
            (waist, 0.07),
            (body, half),
            (0.02, stem),
            (0.0, stem),
        ];
        model.add(stand, lathe(&profile_spline(&points[1..6], 6), 28));
    }
    let colour = pick(rng, &[0xe8cf9e, 0xefe0c4, 0xdca860, 0xc8683e, 0x6fa898, 0xb04a3c, 0x7a6aa8]);
    let cloth = finish::tone(colour, 0.9).glowing(srgb(colour) * between(rng, 0.12, 0.35));
    let shade = model.material(cloth);
    let (low, high) = (between(rng, 0.20, 0.27), between(rng, 0.10, 0.20));
    let height = between(rng, 0.22, 0.3);
    model.add(shade, hollow(low, high, height).at(0.0, stem, 0.0));
    let bulb = model.material(finish::tone(0xffffff, 0.4).glowing(srgb(0xffe2a8) * 2.2));
    model.add(bulb, ball(0.055).at(0.0, stem + 0.1, 0.0));
    model.add(stand, cylinder(0.012, height * 0.95).at(0.0, stem - 0.01, 0.0));
    let kind = if tall { "floor lamp" } else { "table lamp" };
    model.named(&format!("{} {kind} with a glowing shade", foot.word))
}

/// Makes a conical shade, open above and below.
fn hollow(low: f32, high: f32, height: f32) -> Mesh {
    let wall = 0.008;
    let profile = [(low, 0.0), (high, height), (high - wall, height), (low - wall, 0.0)];
    lathe_ring(&profile, 32)
}

/// A candlestick with one candle, or three on arms.
pub(super) fn candle_holder(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.8);
    let metal: Finish = finish::fine_metal(rng);
    let stick = model.finish(&metal);
    let height = between(rng, 0.3, 0.5);
    let knob = between(rng, 0.03, 0.05);
    let points = [
        (0.13, 0.0),
        (0.12, 0.02),
        (0.03, 0.06),
        (0.018, 0.3 * height),
        (knob, 0.5 * height),
        (0.016, 0.7 * height),
        (0.03, height),
    ];
    model.add(stick, lathe(&profile_spline(&points, 5), 24));
    let wax =
        model.material(finish::tone(pick(rng, &[0xf4ecd8, 0xb8352f, 0xe9dcb8, 0x35507a]), 0.6));
    let length = between(rng, 0.12, 0.3);
    let three = chance(rng, 0.55);
    candle(&mut model, [stick, wax], [0.0, height + 0.04 * f32::from(three), length]);
    if three {
        for side in [-1.0_f32, 1.0] {
            let arm = [
                vec3(0.0, 0.55 * height, 0.0),
                vec3(side * 0.09, 0.50 * height, 0.0),
                vec3(side * 0.17, 0.62 * height, 0.0),
                vec3(side * 0.18, 0.82 * height, 0.0),
            ];
            model.add(stick, bent_tube(&arm, &[0.013]));
            candle(&mut model, [stick, wax], [side * 0.18, 0.82 * height, length]);
        }
        return model.named(&format!("{} candelabra for three candles", metal.word));
    }
    model.named(&format!("{} candle holder with a lit candle", metal.word))
}

/// Adds a drip pan, and a candle of the given length with its flame, at (x, y).
fn candle(model: &mut Builder, [stick, wax]: [Paint; 2], [x, y, length]: [f32; 3]) {
    model.add(stick, frustum(0.03, 0.06, 0.025).at(x, y, 0.0));
    model.add(wax, cylinder(0.027, length).at(x, y + 0.02, 0.0));
    let flame = model.material(finish::tone(0xffc860, 0.9).glowing(srgb(0xffa030) * 3.0));
    let points = [(0.004, 0.0), (0.017, 0.022), (0.012, 0.05), (0.0, 0.09)];
    let part = lathe(&profile_spline(&points, 4), 12);
    model.add(flame, part.at(x, y + length + 0.025, 0.0));
}

/// A crate of boards with a frame, and braces across its sides.
pub(super) fn crate_box(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let mut boards = finish::wood(rng);
    let worn = chance(rng, 0.35);
    if worn {
        boards.material.base = boards.material.base * 0.6;
    }
    let side = model.finish(&boards);
    let mut trim = boards.material;
    trim.base = trim.base * between(rng, 0.62, 0.9);
    let trim = model.material(trim);
    let dark = model.material(finish::tone(0x17110c, 1.0));
    let size = [between(rng, 0.8, 1.2), between(rng, 0.6, 1.0), between(rng, 0.75, 1.0)];
    let [width, height, depth] = size;
    model.add(dark, block(width - 0.06, height - 0.06, depth - 0.06).at(0.0, 0.03, 0.0));
    let count = rng.usize(4..7);
    for [across, up, out, turn_x, turn_y] in [
        [width, height, depth, 0.0, 0.0],
        [width, height, depth, 0.0, 180.0],
        [depth, height, width, 0.0, 90.0],
        [depth, height, width, 0.0, -90.0],
        [width, depth, height, -90.0, 0.0],
    ] {
        let panel = boarded(across, up, count).at(0.0, -0.5 * up, 0.5 * out - 0.02);
        model.add(side, panel.turn_x(turn_x).turn_y(turn_y).at(0.0, 0.5 * height, 0.0));
    }
    crate_frame(&mut model, trim, size);
    let braced = chance(rng, 0.65);
    if braced {
        crate_braces(&mut model, trim, size);
    }
    let age = if worn { "old " } else { "" };
    let brace = if braced { " with braces" } else { "" };
    model.named(&format!("{age}{} shipping crate{brace}", boards.word))
}

/// Makes a wall of upright boards side by side, each with a different grain.
fn boarded(width: f32, height: f32, count: usize) -> Mesh {
    let each = width / count as f32;
    let mut wall = Mesh::default();
    for index in 0..count {
        let x = (index as f32 + 0.5) * each - 0.5 * width;
        let mut board = bevelled(each - 0.008, height, 0.03, 0.006);
        for rest in &mut board.rest {
            rest.z += 1.7 * index as f32;
        }
        wall.merge(board.at(x, 0.0, 0.0));
    }
    wall
}

/// Adds beams along all twelve edges.
fn crate_frame(model: &mut Builder, trim: Paint, [width, height, depth]: [f32; 3]) {
    let beam = 0.1;
    let (x, z) = (0.5 * width - 0.02, 0.5 * depth - 0.02);
    for (sx, sz) in [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)] {
        let post = block(beam, height + 0.04, beam);
        model.add(trim, post.at(sx * x, -0.02, sz * z));
    }
    for y in [-0.02, height - beam + 0.02] {
        for side in [-1.0, 1.0] {
            let long = block(width + 0.02, beam, beam);
            model.add(trim, long.at(0.0, y, side * (z + 0.005)));
            let short = block(beam, beam, depth + 0.02);
            model.add(trim, short.at(side * (x + 0.005), y, 0.0));
        }
    }
}

/// Adds a diagonal board on each of the four sides.
fn crate_braces(model: &mut Builder, trim: Paint, [width, height, depth]: [f32; 3]) {
    for (across, out, turn) in
        [(width, depth, 0.0), (width, depth, 180.0), (depth, width, 90.0), (depth, width, -90.0)]
    {
        let (run, rise) = (across - 0.16, height - 0.16);
        let length = (run * run + rise * rise).sqrt();
        let angle = libm::atan2f(run, rise).to_degrees();
        let brace = block(0.1, length, 0.04).at(0.0, -0.5 * length, 0.5 * out + 0.005);
        let brace = brace.turn_z(angle).turn_y(turn);
        model.add(trim, brace.at(0.0, 0.5 * height, 0.0));
    }
}
