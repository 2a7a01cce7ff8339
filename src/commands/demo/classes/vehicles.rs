//! Cars, and the parts that all vehicles share. Vehicles drive towards +x.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::math::{between, chance, pick, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::Point;
use crate::commands::demo::solids::{ball, bevelled, block, cylinder, lathe, plate};

/// The paints that every vehicle has.
pub(super) struct Fittings {
    pub(super) tyre: Paint,
    pub(super) rim: Paint,
    pub(super) window: Paint,
    pub(super) trim: Paint,
    pub(super) lamp: Paint,
    pub(super) tail: Paint,
}

impl Fittings {
    pub(super) fn new(model: &mut Builder) -> Self {
        Self {
            tyre: model.material(finish::tone(0x232326, 0.8)),
            rim: model.material(finish::fitting()),
            window: model.material(finish::tone(0x1e2a35, 0.06)),
            trim: model.material(finish::tone(0x34363a, 0.5)),
            lamp: model.material(finish::tone(0xfff6dc, 0.2).glowing(srgb(0xfff0c8) * 0.7)),
            tail: model.material(finish::tone(0xc4201c, 0.3).glowing(srgb(0xc4201c) * 0.4)),
        }
    }

    /// Adds a wheel with its hub. Its outer face is at z.
    pub(super) fn wheel(&self, model: &mut Builder, x: f32, z: f32, radius: f32) {
        let half = 0.24 * radius;
        let side = [
            (0.0, -half),
            (0.86 * radius, -half),
            (radius, -0.6 * half),
            (radius, 0.6 * half),
            (0.86 * radius, half),
            (0.0, half),
        ];
        let turn = |part: Mesh| part.turn_x(90.0).at(x, radius, z - z.signum() * half);
        model.add(self.tyre, turn(lathe(&side, 24)));
        model.add(self.rim, turn(cylinder(0.58 * radius, 2.2 * half).at(0.0, -1.1 * half, 0.0)));
        model.add(self.trim, turn(cylinder(0.16 * radius, 2.5 * half).at(0.0, -1.25 * half, 0.0)));
    }
}

/// Makes a body from a side view, as wide as the vehicle and narrower towards the top.
fn hull(side: &[Point], width: f32, bevel: f32, lean: f32, from: f32) -> Mesh {
    plate(side, width, bevel).mapped(|p| vec3(p.x, p.y, p.z * (1.0 - lean * (p.y - from).max(0.0))))
}

/// A car: saloon, estate, sports car or small bus.
pub(super) fn car(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let lacquer = finish::lacquer(rng);
    let body = model.finish(&lacquer);
    let parts = Fittings::new(&mut model);
    let kind = pick(rng, &["saloon", "hatchback", "sports car", "pickup"]);
    let width = between(rng, 0.82, 0.92);
    let (radius, low) = (between(rng, 0.165, 0.19), 0.11);
    let belt = if kind == "sports car" { 0.40 } else { 0.46 };
    let side = [
        (-1.02, low),
        (-1.05, 0.30),
        (-1.0, belt),
        (-0.4, belt + 0.03),
        (0.45, belt + 0.02),
        (0.95, belt - 0.06),
        (1.05, 0.3),
        (1.04, low),
    ];
    model.add(body, hull(&side, width, 0.05, 0.25, 0.25));
    let roof = belt + if kind == "sports car" { 0.22 } else { 0.29 };
    let (rear, top_rear, top_front, front) = match kind {
        "saloon" => (-0.72, -0.46, 0.16, 0.50),
        "hatchback" => (-0.98, -0.84, 0.14, 0.48),
        "sports car" => (-0.80, -0.34, 0.06, 0.46),
        _ => (-0.22, -0.18, 0.18, 0.50),
    };
    let cabin = [rear, top_rear, top_front, front];
    add_cabin(&mut model, [body, parts.window], [width, belt, roof], cabin);
    car_details(&mut model, &parts, [width, radius, belt]);
    if kind == "pickup" {
        add_bed(&mut model, [body, parts.trim], [width, belt]);
    }
    if kind == "sports car" && chance(rng, 0.6) {
        add_spoiler(&mut model, parts.trim, [width, belt]);
    }
    if chance(rng, 0.25) {
        add_stripes(&mut model, belt);
    }
    model.named(&format!("{} {kind}", lacquer.word))
}

