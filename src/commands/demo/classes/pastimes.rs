//! Dice, dumbbells and umbrellas.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::{Material, Pattern};
use crate::commands::demo::math::{Vec3, between, chance, pick, sin_cos, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::solids::{ball, bent_tube, bevelled, cylinder, loft, rod};

/// The positions of each number's pips on a face, from -1 to 1.
const PIPS: [&[(f32, f32)]; 6] = [
    &[(0.0, 0.0)],
    &[(-1.0, -1.0), (1.0, 1.0)],
    &[(-1.0, -1.0), (0.0, 0.0), (1.0, 1.0)],
    &[(-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0)],
    &[(-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (0.0, 0.0)],
    &[(-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, 0.0), (1.0, 0.0)],
];

/// One die or a pair.
pub(super) fn die(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let mut stuff = if chance(rng, 0.2) { finish::wood(rng) } else { finish::plastic(rng) };
    stuff.material.roughness = between(rng, 0.15, 0.4);
    let body = model.finish(&stuff);
    let bright = stuff.material.base.dot(vec3(0.3, 0.6, 0.1)) > 0.3;
    let pip = model.material(finish::tone(if bright { 0x1c1c20 } else { 0xf6f4ee }, 0.3));
    let pair = chance(rng, 0.5);
    let bevel = between(rng, 0.07, 0.15);
    let first = between(rng, 0.0, 90.0);
    if pair {
        one_die(&mut model, [body, pip], bevel, |part| part.turn_y(first).at(-0.68, 0.5, 0.0), rng);
        let second = between(rng, 0.0, 90.0);
        one_die(
            &mut model,
            [body, pip],
            bevel,
            |part| part.turn_y(second).at(0.66, 0.5, 0.35),
            rng,
        );
    } else {
        one_die(&mut model, [body, pip], bevel, |part| part.turn_y(first).at(0.0, 0.5, 0.0), rng);
    }
    let count = if pair { "pair of " } else { "" };
    let noun = if pair { "dice" } else { "die" };
    let stuff_word = if stuff.stuff == "wood" { "" } else { " plastic" };
    model.named(&format!("{count}{}{stuff_word} {noun}", stuff.word))
}

fn one_die(
    model: &mut Builder,
    [body, pip]: [Paint; 2],
    bevel: f32,
    place: impl Fn(Mesh) -> Mesh,
    rng: &mut Rng,
) {
    let roll = 90.0 * f32::from(rng.u8(..4));
    let tip = 90.0 * f32::from(rng.u8(..4));
    let seat = |part: Mesh| place(part.turn_x(roll).turn_z(tip));
    model.add(body, seat(bevelled(1.0, 1.0, 1.0, bevel).at(0.0, -0.5, 0.0)));
    // The numbers on opposite faces add up to seven.
    let faces: [(usize, f32, f32); 6] = [
        (0, 0.0, 0.0),
        (5, 180.0, 0.0),
        (1, 90.0, 0.0),
        (4, -90.0, 0.0),
        (2, 0.0, 90.0),
        (3, 0.0, -90.0),
    ];
    for (number, about_x, about_z) in faces {
        for &(x, z) in PIPS[number] {
            let dot = ball(0.105).scaled(1.0, 0.16, 1.0).at(0.26 * x, 0.498, 0.26 * z);
            model.add(pip, seat(dot.turn_x(about_x).turn_z(about_z)));
        }
    }
}

/// A dumbbell with round plates or hexagonal ends.
pub(super) fn dumbbell(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let chrome = model.material(finish::fitting());
    let coat = if chance(rng, 0.45) { finish::metal(rng) } else { finish::plastic(rng) };
    let mut coat = coat;
    if coat.stuff == "plastic" {
        coat.stuff = "rubber";
    }
    let weight = model.finish(&coat);
    let hex = chance(rng, 0.45);
    let size = between(rng, 0.24, 0.32);
    let reach = between(rng, 0.30, 0.38);
    let along = |part: Mesh| part.turn_z(-90.0);
    let level = |part: Mesh| part.at(0.0, size, 0.0);
    model.add(chrome, level(along(cylinder(0.055, 2.0 * reach + 0.2).at(0.0, -reach - 0.1, 0.0))));
    let plates = if hex { 1 } else { rng.usize(2..4) };
    for side in [-1.0_f32, 1.0] {
        let mut x = reach;
        for plate in 0..plates {
            let radius = size * (1.0 - 0.2 * plate as f32);
            let thick = if hex { between(rng, 0.30, 0.36) } else { 0.11 };
            let disc = if hex { hexagon(radius * 1.12, thick) } else { cylinder(radius, thick) };
            let disc = along(disc).at(x, 0.0, 0.0).scaled(side, 1.0, 1.0);
            model.add(weight, level(disc));
            x += thick + 0.006;
        }
        if !hex {
            let collar = along(cylinder(0.085, 0.09)).at(x, 0.0, 0.0).scaled(side, 1.0, 1.0);
            model.add(chrome, level(collar));
            let tip = along(cylinder(0.055, 0.16)).at(x, 0.0, 0.0).scaled(side, 1.0, 1.0);
            model.add(chrome, level(tip));
        }
    }
    let grip = model.material(finish::tone(0x2a2a2e, 0.7));
    model.add(grip, level(along(cylinder(0.068, 1.3 * reach).at(0.0, -0.65 * reach, 0.0))));
    let shape = if hex { "hex" } else { "plate" };
    model.named(&format!("{} {shape} dumbbell", coat.word))
}

/// Makes a bevelled hexagonal prism that starts at y = 0 and lies on one of its sides.
fn hexagon(radius: f32, height: f32) -> Mesh {
    let ring = |scale: f32, y: f32| -> Vec<Vec3> {
        (0..6).map(|step| vec3(radius * scale, y, 0.0).turn_y(60.0 * step as f32 + 30.0)).collect()
    };
    let bevel = 0.045;
    loft(&[ring(0.82, 0.0), ring(1.0, bevel), ring(1.0, height - bevel), ring(0.82, height)], false)
}

/// An open umbrella: a canopy of panels, a shaft and a crook.
pub(super) fn umbrella(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(1.0);
    let cloth = finish::paint(rng);
    let second = finish::paint(rng);
    let style = pick(rng, &["plain", "two-tone", "two-tone", "striped"]);
    let plain = Material { roughness: 0.7, ..cloth.material };
    let material = match style {
        "two-tone" => plain.patterned(Pattern::Wedges, second.material.base, 4.0),
        "striped" => plain.patterned(Pattern::Bands, second.material.base, 7.0),
        _ => plain,
    };
    let canopy = model.finish(&finish::Finish { material, stuff: "fabric", ..cloth });
    let metal = model.material(finish::fitting());
    let wood = finish::wood(rng);
    let handle = model.material(wood.material);
    let (radius, rise) = (between(rng, 0.62, 0.75), between(rng, 0.32, 0.46));
    model.add(canopy, dome(radius, rise).at(0.0, 1.0, 0.0));
    add_frame(&mut model, metal, [radius, rise]);
    let crook = [
        vec3(0.0, 0.28, 0.0),
        vec3(0.0, 0.08, 0.0),
        vec3(0.04, -0.03, 0.0),
        vec3(0.12, -0.05, 0.0),
        vec3(0.19, 0.0, 0.0),
        vec3(0.20, 0.08, 0.0),
    ];
    model.add(handle, bent_tube(&crook, &[0.03]));
    let lean = between(rng, 8.0, 24.0) * if rng.bool() { 1.0 } else { -1.0 };
    model.pose(between(rng, -4.0, 14.0), lean);
    model.named(&format!("{style} {} umbrella with {} handle", cloth.word, wood.word))
}

/// Adds shaft, ferrule and stretchers.
fn add_frame(model: &mut Builder, metal: Paint, [radius, rise]: [f32; 2]) {
    let tip = 1.0 + rise;
    model.add(metal, rod(vec3(0.0, 0.12, 0.0), vec3(0.0, tip, 0.0), 0.018, 0.016));
    model.add(metal, rod(vec3(0.0, tip - 0.02, 0.0), vec3(0.0, tip + 0.1, 0.0), 0.02, 0.006));
    for rib in 0..8 {
        let turn = 45.0 * rib as f32;
        let (end, slide) = (vec3(0.62 * radius, 1.0 + 0.6 * rise, 0.0), vec3(0.0, 0.95, 0.0));
        model.add(metal, rod(slide, end.turn_y(turn), 0.009, 0.009));
        let point = vec3(radius, 1.0, 0.0).turn_y(turn);
        model.add(metal, ball(0.016).at(point.x, point.y, point.z));
    }
}

/// Makes a thin canopy of eight panels, scalloped between its ribs.
fn dome(radius: f32, rise: f32) -> Mesh {
    let ring = |angle: f32, drop: f32| -> Vec<Vec3> {
        let (sin, cos) = sin_cos(angle);
        (0..48)
            .map(|step| {
                // 0 at the ribs and 1 half-way between them.
                let phase = (step % 6) as f32 / 6.0;
                let between = 4.0 * phase * (1.0 - phase);
                let r = radius * cos * (1.0 - 0.09 * between * cos);
                vec3(r, rise * sin - drop + 0.035 * between * cos, 0.0).turn_y(7.5 * step as f32)
            })
            .collect()
    };
    let mut rings = vec![vec![vec3(0.0, rise, 0.0)]];
    rings.extend((0..6).rev().map(|row| ring(15.0 * row as f32, 0.0)));
    rings.extend((0..6).map(|row| ring(15.0 * row as f32, 0.018)));
    rings.push(vec![vec3(0.0, rise - 0.018, 0.0)]);
    loft(&rings, false)
}
