//! Rockets and boats.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::math::{Vec3, between, chance, pick, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::profile_spline;
use crate::commands::demo::solids::{
    ball, block, cylinder, frustum, lathe, loft, plate, rod, torus,
};

/// A rocket on its fins, with a porthole and a pointed nose.
pub(super) fn rocket(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let shell = if chance(rng, 0.3) { finish::metal(rng) } else { finish::lacquer(rng) };
    let hull = model.finish(&shell);
    let accent = finish::lacquer(rng);
    let second = model.finish(&accent);
    let metal = model.material(finish::fitting());
    let glass = model.material(finish::tone(0x58b4e8, 0.06).glowing(srgb(0x58b4e8) * 0.25));
    let (belly, height) = (between(rng, 0.20, 0.30), between(rng, 1.2, 1.6));
    let tail = belly * between(rng, 0.62, 0.85);
    let base = 0.2;
    let split = between(rng, 0.62, 0.74);
    let body = profile_spline(&[(tail, 0.0), (belly, 0.38), (belly * 0.86, split)], 7);
    let nose = profile_spline(
        &[(belly * 0.86, split), (belly * 0.5, 0.5 * (split + 1.0) + 0.03), (0.0, 1.0)],
        6,
    );
    let scale = |points: &[(f32, f32)]| -> Vec<(f32, f32)> {
        points.iter().map(|&(r, y)| (r, base + y * height)).collect()
    };
    let mut low = vec![(0.0, base)];
    low.extend(scale(&body));
    low.push((0.0, base + split * height));
    model.add(hull, lathe(&low, 32));
    let mut high = vec![(0.0, base + (split - 0.01) * height)];
    high.extend(scale(&nose));
    model.add(second, lathe(&high, 32));
    model.add(second, torus(tail * 1.02, 0.03).at(0.0, base + 0.03, 0.0));
    model.add(metal, frustum(tail * 0.9, tail * 0.5, 0.14).at(0.0, base - 0.12, 0.0));
    let fins = rng.usize(3..5);
    let outline = [
        (tail * 0.8, base + 0.08),
        (belly * 0.9, base + 0.42),
        (belly + 0.16, base + 0.26),
        (belly + 0.26, 0.0),
        (belly + 0.14, 0.02),
        (belly + 0.02, base + 0.08),
    ];
    for fin in 0..fins {
        let part = plate(&outline, 0.05, 0.015);
        model.add(second, part.turn_y(360.0 * fin as f32 / fins as f32 + 45.0));
    }
    let count = ["three", "four"][fins - 3];
    let ports = rng.usize(1..3);
    for port in 0..ports {
        let y = base + height * (0.52 - 0.2 * port as f32);
        let radius = belly * if port == 0 { 0.42 } else { 0.28 };
        let window = |part: Mesh| part.turn_x(90.0).at(0.0, y, belly * 0.93).turn_y(8.0);
        model.add(metal, window(torus(radius, 0.032)));
        model.add(glass, window(ball(radius).scaled(1.0, 0.35, 1.0)));
    }
    model.named(&format!("{} rocket with {count} {} fins", shell.word, accent.word))
}

