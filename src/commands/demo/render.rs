//! Renders the picture of an object in a view.

use std::sync::LazyLock;

use image::{Rgb, RgbImage};

use super::ground::Ground;
use super::material::Pattern;
use super::math::{Vec3, encode_srgb, smoothstep};
use super::object::Object;
use super::occlusion::Occlusion;
use super::projection::{Camera, Framing};
use super::raster::{Faces, NOTHING, Raster, ScreenVertex, edge};
use super::shade::{Lighting, Spot, tone_map};
use super::shadow::ShadowMap;
use super::view::View;

/// The number of samples along each side of a pixel.
const SAMPLES: usize = 2;

/// The number of steps in the table that encodes linear light.
const STEPS: usize = 4096;

static ENCODED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..=STEPS).map(|step| (255.0 * encode_srgb(step as f32 / STEPS as f32) + 0.5) as u8).collect()
});

/// Renders an object in a view. Width and height are in pixels and at least 1. The same arguments give the same bytes
/// on every machine.
pub fn render(object: &Object, view: &View, width: u32, height: u32) -> RgbImage {
    let scene = Scene::new(object, view, width as usize, height as usize);
    RgbImage::from_fn(width, height, |x, y| scene.pixel(x as usize, y as usize))
}

/// The data that a pixel's colour depends on.
struct Scene<'a> {
    object: &'a Object,
    view: &'a View,
    camera: Camera,
    vertices: Vec<ScreenVertex>,
    raster: Raster,
    lighting: Lighting,
    shadow: ShadowMap,
    ground: Option<Ground>,
    occlusion: Occlusion,
    /// The lowest point and the height of the object.
    stand: (f32, f32),
}

/// A place in a pixel.
#[derive(Clone, Copy)]
struct Sample {
    x: f32,
    y: f32,
    /// The triangle that the sample sees, or [`NOTHING`].
    seen: u32,
    /// The sample's weight in the pixel's colour.
    weight: f32,
}

/// The surface that a sample sees.
struct Hit {
    position: Vec3,
    normal: Vec3,
    rest: Vec3,
    paint: usize,
}

impl<'a> Scene<'a> {
    fn new(object: &'a Object, view: &'a View, width: usize, height: usize) -> Self {
        let mesh = &object.mesh;
        let azimuth = view.azimuth * object.stance.turn;
        let (across, down) = (width * SAMPLES, height * SAMPLES);
        let framing = Framing {
            azimuth,
            elevation: view.elevation,
            field_of_view: view.field_of_view,
            fill: view.fill,
            size: (across as f32, down as f32),
        };
        let camera = Camera::framing(&mesh.positions, &framing);
        let vertices: Vec<ScreenVertex> =
            mesh.positions.iter().map(|&p| camera.project(p)).collect();
        let mut raster = Raster::new(across, down);
        raster.draw(&vertices, &mesh.triangles, Faces::Front);
        let lighting = Lighting::new(view.light, azimuth);
        let grounded = view.ground && object.stance.grounded;
        let (low, high) = mesh.bounds();
        Self {
            object,
            view,
            camera,
            vertices,
            raster,
            lighting,
            shadow: ShadowMap::new(mesh, lighting.towards),
            ground: grounded.then(|| Ground::new(mesh, lighting.towards)),
            occlusion: Occlusion::new(0.5 * (high - low).length()),
            stand: (low.y, high.y - low.y),
        }
    }

    /// Returns the encoded mean of a pixel's samples.
    fn pixel(&self, x: usize, y: usize) -> Rgb<u8> {
        let mut sum = Vec3::default();
        let mut empty = 0.0;
        let mut open = None;
        let behind = || self.backdrop(x, y);
        let samples = self.samples(x, y);
        let count = samples.iter().map(|sample| sample.weight).sum::<f32>();
        for sample in samples.iter().filter(|sample| sample.weight > 0.0) {
            if sample.seen == NOTHING {
                empty += sample.weight;
                continue;
            }
            // Occlusion is smooth, so it is computed once for the whole pixel.
            let hit = self.hit(sample);
            let open = *open.get_or_insert_with(|| self.open(&hit));
            sum += self.surface(&hit, open, behind) * sample.weight;
        }
        if empty > 0.0 {
            sum += self.backdrop(x, y) * empty;
        }
        encoded(sum * (1.0 / count))
    }

    /// Returns the samples of a pixel. Where all of them see one triangle without a pattern, the light hardly varies,
    /// so only the pixel's middle is computed.
    fn samples(&self, x: usize, y: usize) -> [Sample; SAMPLES * SAMPLES] {
        let mut samples = std::array::from_fn(|index| {
            let column = x * SAMPLES + index % SAMPLES;
            let row = y * SAMPLES + index / SAMPLES;
            Sample {
                x: column as f32 + 0.5,
                y: row as f32 + 0.5,
                seen: self.raster.triangle[row * self.raster.width + column],
                weight: 1.0,
            }
        });
        let seen = samples[0].seen;
        if samples.iter().all(|sample| sample.seen == seen) && self.is_even(seen) {
            let half = 0.5 * SAMPLES as f32;
            for sample in &mut samples {
                sample.weight = 0.0;
            }
            samples[0].x += half - 0.5;
            samples[0].y += half - 0.5;
            samples[0].weight = 1.0;
        }
        samples
    }

