//! Robots and fish.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::{Material, Pattern};
use crate::commands::demo::math::{between, chance, pick, srgb, vec3};
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::{closed_spline, ellipse};
use crate::commands::demo::solids::{ball, bent_tube, bevelled, block, cylinder, loft, plate, rod};

/// A toy robot: a box head with eyes, a chest panel, jointed arms and legs.
pub(super) fn robot(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.65);
    let shell = if chance(rng, 0.4) { finish::metal(rng) } else { finish::lacquer(rng) };
    let body = model.finish(&shell);
    let joint = model.material(finish::tone(0x4a4d52, 0.4).metallic());
    let glow = pick(rng, &[0x54d8ff, 0xffc04a, 0xff5a4a, 0x7dff8a]);
    let light = model.material(finish::tone(glow, 0.4).glowing(srgb(glow) * 1.6));
    let dark = model.material(finish::tone(0x1d2026, 0.25));
    let (width, height) = (between(rng, 0.46, 0.62), between(rng, 0.48, 0.62));
    let leg = between(rng, 0.26, 0.40);
    let wheels = chance(rng, 0.25);
    if wheels {
        for x in [-1.0, 1.0] {
            let track = bevelled(0.16, 0.26, 0.52, 0.09);
            model.add(dark, track.at(x * 0.5 * width, 0.0, 0.0));
        }
        model.add(joint, block(width, 0.12, 0.3).at(0.0, 0.16, 0.0));
    } else {
        for x in [-1.0, 1.0] {
            let x = x * 0.28 * width;
            model.add(joint, cylinder(0.06, leg).at(x, 0.05, 0.0));
            model.add(body, bevelled(0.17, 0.1, 0.27, 0.03).at(x, 0.0, 0.03));
        }
    }
    let hip = if wheels { 0.26 } else { leg + 0.04 };
    model.add(body, bevelled(width, height, 0.36, 0.05).at(0.0, hip, 0.0));
    model.add(
        dark,
        bevelled(width * 0.62, height * 0.42, 0.03, 0.008).at(0.0, hip + 0.42 * height, 0.18),
    );
    for lamp in 0..3 {
        let x = (lamp as f32 - 1.0) * width * 0.17;
        model.add(light, ball(0.032).at(x, hip + 0.62 * height, 0.195));
    }
    let shoulder = hip + 0.84 * height;
    let raised = chance(rng, 0.5);
    for side in [-1.0, 1.0] {
        let wave = raised && side > 0.0;
        arm(&mut model, [body, joint], side, [0.5 * width, shoulder], wave);
    }
    let neck = hip + height;
    model.add(joint, cylinder(0.08, 0.1).at(0.0, neck - 0.01, 0.0));
    robot_head(&mut model, [body, dark, light, joint], neck + 0.07, rng);
    let (base, pose) =
        (if wheels { "on tracks" } else { "on two legs" }, if raised { "waving " } else { "" });
    model.named(&format!("{pose}{} robot {base}", shell.word))
}

/// Adds an arm from a shoulder at (x, y), hanging or lifted, with a claw.
fn arm(model: &mut Builder, [body, joint]: [Paint; 2], side: f32, [x, y]: [f32; 2], wave: bool) {
    model.add(joint, ball(0.085).at(side * (x + 0.04), y, 0.0));
    let lift = if wave { 1.0 } else { -1.0 };
    let elbow = vec3(side * (x + 0.17), y - 0.16, 0.02);
    let hand = vec3(side * (x + if wave { 0.30 } else { 0.18 }), elbow.y + lift * 0.24, 0.12);
    model.add(joint, rod(vec3(side * (x + 0.04), y, 0.0), elbow, 0.05, 0.045));
    model.add(body, rod(elbow, hand, 0.062, 0.08));
    model.add(joint, ball(0.058).at(elbow.x, elbow.y, elbow.z));
    for finger in [-0.045, 0.045] {
        let tip = vec3(hand.x + finger, hand.y + lift * 0.11, hand.z + 0.03);
        model.add(joint, rod(vec3(hand.x + 0.6 * finger, hand.y, hand.z), tip, 0.03, 0.02));
    }
}

