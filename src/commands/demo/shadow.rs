//! The shadow map: the object as seen from the key light. The parts that the light sees are lit.

use super::math::{Vec3, vec3};
use super::mesh::Mesh;
use super::raster::{Faces, Raster, ScreenVertex};

/// Texels along each side of the map.
const SIZE: usize = 256;

/// The filter's sample places around a point, in texels: a ring of eight.
const TAPS: [(f32, f32); 8] = [
    (1.9, 0.4),
    (1.0, 1.6),
    (-0.4, 1.9),
    (-1.6, 1.0),
    (-1.9, -0.4),
    (-1.0, -1.6),
    (0.4, -1.9),
    (1.6, -1.0),
];

/// The depths of the object in parallel projection from the light.
#[derive(Debug)]
pub(super) struct ShadowMap {
    raster: Raster,
    right: Vec3,
    up: Vec3,
    towards: Vec3,
    middle: Vec3,
    scale: f32,
}

impl ShadowMap {
    /// Draws the mesh as the light sees it. `towards` is the unit vector to the light.
    pub(super) fn new(mesh: &Mesh, towards: Vec3) -> Self {
        let (low, high) = mesh.bounds();
        let radius = 0.5 * (high - low).length();
        // For a light straight above, any right-hand side will do.
        let right = vec3(towards.z + 1e-6, 0.0, -towards.x).normalised();
        let mut map = Self {
            raster: Raster::new(SIZE, SIZE),
            right,
            up: towards.cross(right),
            towards,
            middle: (low + high) * 0.5,
            scale: 0.48 * SIZE as f32 / radius.max(1e-6),
        };
        let vertices: Vec<ScreenVertex> = mesh.positions.iter().map(|&p| map.project(p)).collect();
        map.raster.draw(&vertices, &mesh.triangles, Faces::Both);
        map
    }

    fn project(&self, point: Vec3) -> ScreenVertex {
        let offset = (point - self.middle) * self.scale;
        let half = 0.5 * SIZE as f32;
        ScreenVertex {
            x: half + offset.dot(self.right),
            y: half - offset.dot(self.up),
            nearness: offset.dot(self.towards),
        }
    }

    /// Returns the fraction of the light that reaches a point of the surface, 0 to 1.
    pub(super) fn lit(&self, point: Vec3, normal: Vec3) -> f32 {
        // The point is moved off its surface, farther under grazing light, against self-shadowing.
        let facing = normal.dot(self.towards);
        if facing <= 0.0 {
            return 0.0;
        }
        let lift = (1.2 + 2.2 * (1.0 - facing)) / self.scale;
        let place = self.project(point + normal * lift);
        let nearness = place.nearness + 1.2;
        let free = TAPS
            .iter()
            .filter(|(dx, dy)| self.nearest(place.x + dx, place.y + dy) <= nearness)
            .count();
        free as f32 / TAPS.len() as f32
    }

    fn nearest(&self, x: f32, y: f32) -> f32 {
        let limit = SIZE as f32 - 1.0;
        let (column, row) = (x.clamp(0.0, limit) as usize, y.clamp(0.0, limit) as usize);
        self.raster.nearness[row * SIZE + column]
    }
}

#[cfg(test)]
mod tests {
    use super::super::solids::block;
    use super::*;

    #[test]
    fn the_ground_under_a_roof_is_dark() {
        let roof = block(2.0, 0.1, 2.0).at(0.0, 1.0, 0.0);
        let mesh = block(2.0, 0.1, 2.0).with(roof);
        let up = vec3(0.0, 1.0, 0.0);
        let map = ShadowMap::new(&mesh, up);
        assert_eq!(map.lit(vec3(0.0, 0.1, 0.0), up), 0.0);
        assert_eq!(map.lit(vec3(0.0, 1.1, 0.0), up), 1.0);
    }
}