/// A boat with sails, or with a cabin and a funnel.
pub(super) fn boat(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.8);
    let paint = if chance(rng, 0.4) { finish::wood(rng) } else { finish::paint(rng) };
    let hull = model.finish(&paint);
    let deck = model.material(finish::planks(rng, 9.0).material);
    let (length, beam) = (between(rng, 0.85, 1.05), between(rng, 0.30, 0.38));
    let white = model.material(finish::tone(0xf0ede4, 0.6));
    model.add(hull, shell(length, beam, 0.0, 0.36));
    model.add(white, shell(length * 1.012, beam * 1.03, 0.30, 0.36));
    model.add(deck, shell(length * 0.93, beam * 0.86, 0.34, 0.37));
    let sailing = chance(rng, 0.6);
    if sailing {
        let cloth =
            finish::tone(pick(rng, &[0xf4f0e6, 0xf4f0e6, 0xc8402e, 0xe0c48a, 0x3f6a9a]), 0.9);
        let sail = model.material(cloth);
        rig(&mut model, [deck, sail], length, rng);
        return model.named(&format!("{} sailing boat", paint.word));
    }
    let glass = model.material(finish::tone(0x223442, 0.08));
    let accent = finish::paint(rng);
    let accent = model.finish(&accent);
    model.add(white, block(0.72, 0.24, 0.38).at(-0.12, 0.36, 0.0));
    model.add(glass, block(0.6, 0.1, 0.39).at(-0.12, 0.43, 0.0));
    model.add(white, block(0.36, 0.22, 0.32).at(0.0, 0.6, 0.0));
    model.add(glass, block(0.37, 0.09, 0.33).at(0.0, 0.67, 0.0));
    model.add(accent, block(0.42, 0.03, 0.37).at(0.0, 0.82, 0.0));
    model.add(accent, cylinder(0.08, 0.32).turn_z(6.0).at(-0.32, 0.58, 0.0));
    let soot = model.material(finish::tone(0x26262a, 0.7));
    model.add(soot, cylinder(0.082, 0.07).turn_z(6.0).at(-0.35, 0.86, 0.0));
    for z in [-1.0, 1.0] {
        for x in [-0.45, 0.35] {
            let ring = torus(0.06, 0.025).turn_x(90.0);
            model.add(accent, ring.at(x, 0.22, z * (beam * 0.93)));
        }
    }
    model.add(white, rod(vec3(0.1, 0.83, 0.0), vec3(0.1, 1.12, 0.0), 0.012, 0.008));
    model.named(&format!("{} steam boat", paint.word))
}

/// Makes the hull between two heights, of sections that close towards the bow at +x.
fn shell(length: f32, beam: f32, low: f32, high: f32) -> Mesh {
    let at = |x: f32, half: f32, sheer: f32| {
        let flare = |y: f32| half * (0.45 + 0.55 * (y / 0.36).min(1.0));
        let (keel, top) = (low + 0.10 * sheer * (1.0 - low / 0.36), high + 0.14 * sheer);
        vec![
            vec3(x, top, flare(high)),
            vec3(x, keel, flare(low)),
            vec3(x, keel, -flare(low)),
            vec3(x, top, -flare(high)),
        ]
    };
    let rings = [
        at(-length, 0.70 * beam, 0.1),
        at(-0.5 * length, 0.95 * beam, 0.0),
        at(0.1 * length, beam, 0.0),
        at(0.5 * length, 0.80 * beam, 0.18),
        at(0.82 * length, 0.42 * beam, 0.5),
        at(length * 1.02, 0.04 * beam, 1.0),
    ];
    loft(&rings, false)
}

/// Adds a mast, a boom and two sails that the wind fills.
fn rig(model: &mut Builder, [wood, sail]: [Paint; 2], length: f32, rng: &mut Rng) {
    let height = between(rng, 1.35, 1.7);
    model.add(wood, rod(vec3(0.08, 0.3, 0.0), vec3(0.08, height + 0.06, 0.0), 0.025, 0.016));
    model.add(wood, rod(vec3(0.08, 0.5, 0.0), vec3(-0.78 * length, 0.47, 0.0), 0.018, 0.014));
    let full = |p: Vec3| {
        vec3(
            p.x,
            p.y,
            p.z + 0.14 * (1.0 - (p.y - 0.95).abs()).max(0.0) * (0.9 - (p.x + 0.25).abs()).max(0.0),
        )
    };
    let main = [
        (0.045, height),
        (0.045, 0.53),
        (-0.74 * length, 0.53),
        (-0.42 * length, 0.5 * height + 0.36),
    ];
    model.add(sail, plate(&main, 0.022, 0.004).mapped(full));
    let jib = [(0.12, height * 0.92), (0.92 * length, 0.50), (0.15, 0.52)];
    model.add(sail, plate(&jib, 0.022, 0.004).mapped(full));
    let flag = model.material(finish::tone(pick(rng, &[0xc8302a, 0x2f62b0, 0xe8b42a]), 0.8));
    let pennant = [(0.08, height + 0.06), (0.08, height - 0.05), (-0.18, height)];
    model.add(flag, plate(&pennant, 0.015, 0.003));
}
