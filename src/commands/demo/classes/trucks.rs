//! Trucks, which drive towards +x.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::math::{between, chance, pick};
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::Point;
use crate::commands::demo::solids::{ball, bevelled, block, cylinder, lathe, lump, plate};

use super::vehicles::Fittings;

/// A truck: a cab with a box, a tipper or a tank behind it.
pub(super) fn truck(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let lacquer = finish::lacquer(rng);
    let body = model.finish(&lacquer);
    let parts = Fittings::new(&mut model);
    let (width, radius) = (0.72, 0.18);
    model.add(parts.trim, block(2.3, 0.1, 0.5).at(-0.05, 0.22, 0.0));
    let nose = chance(rng, 0.4);
    let cab = if nose {
        vec![(0.48, 0.2), (0.48, 1.02), (0.80, 1.02), (0.90, 0.66), (1.24, 0.60), (1.26, 0.2)]
    } else {
        vec![(0.48, 0.2), (0.48, 1.08), (1.04, 1.08), (1.14, 0.62), (1.15, 0.2)]
    };
    model.add(body, plate(&cab, width, 0.035));
    let glass = if nose {
        [(0.58, 0.68), (0.58, 0.95), (0.77, 0.95), (0.85, 0.68)]
    } else {
        [(0.62, 0.66), (0.62, 0.98), (1.0, 0.98), (1.08, 0.66)]
    };
    model.add(parts.window, plate(&glass, width + 0.012, 0.004));
    let (lean, foot) = if nose { (15.5, 0.855) } else { (12.3, 1.10) };
    let pane = bevelled(0.03, 0.30, width * 0.84, 0.006).turn_z(lean);
    model.add(parts.window, pane.at(foot, 0.68, 0.0));
    let front = if nose { 1.25 } else { 1.15 };
    model.add(parts.trim, block(0.04, 0.20, width * 0.55).at(front, 0.32, 0.0));
    model.add(parts.rim, bevelled(0.08, 0.09, width * 1.02, 0.02).at(front + 0.01, 0.17, 0.0));
    for z in [-1.0, 1.0] {
        model.add(
            parts.lamp,
            ball(0.05).scaled(0.5, 1.0, 1.0).at(front + 0.01, 0.42, z * 0.38 * width),
        );
        model.add(parts.tail, block(0.03, 0.06, 0.1).at(-1.21, 0.25, z * 0.2));
        for x in [-0.92, -0.54, 0.84] {
            parts.wheel(&mut model, x, z * 0.5 * width, radius);
        }
    }
    let cargo = truck_cargo(&mut model, &parts, body, rng);
    model.named(&format!("{} {cargo} truck", lacquer.word))
}

fn truck_cargo(model: &mut Builder, parts: &Fittings, body: Paint, rng: &mut Rng) -> &'static str {
    let second = finish::paint(rng);
    let load = model.material(second.material);
    let kind = pick(rng, &["box", "box", "tipper", "tanker"]);
    match kind {
        "box" => {
            let height = between(rng, 0.8, 1.0);
            model.add(load, bevelled(1.62, height, 0.8, 0.025).at(-0.40, 0.34, 0.0));
            let stripe = if chance(rng, 0.6) { body } else { parts.trim };
            model.add(stripe, block(1.60, 0.12, 0.806).at(-0.40, 0.5, 0.0));
        }
        "tipper" => {
            let side = [(-1.2, 0.62), (-1.24, 0.98), (0.40, 0.98), (0.40, 0.36), (-1.0, 0.36)];
            model.add(load, plate(&side, 0.8, 0.03));
            for x in [-0.9, -0.5, -0.1, 0.25] {
                model.add(load, block(0.06, 0.56, 0.86).at(x, 0.4, 0.0));
            }
            let gravel = model.material(finish::stone(rng).material);
            let heap = lump(0.72, 0.12, rng).scaled(1.0, 0.36, 0.48);
            model.add(gravel, heap.at(-0.42, 0.93, 0.0));
        }
        _ => {
            let side = [
                (-1.2, 0.0),
                (-1.16, 0.26),
                (-1.05, 0.34),
                (0.28, 0.34),
                (0.38, 0.26),
                (0.42, 0.0),
            ];
            let mut profile: Vec<Point> = side.iter().map(|&(x, r)| (r, x)).collect();
            profile[0].0 = 0.0;
            profile[5].0 = 0.0;
            let tank = lathe(&profile, 28).turn_z(-90.0).at(0.0, 0.68, 0.0);
            model.add(load, tank);
            for x in [-0.85, -0.4, 0.1] {
                model.add(parts.rim, cylinder(0.348, 0.04).turn_z(-90.0).at(x, 0.68, 0.0));
            }
            model.add(parts.trim, cylinder(0.1, 0.08).at(-0.4, 0.99, 0.0));
        }
    }
    kind
}
