//! Computes the light from a point of a surface: Lambert and GGX under a key light, light from the sky above and from
//! the ground below, reflections of a studio, and a rim light from behind.

use super::material::Material;
use super::math::{Vec3, mix, smoothstep, vec3};
use super::projection::direction;
use super::view::Light;

/// The lights in the object's space.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lighting {
    /// The unit vector to the key light.
    pub(super) towards: Vec3,
    /// The unit vector to a weak light on the other side.
    fill: Vec3,
    /// The unit vector to the light behind.
    behind: Vec3,
    light: Light,
}

/// A visible point of a surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// The unit normal.
    pub(super) normal: Vec3,
    /// The unit vector to the eye.
    pub(super) to_eye: Vec3,
    /// The fraction of the key light that arrives, 0 to 1.
    pub(super) lit: f32,
    /// The fraction of the surrounding light that arrives, 0 to 1.
    pub(super) open: f32,
}

impl Lighting {
    /// Places the lights for a camera at the given azimuth in degrees.
    pub(super) fn new(light: Light, camera_azimuth: f32) -> Self {
        Self {
            towards: direction(camera_azimuth + light.azimuth, light.elevation),
            fill: direction(camera_azimuth - 1.2 * light.azimuth, 12.0),
            behind: direction(camera_azimuth + 180.0 - 0.5 * light.azimuth, 25.0),
            light,
        }
    }

    /// Returns the linear light from a spot of the given material and colour to the eye.
    pub(super) fn shade(&self, spot: &Spot, material: &Material, colour: Vec3) -> Vec3 {
        let normal = spot.normal;
        let facing = normal.dot(spot.to_eye).clamp(0.02, 1.0);
        let body = colour * (1.0 - material.metalness);
        let gloss = Vec3::splat(0.04).lerp(colour, material.metalness);
        let graze = fifth_power(1.0 - facing);

        let key = normal.dot(self.towards).max(0.0) * spot.lit;
        let fill = 0.16 * normal.dot(self.fill).max(0.0) * spot.open;
        let sky = self.light.bounce.lerp(self.light.sky, 0.5 + 0.5 * normal.y);
        let diffuse = self.light.key * (key + fill) + sky * spot.open;

        let shine = self.highlight(spot, material.roughness, gloss) * key;
        let mirrored = normal * (2.0 * normal.dot(spot.to_eye)) - spot.to_eye;
        let smooth = Vec3::splat(1.0 - material.roughness).max(gloss);
        let reflectance = gloss + (smooth - gloss) * graze;
        let shaded = mix(0.35, 1.0, spot.lit) * spot.open;
        let reflected = self.studio(mirrored, material.roughness) * reflectance * shaded;

        let rim = self.rim(normal, facing) * (0.35 + 0.65 * spot.open);
        let edge = self.light.rim * rim * (colour * 0.6 + Vec3::splat(0.12));
        body * diffuse + self.light.key * shine + reflected + edge + material.glow
    }

    /// Returns the GGX lobe with Schlick's Fresnel term. The factor pi is part of the light's unit.
    fn highlight(&self, spot: &Spot, roughness: f32, gloss: Vec3) -> Vec3 {
        let half = (self.towards + spot.to_eye).normalised();
        let aligned = spot.normal.dot(half).max(0.0);
        let alpha = (roughness * roughness).max(0.02);
        let square = alpha * alpha;
        let fall = aligned * aligned * (square - 1.0) + 1.0;
        let lobe = square / (4.0 * fall * fall);
        let grazing = fifth_power(1.0 - half.dot(spot.to_eye).clamp(0.0, 1.0));
        let fresnel = gloss + (Vec3::splat(1.0) - gloss) * grazing;
        // A lamp has a size, so its reflection has a greatest brightness.
        fresnel * lobe.min(14.0)
    }

    /// Returns the light that a surface reflects from a direction: a bright sky, a dark horizon, a soft box at the
    /// key light and a strip light opposite. All become softer with the roughness.
    fn studio(&self, towards: Vec3, roughness: f32) -> Vec3 {
        let spread = mix(0.05, 0.75, roughness);
        let up = smoothstep(-spread - 0.1, spread + 0.35, towards.y);
        let dome = self.light.bounce.lerp(self.light.sky * 2.1, up);
        let sharp = 1.0 - 0.75 * roughness;
        let edge = 0.86 - 0.5 * roughness;
        let soft_box = smoothstep(edge, edge + 0.12 + 0.5 * roughness, towards.dot(self.towards));
        let strip = smoothstep(0.72 - 0.4 * roughness, 0.95, towards.dot(self.fill));
        dome + self.light.key * (sharp * (1.6 * soft_box + 0.5 * strip))
    }

    /// Returns the strength of the light from behind at an edge.
    fn rim(&self, normal: Vec3, facing: f32) -> f32 {
        let edge = 1.0 - facing;
        let wrap = (0.35 + normal.dot(self.behind)).max(0.0);
        edge * edge * edge * wrap
    }
}

fn fifth_power(value: f32) -> f32 {
    let square = value * value;
    square * square * value
}

/// Compresses highlights into 0 to 1 as film does (Narkowicz's fit of ACES), with a little more exposure in the
/// middle tones.
pub(super) fn tone_map(colour: Vec3) -> Vec3 {
    let curve = |value: f32| {
        let x = 0.82 * value.max(0.0);
        ((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)).min(1.0)
    };
    vec3(curve(colour.x), curve(colour.y), curve(colour.z))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tone_mapping_rises_and_stays_in_range() {
        let mut last = -1.0;
        for step in 0..100 {
            let value = tone_map(Vec3::splat(step as f32 * 0.1)).x;
            assert!(value >= last && value <= 1.0);
            last = value;
        }
    }

    #[test]
    fn lit_spots_are_brighter_than_shadowed_ones() {
        let light = Light {
            azimuth: 40.0,
            elevation: 50.0,
            key: Vec3::splat(1.4),
            sky: Vec3::splat(0.4),
            bounce: Vec3::splat(0.1),
            rim: Vec3::splat(0.5),
        };
        let lighting = Lighting::new(light, 0.0);
        let material = Material::plain(Vec3::splat(0.5), 0.5);
        let spot = |lit: f32| Spot {
            normal: vec3(0.0, 0.0, 1.0),
            to_eye: vec3(0.0, 0.0, 1.0),
            lit,
            open: 1.0,
        };
        let bright = lighting.shade(&spot(1.0), &material, material.base);
        let dark = lighting.shade(&spot(0.0), &material, material.base);
        assert!(bright.x > 1.5 * dark.x && dark.x > 0.02);
    }
}
