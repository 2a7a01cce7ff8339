//! Chairs, stools and sofas.

use fastrand::Rng;

use crate::commands::demo::finish::{self, Finish};
use crate::commands::demo::math::{between, chance, pick, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::solids::{bevelled, block, cylinder, rod, torus};

/// Four legs at the corners of a rectangle, square or turned, spread by `splay` units.
pub(super) struct Legs {
    pub(super) width: f32,
    pub(super) depth: f32,
    pub(super) height: f32,
    pub(super) thickness: f32,
    pub(super) splay: f32,
    pub(super) round: bool,
}

impl Legs {
    pub(super) fn add(&self, model: &mut Builder, paint: Paint) {
        let (x, z) = (0.5 * (self.width - self.thickness), 0.5 * (self.depth - self.thickness));
        for (sx, sz) in [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)] {
            let (fx, fz) = (sx * (x + self.splay), sz * (z + self.splay));
            if self.round || self.splay > 0.0 {
                let (top, foot) = (vec3(sx * x, self.height, sz * z), vec3(fx, 0.0, fz));
                model.add(paint, rod(foot, top, 0.32 * self.thickness, 0.55 * self.thickness));
            } else {
                let leg = block(self.thickness, self.height, self.thickness);
                model.add(paint, leg.at(fx, 0.0, fz));
            }
        }
    }
}

/// Makes a cushion: a block with wide soft edges.
pub(super) fn cushion(width: f32, height: f32, depth: f32) -> Mesh {
    bevelled(width, height, depth, 0.28 * width.min(height).min(depth))
}

fn frame(rng: &mut Rng) -> Finish {
    match rng.u8(..6) {
        0 => finish::paint(rng),
        1 => finish::tool_metal(rng),
        _ => finish::wood(rng),
    }
}

fn upholstery(rng: &mut Rng) -> Finish {
    if chance(rng, 0.35) { finish::leather(rng) } else { finish::fabric(rng) }
}

/// A chair: four legs, a seat, and one of five kinds of back.
pub(super) fn chair(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let frame = frame(rng);
    let wood = model.finish(&frame);
    let (width, depth) = (between(rng, 0.42, 0.56), between(rng, 0.42, 0.52));
    let (seat, back) = (between(rng, 0.42, 0.48), between(rng, 0.42, 0.68));
    let round = chance(rng, 0.45);
    let legs = Legs {
        width,
        depth,
        height: seat,
        thickness: between(rng, 0.045, 0.065),
        splay: if round { between(rng, 0.0, 0.06) } else { 0.0 },
        round,
    };
    legs.add(&mut model, wood);
    model.add(wood, block(width, 0.045, depth).at(0.0, seat - 0.01, 0.0));
    let cushioned = chance(rng, 0.4);
    if cushioned {
        let cloth = upholstery(rng);
        let cloth = model.finish(&cloth);
        model.add(cloth, cushion(width * 0.93, 0.07, depth * 0.92).at(0.0, seat + 0.03, 0.01));
    }
    if !round && chance(rng, 0.5) {
        for z in [-0.42, 0.42] {
            model.add(wood, block(width * 0.9, 0.03, 0.025).at(0.0, seat * 0.35, z * depth));
        }
    }
    let style = chair_back(&mut model, wood, [width, depth, seat, back], rng);
    let pad = if cushioned { "cushioned " } else { "" };
    model.named(&format!("{pad}{} chair with {style} back", frame.word))
}

/// Adds posts and the parts between them, and returns the word for this kind of back.
fn chair_back(model: &mut Builder, wood: Paint, size: [f32; 4], rng: &mut Rng) -> &'static str {
    let [width, depth, seat, back] = size;
    let (z, lean) = (-0.5 * depth + 0.025, -between(rng, 0.03, 0.12));
    for x in [-1.0, 1.0] {
        let x = x * (0.5 * width - 0.025);
        let (low, high) = (vec3(x, seat, z), vec3(x, seat + back, z + lean));
        model.add(wood, rod(low, high, 0.026, 0.022));
    }
    let at = |y: f32| (seat + y, z + lean * y / back);
    let mut rail = |y: f32, height: f32| {
        let (y, z) = at(y);
        model.add(wood, block(width - 0.04, height, 0.03).turn_x(-6.0).at(0.0, y, z));
    };
    let style = pick(rng, &["slatted", "ladder", "panelled", "slatted", "open"]);
    match style {
        "ladder" => (1..=3).for_each(|step| rail(back * step as f32 * 0.29, 0.075)),
        "panelled" => rail(back * 0.18, back * 0.78),
        "open" => rail(back * 0.68, back * 0.30),
        _ => {
            rail(back - 0.09, 0.09);
            rail(back * 0.12, 0.05);
            let count = rng.usize(3..7);
            for slat in 0..count {
                let x = (slat as f32 + 0.5) / count as f32 - 0.5;
                let x = x * (width - 0.08);
                let (low, high) = (at(0.12 * back), at(back - 0.05));
                let part = rod(vec3(x, low.0, low.1), vec3(x, high.0, high.1), 0.014, 0.014);
                model.add(wood, part);
            }
        }
    }
    style
}

