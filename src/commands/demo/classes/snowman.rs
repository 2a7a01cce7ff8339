//! Snowmen.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::Pattern;
use crate::commands::demo::math::{between, chance, srgb, vec3};
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::solids::{ball, bevelled, cylinder, frustum, rod, torus};

/// The radii of belly, chest and head, and the heights of chest and head.
struct Body {
    belly: f32,
    chest: f32,
    head: f32,
    chest_height: f32,
    head_height: f32,
}

/// A snowman of three balls, with a hat, a carrot, a scarf and twigs.
pub(super) fn snowman(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.65);
    let white = finish::tone(0xf3f6fa, 0.85);
    let snow = model.material(white.patterned(Pattern::Speckled, srgb(0xdde6f0), 3.0));
    let coal = model.material(finish::tone(0x1c1c1f, 0.7));
    model.tag("snow");
    model.tag("white");
    let cloth = finish::fabric(rng);
    let scarf = model.finish(&cloth);
    let body = Body::new(rng);
    body.add_balls(&mut model, snow);
    body.add_face(&mut model, coal);
    body.add_arms(&mut model, rng);
    body.add_scarf(&mut model, scarf);
    let hatted = chance(rng, 0.65);
    if hatted {
        body.add_top_hat(&mut model, [coal, scarf], rng);
    } else {
        body.add_bobble_hat(&mut model, [scarf, snow]);
    }
    let hat = if hatted { "top hat" } else { "bobble hat" };
    model.named(&format!("snowman with {hat} and {} scarf", cloth.word))
}

impl Body {
    fn new(rng: &mut Rng) -> Self {
        let belly = between(rng, 0.36, 0.42);
        let chest = between(rng, 0.26, 0.31);
        let head = between(rng, 0.19, 0.23);
        let chest_height = 1.62 * belly + 0.75 * chest;
        Self {
            belly,
            chest,
            head,
            chest_height,
            head_height: chest_height + 0.72 * chest + 0.82 * head,
        }
    }

    fn add_balls(&self, model: &mut Builder, snow: Paint) {
        model.add(snow, ball(self.belly).at(0.0, 0.9 * self.belly, 0.0));
        model.add(snow, ball(self.chest).at(0.0, self.chest_height, 0.0));
        model.add(snow, ball(self.head).at(0.0, self.head_height, 0.0));
    }

    /// Adds eyes, a smile, a carrot, and buttons below.
    fn add_face(&self, model: &mut Builder, coal: Paint) {
        let (head, y) = (self.head, self.head_height);
        for x in [-0.38, 0.38] {
            let eye = ball(0.03).at(x * head, y + 0.25 * head, head * 0.90);
            model.add(coal, eye);
        }
        for step in -2_i8..=2 {
            let step = f32::from(step);
            let spot = vec3(0.0, -0.45 * head, head * 0.9).turn_y(13.0 * step);
            let smile = 0.012 * step * step;
            model.add(coal, ball(0.017).at(spot.x, y + spot.y + smile, spot.z));
        }
        let carrot = model.material(finish::tone(0xe8761f, 0.6));
        let (root, tip) = (vec3(0.0, y, 0.85 * head), vec3(0.02, y - 0.02, head + 0.2));
        model.add(carrot, rod(root, tip, 0.042, 0.0));
        for button in 0..3 {
            let spot = vec3(0.0, 0.0, self.chest + 0.005).turn_x(26.0 * button as f32 - 28.0);
            model.add(coal, ball(0.028).at(0.0, self.chest_height + spot.y, spot.z));
        }
    }

    /// Adds forked twigs.
    fn add_arms(&self, model: &mut Builder, rng: &mut Rng) {
        let twig = model.material(finish::tone(0x5b3d26, 0.9));
        for side in [-1.0, 1.0] {
            let from = vec3(side * 0.85 * self.chest, self.chest_height + 0.1, 0.0);
            let rise = between(rng, 0.12, 0.34);
            let tip = vec3(side * (self.chest + 0.38), self.chest_height + rise, 0.08);
            let fork = from.lerp(tip, 0.65);
            let finger = fork + vec3(side * 0.07, 0.13, 0.0);
            model.add(twig, rod(from, tip, 0.02, 0.012));
            model.add(twig, rod(fork, finger, 0.013, 0.008));
        }
    }

    fn add_scarf(&self, model: &mut Builder, scarf: Paint) {
        let neck = self.chest_height + 0.78 * self.chest;
        model.add(scarf, torus(self.head * 0.78, 0.055).at(0.0, neck, 0.0));
        let end = bevelled(0.11, 0.28, 0.035, 0.012).turn_x(-14.0);
        model.add(scarf, end.at(0.10, neck - 0.27, 0.62 * self.chest + 0.10));
    }

    fn add_top_hat(&self, model: &mut Builder, [felt, band]: [Paint; 2], rng: &mut Rng) {
        let (head, y) = (self.head, self.head_height + 0.72 * self.head);
        let crown = frustum(head * 0.70, head * 0.76, between(rng, 0.22, 0.32));
        model.add(felt, cylinder(head * 1.15, 0.03).at(0.0, y, 0.0));
        model.add(felt, crown.at(0.0, y, 0.0));
        model.add(band, cylinder(head * 0.735, 0.06).at(0.0, y + 0.03, 0.0));
    }

    fn add_bobble_hat(&self, model: &mut Builder, [wool, bobble]: [Paint; 2]) {
        let (head, y) = (self.head, self.head_height);
        let cap = ball(head * 0.98).scaled(1.02, 0.8, 1.02);
        model.add(wool, cap.at(0.0, y + 0.45 * head, 0.0));
        model.add(bobble, ball(0.075).at(0.0, y + 1.35 * head, 0.0));
    }
}
