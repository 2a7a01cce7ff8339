//! Ambient occlusion from the z-buffer, which makes corners and gaps darker.

use super::math::{Vec3, sin_cos};
use super::projection::Camera;
use super::raster::{NOTHING, Raster};

/// The number of samples per point.
const TAPS: usize = 12;

/// A disc of sample places, spread in a spiral.
#[derive(Debug)]
pub(super) struct Occlusion {
    offsets: [(f32, f32); TAPS],
    /// The largest distance at which a surface occludes another, in units of length.
    radius: f32,
}

impl Occlusion {
    /// Prepares the occlusion for an object of the given half extent.
    pub(super) fn new(extent: f32) -> Self {
        let mut offsets = [(0.0, 0.0); TAPS];
        for (index, offset) in offsets.iter_mut().enumerate() {
            let share = (index as f32 + 0.5) / TAPS as f32;
            let (sin, cos) = sin_cos(137.508 * index as f32);
            *offset = (cos * share, sin * share);
        }
        Self { offsets, radius: 0.24 * extent }
    }

    /// Returns the fraction of the sky that a point sees, from 0 to 1, after McGuire and others, "The Alchemy
    /// screen-space ambient obscurance algorithm", 2011.
    pub(super) fn open(&self, camera: &Camera, raster: &Raster, point: Vec3, normal: Vec3) -> f32 {
        let here = camera.project(point);
        let reach = self.radius * camera.focal * here.nearness;
        let softness = 0.02 * self.radius * self.radius;
        let mut hidden = 0.0;
        for (dx, dy) in self.offsets {
            let (x, y) = (here.x + dx * reach, here.y + dy * reach);
            if x < 0.0 || y < 0.0 || x >= raster.width as f32 || y >= raster.height as f32 {
                continue;
            }
            let at = y as usize * raster.width + x as usize;
            if raster.triangle[at] == NOTHING {
                continue;
            }
            let (x, y) = (x.floor() + 0.5, y.floor() + 0.5);
            let other = camera.eye + camera.ray(x, y) * (1.0 / raster.nearness[at]);
            let offset = other - point;
            let rise = offset.dot(normal) - 0.06 * self.radius;
            let squared = offset.dot(offset);
            if rise > 0.0 && squared < 4.0 * self.radius * self.radius {
                hidden += self.radius * rise / (squared + softness);
            }
        }
        (1.0 - 0.55 * hidden / TAPS as f32).clamp(0.15, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::math::vec3;
    use super::super::projection::Framing;
    use super::super::raster::{Faces, ScreenVertex};
    use super::super::solids::block;
    use super::*;

    #[test]
    fn the_foot_of_a_wall_is_darker_than_open_floor() {
        let wall = block(0.4, 2.0, 4.0).at(-2.0, 0.0, 0.0);
        let mesh = block(4.0, 0.2, 4.0).at(0.0, -0.2, 0.0).with(wall);
        let framing = Framing {
            azimuth: 60.0,
            elevation: 35.0,
            field_of_view: 30.0,
            fill: 0.8,
            size: (128.0, 96.0),
        };
        let camera = Camera::framing(&mesh.positions, &framing);
        let vertices: Vec<ScreenVertex> =
            mesh.positions.iter().map(|&p| camera.project(p)).collect();
        let mut raster = Raster::new(128, 96);
        raster.draw(&vertices, &mesh.triangles, Faces::Front);
        let occlusion = Occlusion::new(3.0);
        let up = vec3(0.0, 1.0, 0.0);
        let corner = occlusion.open(&camera, &raster, vec3(-1.7, 0.0, 0.0), up);
        let floor = occlusion.open(&camera, &raster, vec3(1.0, 0.0, 0.0), up);
        assert!(floor > 0.95 && corner < 0.85, "{floor} {corner}");
    }
}