fn robot_head(model: &mut Builder, [body, dark, light, joint]: [Paint; 4], y: f32, rng: &mut Rng) {
    let (width, height) = (between(rng, 0.36, 0.5), between(rng, 0.28, 0.36));
    model.add(body, bevelled(width, height, 0.32, 0.045).at(0.0, y, 0.0));
    model.add(
        dark,
        bevelled(width * 0.84, height * 0.55, 0.03, 0.01).at(0.0, y + 0.27 * height, 0.155),
    );
    for x in [-1.0, 1.0] {
        let eye = ball(0.052).scaled(1.0, 1.0, 0.4);
        model.add(light, eye.at(x * 0.22 * width, y + 0.55 * height, 0.172));
        model.add(
            joint,
            cylinder(0.06, 0.05).turn_z(-90.0 * x).at(x * 0.5 * width, y + 0.5 * height, 0.0),
        );
    }
    let top = y + height;
    for x in if rng.bool() { vec![0.0] } else { vec![-0.3, 0.3] } {
        let tip = vec3(1.4 * x * width, top + 0.15, 0.0);
        model.add(joint, rod(vec3(x * width, top, 0.0), tip, 0.014, 0.012));
        model.add(light, ball(0.035).at(tip.x, tip.y, 0.0));
    }
}

/// A swimming fish, seen from its side.
pub(super) fn fish(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(0.55);
    let mut scales = finish::lacquer(rng);
    scales.material.roughness = 0.3;
    let second = finish::paint(rng).material.base;
    let style = pick(rng, &["striped", "plain", "spotted"]);
    match style {
        "striped" => {
            scales.material =
                scales.material.patterned(Pattern::Bands, second, between(rng, 2.5, 4.5))
        }
        "spotted" => scales.material = scales.material.patterned(Pattern::Mottled, second, 6.0),
        _ => {}
    }
    let body = model.finish(&scales);
    let fin_base = if chance(rng, 0.5) { second } else { scales.material.base * 0.7 };
    let fin = model.material(Material::plain(fin_base, 0.4));
    let (length, height, width) = (1.0, between(rng, 0.24, 0.42), between(rng, 0.12, 0.17));
    let shares = [0.02, 0.5, 0.8, 0.97, 1.0, 0.92, 0.72, 0.45, 0.24, 0.16];
    // The rings are made along y, so that stripes run across the body.
    let rings: Vec<Vec<_>> = shares
        .iter()
        .enumerate()
        .map(|(index, share)| {
            let along = length * (index as f32 / 9.0) - 0.5;
            ellipse(2.0 * width * share, 2.0 * height * share, 20)
                .into_iter()
                .map(|(x, y)| vec3(x, along, y))
                .collect()
        })
        .collect();
    model.add(
        body,
        loft(&rings, false)
            .turn_x(-90.0)
            .turn_y(90.0)
            .turn_x(0.0)
            .mapped(|p| vec3(-p.x, p.y, -p.z)),
    );
    fins(&mut model, fin, height, width);
    let white = model.material(finish::tone(0xf4f4f0, 0.2));
    let black = model.material(finish::tone(0x101014, 0.1));
    for z in [-1.0, 1.0] {
        model.add(white, ball(0.062).scaled(1.0, 1.0, 0.6).at(-0.335, 0.07, z * width * 0.84));
        model.add(
            black,
            ball(0.036).scaled(1.0, 1.0, 0.6).at(-0.35, 0.07, z * (width * 0.84 + 0.025)),
        );
    }
    model.pose(0.0, between(rng, -10.0, 14.0));
    let shape = if height > 0.33 { "tropical" } else { "river" };
    model.named(&format!("{style} {} {shape} fish", scales.word))
}

/// Adds tail, back, belly and side fins to a fish that looks to -x.
fn fins(model: &mut Builder, paint: Paint, height: f32, width: f32) {
    let tail = [(0.42, 0.0), (0.62, 0.26), (0.80, 0.34), (0.72, 0.0), (0.80, -0.34), (0.62, -0.26)];
    model.add(paint, plate(&closed_spline(&tail, 3), 0.035, 0.012));
    let back = [
        (-0.2, 0.7 * height),
        (-0.05, height + 0.14),
        (0.2, height + 0.16),
        (0.32, 0.5 * height),
        (0.1, 0.5 * height),
    ];
    model.add(paint, plate(&closed_spline(&back, 3), 0.03, 0.01));
    let belly = [
        (0.02, -0.8 * height),
        (0.14, -height - 0.12),
        (0.24, -height - 0.05),
        (0.2, -0.6 * height),
    ];
    model.add(paint, plate(&closed_spline(&belly, 3), 0.03, 0.01));
    for side in [-1.0, 1.0] {
        let fin = ball(0.15).scaled(1.0, 0.5, 0.12).turn_z(-25.0).turn_y(side * 32.0);
        model.add(paint, fin.at(-0.02, -0.08, side * (width + 0.05)));
        let gill = [
            vec3(-0.22, 0.16, side * width * 0.80),
            vec3(-0.17, 0.02, side * width * 0.99),
            vec3(-0.22, -0.12, side * width * 0.86),
        ];
        model.add(paint, bent_tube(&gill, &[0.012]));
    }
}