/// A stool: a round or square seat on one, three or four legs.
pub(super) fn stool(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let frame = frame(rng);
    let wood = model.finish(&frame);
    let (radius, height) = (between(rng, 0.17, 0.23), between(rng, 0.40, 0.75));
    let legs = rng.usize(3..5);
    let foot = radius * between(rng, 1.0, 1.35);
    let ring = chance(rng, 0.6) || height > 0.6;
    for leg in 0..legs {
        let turn = 360.0 * (leg as f32 + 0.5) / legs as f32;
        let (top, low) = (vec3(0.7 * radius, height, 0.0), vec3(foot, 0.0, 0.0));
        let thickness = 0.022;
        model.add(wood, rod(low.turn_y(turn), top.turn_y(turn), thickness, thickness * 1.15));
    }
    if ring {
        let reach = 0.65 * foot + 0.35 * 0.7 * radius;
        model.add(wood, torus(reach, 0.013).at(0.0, height * 0.35, 0.0));
    }
    model.add(wood, cylinder(radius, 0.05).at(0.0, height, 0.0));
    let padded = chance(rng, 0.55);
    if padded {
        let cover = upholstery(rng);
        let cloth = model.finish(&cover);
        let pad = cylinder(radius * 0.98, 0.075).at(0.0, height + 0.045, 0.0);
        model.add(cloth, pad);
    }
    let kind = if height > 0.6 { "bar stool" } else { "stool" };
    let seat = if padded { "padded " } else { "" };
    let legs = if legs == 3 { "three" } else { "four" };
    model.named(&format!("{seat}{} {kind} on {legs} legs", frame.word))
}

/// A sofa for one, two or three people.
pub(super) fn sofa(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let cover = upholstery(rng);
    let cloth = model.finish(&cover);
    let seats = pick(rng, &[1, 2, 2, 3, 3]);
    let each = between(rng, 0.58, 0.70);
    let width = seats as f32 * each;
    let (depth, arm) = (between(rng, 0.8, 0.92), between(rng, 0.12, 0.2));
    let base = between(rng, 0.08, 0.16);
    let whole = width + 2.0 * arm;
    let back = between(rng, 0.42, 0.58);
    model.add(cloth, cushion(whole - 0.02, 0.24, depth).at(0.0, base, 0.0));
    let rest = cushion(whole - 0.02, back + 0.2, 0.2).turn_x(-8.0);
    model.add(cloth, rest.at(0.0, base + 0.1, -0.5 * depth + 0.1));
    let rise = between(rng, 0.40, 0.52);
    for side in [-1.0, 1.0] {
        let part = cushion(arm, rise, depth);
        model.add(cloth, part.at(side * 0.5 * (width + arm), base, 0.0));
    }
    for seat in 0..seats {
        let x = (seat as f32 + 0.5) * each - 0.5 * width;
        model.add(cloth, cushion(each - 0.012, 0.15, depth - 0.2).at(x, base + 0.22, 0.10));
        let part = cushion(each - 0.02, back * 0.85, 0.15).turn_x(-12.0);
        model.add(cloth, part.at(x, base + 0.35, -0.5 * depth + 0.25));
    }
    let wood = finish::wood(rng);
    let wood = model.material(wood.material);
    let legs = Legs {
        width: whole - 0.05,
        depth: depth - 0.05,
        height: base + 0.02,
        thickness: 0.06,
        splay: 0.0,
        round: true,
    };
    legs.add(&mut model, wood);
    if chance(rng, 0.5) {
        let accent = finish::fabric(rng);
        let accent = model.material(accent.material);
        let pillow = cushion(0.38, 0.38, 0.14).turn_x(-22.0).turn_y(14.0);
        model.add(accent, pillow.at(-0.5 * width + 0.25, base + 0.36, -0.5 * depth + 0.42));
    }
    let kind = size_name(seats);
    model.named(&format!("{} {kind}", cover.word))
}

fn size_name(seats: i32) -> &'static str {
    match seats {
        1 => "single-seat sofa",
        2 => "two-seat sofa",
        _ => "three-seat sofa",
    }
}