/// Adds windows, roof and pillars above the belt line. The last argument holds the ends of the cabin along x: rear
/// and front, each at the belt and at the roof.
fn add_cabin(
    model: &mut Builder,
    [body, window]: [Paint; 2],
    [width, belt, roof]: [f32; 3],
    [rear, top_rear, top_front, front]: [f32; 4],
) {
    let cabin = [(rear, belt - 0.04), (top_rear, roof), (top_front, roof), (front, belt - 0.04)];
    model.add(window, hull(&cabin, width * 0.93, 0.03, 0.55, belt));
    let cap = [
        (top_rear - 0.03, roof - 0.035),
        (top_rear + 0.02, roof + 0.015),
        (top_front - 0.02, roof + 0.015),
        (top_front + 0.04, roof - 0.035),
    ];
    model.add(body, hull(&cap, width * 0.94, 0.012, 0.55, belt));
    let post = 0.5 * (top_rear + top_front);
    let pillar = [
        (post - 0.03, belt - 0.02),
        (post - 0.03, roof),
        (post + 0.03, roof),
        (post + 0.03, belt - 0.02),
    ];
    model.add(body, hull(&pillar, width * 0.945, 0.008, 0.55, belt));
}

/// Adds the open bed of a pickup.
fn add_bed(model: &mut Builder, [body, trim]: [Paint; 2], [width, belt]: [f32; 2]) {
    model.add(trim, block(0.66, 0.02, width * 0.78).at(-0.64, belt + 0.005, 0.0));
    for z in [-1.0, 1.0] {
        model.add(body, block(0.75, 0.10, 0.05).at(-0.64, belt - 0.01, z * 0.41 * width));
    }
    model.add(body, block(0.05, 0.10, width * 0.84).at(-0.99, belt - 0.01, 0.0));
}

fn add_spoiler(model: &mut Builder, trim: Paint, [width, belt]: [f32; 2]) {
    model.add(trim, block(0.16, 0.025, width * 0.92).at(-0.95, belt + 0.12, 0.0));
    for z in [-0.3, 0.3] {
        model.add(trim, block(0.06, 0.13, 0.03).at(-0.95, belt, z));
    }
}

/// Adds two stripes along the bonnet.
fn add_stripes(model: &mut Builder, belt: f32) {
    let stripe = model.material(finish::tone(0xf2f0ea, 0.2));
    for z in [-0.08, 0.08] {
        let line =
            [(0.44, belt + 0.015), (0.45, belt + 0.028), (0.96, belt - 0.052), (0.95, belt - 0.07)];
        model.add(stripe, plate(&line, 0.07, 0.002).at(0.0, 0.0, z));
    }
}

fn car_details(model: &mut Builder, parts: &Fittings, [width, radius, belt]: [f32; 3]) {
    for x in [-0.64, 0.64] {
        for z in [-1.0, 1.0] {
            let arch = cylinder(radius * 1.16, 0.03).turn_x(90.0);
            model.add(parts.trim, arch.at(x, radius + 0.01, z * (0.5 * width - 0.009) - 0.015));
            parts.wheel(model, x, z * (0.5 * width + 0.025), radius);
        }
    }
    for z in [-1.0, 1.0] {
        let lamp = ball(0.075).scaled(0.5, 0.75, 1.2);
        model.add(parts.lamp, lamp.clone().at(1.015, belt - 0.13, z * 0.33 * width));
        model.add(parts.tail, lamp.scaled(0.7, 0.7, 1.0).at(-1.02, belt - 0.1, z * 0.35 * width));
        model.add(parts.trim, block(0.06, 0.06, 0.07).at(0.38, belt + 0.02, z * 0.53 * width));
        model.add(parts.trim, block(0.1, 0.018, 0.01).at(-0.08, belt - 0.06, z * 0.487 * width));
    }
    model.add(parts.trim, bevelled(0.06, 0.10, width * 0.5, 0.02).at(1.03, 0.18, 0.0));
    model.add(parts.trim, bevelled(2.06, 0.05, width * 0.94, 0.01).at(0.0, 0.1, 0.0));
}
