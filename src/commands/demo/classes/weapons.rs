//! Swords, axes and hammers.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::math::{between, chance, pick, sin_cos, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object};
use crate::commands::demo::outline::arc;
use crate::commands::demo::solids::{
    ball, bent_tube, bevelled, block, cylinder, frustum, loft, plate, rod, torus,
};

/// Makes a double-edged blade from y = 0 upwards, with a ridge on each face.
fn blade(width: f32, length: f32, taper: f32, thickness: f32) -> Mesh {
    let section = |y: f32, share: f32| {
        let (w, t) = (0.5 * width * share, 0.5 * thickness * share.max(0.4));
        vec![vec3(w, y, 0.0), vec3(0.0, y, t), vec3(-w, y, 0.0), vec3(0.0, y, -t)]
    };
    let rings = [
        section(0.0, 1.0),
        section(0.5 * length, 0.5 + 0.5 * taper),
        section(0.86 * length, taper),
        vec![vec3(0.0, length, 0.0)],
    ];
    loft(&rings, false)
}

/// A sword: blade, guard, grip and pommel.
pub(super) fn sword(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(0.6);
    let mut steel = finish::tool_metal(rng);
    let worn = finish::weathered(&mut steel, rng, 0.3);
    let blade_paint = model.finish(&steel);
    let fine = finish::fine_metal(rng);
    let fine = model.material(fine.material);
    let wrap = finish::leather(rng);
    let wrap = model.finish(&wrap);
    let (width, length) = (between(rng, 0.10, 0.19), between(rng, 0.85, 1.3));
    let taper = between(rng, 0.55, 0.9);
    model.add(blade_paint, blade(width, length, taper, 0.05));
    let (reach, bend) = (between(rng, 0.17, 0.27), between(rng, -0.06, 0.10));
    let curve = [
        vec3(-reach, bend, 0.0),
        vec3(-0.5 * reach, 0.0, 0.0),
        vec3(0.5 * reach, 0.0, 0.0),
        vec3(reach, bend, 0.0),
    ];
    model.add(fine, bent_tube(&curve, &[0.03, 0.034, 0.034, 0.03]));
    for side in [-1.0, 1.0] {
        model.add(fine, ball(0.04).at(side * reach, bend, 0.0));
    }
    let grip = between(rng, 0.24, 0.36);
    model.add(wrap, rod(vec3(0.0, -grip, 0.0), vec3(0.0, 0.0, 0.0), 0.033, 0.04));
    for turn in 1..5 {
        let y = -grip * turn as f32 / 5.0;
        model.add(wrap, torus(0.037, 0.009).at(0.0, y, 0.0));
    }
    model.add(fine, ball(0.062).scaled(1.0, 0.9, 0.8).at(0.0, -grip - 0.04, 0.0));
    let lean = pick(rng, &[-62.0, -54.0, 54.0, 62.0]);
    model.pose(-6.0, lean + between(rng, -5.0, 5.0));
    let age = if worn { "weathered " } else { "" };
    let kind = if length > 1.1 {
        "longsword"
    } else if width > 0.16 {
        "broadsword"
    } else {
        "sword"
    };
    model.named(&format!("{age}{} {kind}", steel.word))
}

/// An axe with one head or two.
pub(super) fn axe(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(0.6);
    let mut steel = finish::tool_metal(rng);
    let worn = finish::weathered(&mut steel, rng, 0.3);
    let head = model.finish(&steel);
    let shaft = finish::wood(rng);
    let wood = model.finish(&shaft);
    let length = between(rng, 0.9, 1.25);
    model.add(wood, rod(vec3(0.0, 0.0, 0.0), vec3(0.0, length, 0.0), 0.036, 0.032));
    let (reach, drop) = (between(rng, 0.26, 0.36), between(rng, 0.20, 0.30));
    let y = length - 0.13;
    // The head is flat towards the shaft, and its curved edge reaches farther down than up.
    let mut outline = vec![(0.0, 0.07), (0.6 * reach, 0.09)];
    let angle = libm::atan2f(drop, 0.45 * reach).to_degrees();
    let radius = drop / sin_cos(angle).0;
    outline.extend(arc((0.55 * reach, -0.02), radius * 0.9, 52.0, -angle - 14.0, 9));
    outline.extend([(0.55 * reach, -0.10), (0.0, -0.07)]);
    let cheek = plate(&outline, 0.07, 0.022).at(0.0, y, 0.0);
    let double = chance(rng, 0.35);
    if double {
        model.add(head, cheek.clone().scaled(-1.0, 1.0, 1.0));
    } else {
        model.add(head, block(0.09, 0.12, 0.08).at(-0.06, y - 0.06, 0.0));
    }
    model.add(head, cheek);
    model.add(head, cylinder(0.052, 0.17).at(0.0, y - 0.085, 0.0));
    let wrap = finish::leather(rng);
    let wrap = model.material(wrap.material);
    for turn in 0..5 {
        model.add(wrap, torus(0.036, 0.011).at(0.0, 0.08 + 0.035 * turn as f32, 0.0));
    }
    model.pose(-6.0, pick(rng, &[-52.0, -44.0, 44.0, 52.0]));
    let age = if worn { "worn " } else { "" };
    let kind = if double { "double-bladed axe" } else { "axe" };
    model.named(&format!("{age}{} {kind} with {} shaft", steel.word, shaft.word))
}

/// A hammer: a claw hammer, a sledge, or a war hammer of stone.
pub(super) fn hammer(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(0.6);
    let kind = pick(rng, &["claw hammer", "claw hammer", "sledgehammer", "mallet"]);
    let mut top = if kind == "mallet" { finish::wood(rng) } else { finish::tool_metal(rng) };
    let worn = kind != "mallet" && finish::weathered(&mut top, rng, 0.25);
    let head = model.finish(&top);
    let shaft = if chance(rng, 0.25) { finish::plastic(rng) } else { finish::wood(rng) };
    let grip = model.finish(&shaft);
    let length = between(rng, 0.75, 1.05);
    model.add(grip, rod(vec3(0.0, 0.0, 0.0), vec3(0.0, length, 0.0), 0.042, 0.03));
    let y = length - 0.02;
    match kind {
        "claw hammer" => {
            model.add(head, block(0.16, 0.12, 0.10).at(0.0, y - 0.06, 0.0));
            model.add(head, frustum(0.045, 0.05, 0.14).turn_z(-90.0).at(0.06, y, 0.0));
            model.add(head, cylinder(0.072, 0.06).turn_z(-90.0).at(0.19, y, 0.0));
            for z in [-0.035, 0.035] {
                let claw = [
                    vec3(-0.04, y + 0.01, 0.5 * z),
                    vec3(-0.18, y + 0.005, z),
                    vec3(-0.32, y - 0.11, z * 1.35),
                ];
                model.add(head, bent_tube(&claw, &[0.045, 0.033, 0.008]));
            }
        }
        "sledgehammer" => {
            model.add(head, bevelled(0.42, 0.19, 0.19, 0.035).at(0.0, y - 0.095, 0.0));
        }
        _ => {
            let drum = cylinder(0.15, 0.42).turn_z(-90.0).at(-0.21, y, 0.0);
            model.add(head, drum);
            let band = model.material(finish::fitting());
            for x in [-0.16, 0.12] {
                model.add(band, cylinder(0.157, 0.04).turn_z(-90.0).at(x, y, 0.0));
            }
        }
    }
    model.pose(-6.0, pick(rng, &[-52.0, -44.0, 44.0, 52.0]));
    let age = if worn { "rusty " } else { "" };
    model.named(&format!("{age}{} {kind} with {} handle", top.word, shaft.word))
}
