//! Airplanes in flight. Their noses point to +x.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::math::{Vec3, between, chance, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::{ellipse, profile_spline};
use crate::commands::demo::solids::{ball, cylinder, frustum, lathe, loft, plate, rod};

/// The measures and paints that an airplane's parts share.
struct Plan {
    biplane: bool,
    radius: f32,
    length: f32,
    /// Half the distance between the wing tips.
    span: f32,
    /// The distance by which the wing tips lie behind the roots.
    sweep: f32,
    wings: Paint,
    metal: Paint,
    glass: Paint,
}

/// An airplane in flight: a propeller plane, a biplane or a jet.
pub(super) fn airplane(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(1.0);
    let shell = finish::lacquer(rng);
    let hull = model.finish(&shell);
    let accent = finish::lacquer(rng);
    let jet = chance(rng, 0.45);
    let (shortest, longest) = if jet { (1.9, 2.2) } else { (1.4, 1.6) };
    let plan = Plan {
        biplane: !jet && chance(rng, 0.35),
        radius: between(rng, 0.13, 0.16),
        length: between(rng, shortest, longest),
        span: between(rng, 0.85, 1.05),
        sweep: if jet { between(rng, 0.30, 0.5) } else { 0.04 },
        wings: model.finish(&accent),
        metal: model.material(finish::fitting()),
        glass: model.material(finish::tone(0x23384a, 0.06)),
    };
    fuselage(&mut model, hull, [plan.radius, plan.length]);
    plan.add_wings(&mut model);
    plan.add_tail(&mut model);
    if jet {
        plan.add_jet_parts(&mut model);
    } else {
        let canopy = ball(0.15).scaled(1.4, 0.9, 0.75);
        model.add(plan.glass, canopy.at(0.10, 0.12, 0.0));
        propeller(&mut model, [plan.wings, plan.metal], 0.5 * plan.length, rng);
    }
    // The airplane banks towards the viewer, so that both wings are visible.
    model.pose(between(rng, 6.0, 26.0), between(rng, 2.0, 12.0));
    let kind = match (jet, plan.biplane) {
        (true, _) => "jet airplane",
        (_, true) => "biplane",
        _ => "propeller airplane",
    };
    model.named(&format!("{} {kind} with {} wings", shell.word, accent.word))
}

impl Plan {
    /// Adds one pair of wings, or two pairs with struts between them.
    fn add_wings(&self, model: &mut Builder) {
        let levels: &[f32] = if self.biplane { &[-0.10, 0.26] } else { &[-0.03] };
        for side in [-1.0, 1.0] {
            for &level in levels {
                let part = wing([0.20, 0.38], [self.span * side, self.sweep, 0.20], 0.05);
                model.add(self.wings, part.at(0.0, level, 0.0));
            }
            let z = side * 0.6 * self.span;
            for x in [-0.07, 0.18] {
                if self.biplane {
                    let (low, high) = (vec3(x, -0.1, z), vec3(x, 0.26, z));
                    model.add(self.metal, rod(low, high, 0.012, 0.012));
                }
            }
        }
    }

    /// Adds tailplanes and rudder.
    fn add_tail(&self, model: &mut Builder) {
        let length = self.length;
        for side in [-1.0, 1.0] {
            let tip = [0.38 * side, 0.5 * self.sweep + 0.04, 0.13];
            let part = wing([-0.32 * length, 0.22], tip, 0.03);
            model.add(self.wings, part.at(0.0, 0.05, 0.0));
        }
        let rudder = [
            (-0.30 * length, 0.06),
            (-0.41 * length, 0.40),
            (-0.49 * length, 0.40),
            (-0.48 * length, 0.04),
        ];
        model.add(self.wings, plate(&rudder, 0.035, 0.01));
    }

    /// Adds engines below the wings, and windows along the sides and in front.
    fn add_jet_parts(&self, model: &mut Builder) {
        let pod = [
            (0.0, -0.16),
            (0.055, -0.16),
            (0.085, 0.0),
            (0.085, 0.14),
            (0.065, 0.15),
            (0.06, 0.06),
            (0.0, 0.06),
        ];
        for side in [-1.0, 1.0] {
            let engine = lathe(&pod, 20).turn_z(-90.0);
            model.add(self.metal, engine.at(0.12, -0.13, side * 0.38 * self.span));
            for window in 0..8 {
                let x = (0.075 * window as f32 - 0.28) * self.length;
                let pane = ball(0.026).scaled(1.0, 1.2, 0.4);
                model.add(self.glass, pane.at(x, 0.045, side * self.radius * 0.95));
            }
        }
        let cockpit = ball(0.10).scaled(1.2, 0.6, 1.0);
        model.add(self.glass, cockpit.at(0.40 * self.length, 0.065, 0.0));
    }
}

/// Adds a body of revolution with its nose to +x.
fn fuselage(model: &mut Builder, hull: Paint, [radius, length]: [f32; 2]) {
    let shares = [
        (0.0, -0.5),
        (0.25, -0.48),
        (0.62, -0.28),
        (1.0, 0.02),
        (1.0, 0.28),
        (0.78, 0.42),
        (0.4, 0.49),
        (0.0, 0.5),
    ];
    let points: Vec<_> = shares.iter().map(|&(r, x)| (r * radius, x * length)).collect();
    model.add(hull, lathe(&profile_spline(&points, 3), 28).turn_z(-90.0));
}

/// Makes a wing from the body out to z: root [front x, chord], tip [z, sweep, chord].
fn wing(root: [f32; 2], tip: [f32; 3], thickness: f32) -> Mesh {
    let section = |front: f32, chord: f32, z: f32, thickness: f32| -> Vec<Vec3> {
        ellipse(chord, thickness, 14)
            .into_iter()
            .map(|(x, y)| vec3(front - 0.5 * chord + x, y + 0.05 * z.abs(), z))
            .collect()
    };
    let end = root[0] - tip[1];
    let near = section(root[0], root[1], 0.0, thickness);
    let far = section(end, tip[2], tip[0] * 0.96, 0.6 * thickness);
    let edge = section(end - 0.03, tip[2] * 0.6, tip[0], 0.2 * thickness);
    loft(&[near, far, edge], false)
}

/// Adds spinner, blades and wheels.
fn propeller(model: &mut Builder, [second, metal]: [Paint; 2], nose: f32, rng: &mut Rng) {
    let blades = rng.usize(2..4);
    let start = between(rng, 0.0, 90.0);
    model.add(second, frustum(0.06, 0.0, 0.13).turn_z(-90.0).at(nose - 0.03, 0.0, 0.0));
    for blade in 0..blades {
        let part = ball(0.16).scaled(0.12, 1.0, 0.26).turn_y(20.0).at(0.0, 0.17, 0.0);
        let turn = start + 360.0 * blade as f32 / blades as f32;
        model.add(metal, part.turn_x(turn).at(nose, 0.0, 0.0));
    }
    for z in [-0.22, 0.22] {
        model.add(metal, rod(vec3(0.18, -0.05, 0.4 * z), vec3(0.2, -0.28, z), 0.016, 0.014));
        model.add(metal, cylinder(0.075, 0.05).turn_x(90.0).at(0.2, -0.30, z + 0.025));
    }
}