    /// Returns whether a triangle has no pattern, or whether there is no triangle.
    fn is_even(&self, seen: u32) -> bool {
        let triangle = self.object.mesh.triangles.get(seen as usize);
        triangle.is_none_or(|triangle| {
            self.object.materials[triangle.paint as usize].pattern == Pattern::Plain
        })
    }

    /// Returns the surface under a sample, with its attributes interpolated in perspective.
    fn hit(&self, sample: &Sample) -> Hit {
        let Sample { x, y, seen, .. } = *sample;
        let mesh = &self.object.mesh;
        let triangle = mesh.triangles[seen as usize];
        let [a, b, c] = triangle.corners.map(|corner| self.vertices[corner as usize]);
        let weights = [
            edge(b, c, x, y) * a.nearness,
            edge(c, a, x, y) * b.nearness,
            edge(a, b, x, y) * c.nearness,
        ];
        let scale = 1.0 / (weights[0] + weights[1] + weights[2]);
        let blend = |values: [Vec3; 3]| {
            (values[0] * weights[0] + values[1] * weights[1] + values[2] * weights[2]) * scale
        };
        Hit {
            position: blend(mesh.corners(&triangle)),
            normal: blend(self.object.normals[seen as usize]).normalised(),
            rest: blend(triangle.corners.map(|corner| mesh.rest[corner as usize])),
            paint: triangle.paint as usize,
        }
    }

    /// Returns the fraction of the surrounding light that reaches a point. The ground blocks some of it too.
    fn open(&self, hit: &Hit) -> f32 {
        let open = self.occlusion.open(&self.camera, &self.raster, hit.position, hit.normal);
        if self.ground.is_none() {
            return open;
        }
        let (low, height) = self.stand;
        let rise = smoothstep(-0.05, 0.30, (hit.position.y - low) / height.max(1e-6));
        let down = 0.5 - 0.5 * hit.normal.y;
        open * (1.0 - 0.75 * down * (1.0 - rise))
    }

    /// Returns the light from a surface. `behind` is computed only where the surface is transparent.
    fn surface(&self, hit: &Hit, open: f32, behind: impl Fn() -> Vec3) -> Vec3 {
        let material = &self.object.materials[hit.paint];
        let spot = Spot {
            normal: hit.normal,
            to_eye: (self.camera.eye - hit.position).normalised(),
            lit: self.shadow.lit(hit.position, hit.normal),
            open,
        };
        let colour = material.colour_at(hit.rest);
        let light = tone_map(self.lighting.shade(&spot, material, colour));
        if material.clearness <= 0.0 {
            return light;
        }
        let facing = hit.normal.dot(spot.to_eye).max(0.0);
        // A highlight on glass hides what lies behind it.
        let glare = light.x.max(light.y).max(light.z);
        let share = material.clearness * facing * facing * (1.0 - 0.8 * glare);
        light.lerp(behind() * (colour * 1.6 + Vec3::splat(0.12)), share)
    }

    fn backdrop(&self, x: usize, y: usize) -> Vec3 {
        let (column, row) = ((x * SAMPLES) as f32 + 1.0, (y * SAMPLES) as f32 + 1.0);
        let across = 2.0 * column / self.raster.width as f32 - 1.0;
        let down = 2.0 * row / self.raster.height as f32 - 1.0;
        let colour = self.view.background.colour_at(across, down);
        match &self.ground {
            Some(ground) => ground.shade(colour, self.camera.eye, self.camera.ray(column, row)),
            None => colour,
        }
    }
}

fn encoded(colour: Vec3) -> Rgb<u8> {
    let channel = |value: f32| ENCODED[(value.clamp(0.0, 1.0) * STEPS as f32 + 0.5) as usize];
    Rgb([channel(colour.x), channel(colour.y), channel(colour.z)])
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::super::classes::CLASSES;
    use super::*;

    /// Returns the fraction of the samples that see the object.
    fn coverage(scene: &Scene) -> f32 {
        let seen = scene.raster.triangle.iter().filter(|id| **id != NOTHING);
        seen.count() as f32 / scene.raster.triangle.len() as f32
    }

    #[test]
    fn every_class_fills_a_fair_share_of_the_picture() {
        for class in &CLASSES {
            let mut sum = 0.0;
            for seed in 0..6 {
                let mut rng = Rng::with_seed(seed);
                let object = class.build(&mut rng);
                let view = View::random(&mut rng);
                let share = coverage(&Scene::new(&object, &view, 64, 36));
                // A key or a sword is thin from any side.
                assert!((0.02..0.75).contains(&share), "{} {share}", class.name);
                sum += share / 6.0;
            }
            assert!((0.04..0.6).contains(&sum), "{} {sum}", class.name);
        }
    }

    #[test]
    fn a_picture_of_one_pixel_does_not_fail() {
        let mut rng = Rng::with_seed(1);
        let object = CLASSES[0].build(&mut rng);
        let view = View::random(&mut rng);
        assert_eq!(render(&object, &view, 1, 1).dimensions(), (1, 1));
    }
}
