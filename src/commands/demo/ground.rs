//! The shadows of an object on the ground: a soft one from the key light, and a wide faint one where the object hides
//! the sky.

use super::math::{Vec3, smoothstep, vec3};
use super::mesh::Mesh;
use super::raster::{Faces, NOTHING, Raster, ScreenVertex};

/// Texels along each side of the grids.
const SIZE: usize = 112;

/// Shadows on the plane below an object.
#[derive(Debug)]
pub(super) struct Ground {
    /// The height of the plane.
    level: f32,
    /// The texels per unit of length.
    scale: f32,
    /// The middle of the grid, in x and z.
    middle: (f32, f32),
    /// Half the object's extent, which scales the falloff of the light.
    radius: f32,
    cast: Vec<f32>,
    contact: Vec<f32>,
}

impl Ground {
    /// Projects the mesh onto the plane at its lowest point.
    pub(super) fn new(mesh: &Mesh, towards: Vec3) -> Self {
        let (low, high) = mesh.bounds();
        let size = high - low;
        let radius = 0.5 * size.length();
        // Long shadows of a low light are cut off, so that the grid's resolution stays fine.
        let reach = size.y / towards.y.max(0.45);
        let half = 0.5 * size.x.max(size.z) + 0.30 * radius;
        let slide = |p: Vec3| (p.y - low.y).min(reach) / towards.y.max(0.45);
        let middle = (
            0.5 * (low.x + high.x) - 0.5 * size.y * towards.x,
            0.5 * (low.z + high.z) - 0.5 * size.y * towards.z,
        );
        let extent = half + 0.75 * size.y * towards.x.abs().max(towards.z.abs());
        let mut ground = Self {
            level: low.y,
            scale: 0.5 * SIZE as f32 / extent,
            middle,
            radius,
            cast: Vec::new(),
            contact: Vec::new(),
        };
        let texel = ground.scale * radius;
        let cast = ground.cover(mesh, |p| p - towards * slide(p));
        ground.cast = blurred(cast.0, (0.035 * texel) as usize + 1);
        let (cover, height) = ground.cover(mesh, |p| p);
        let near = cover
            .iter()
            .zip(&height)
            .map(|(cover, height)| cover * (1.0 - smoothstep(0.0, 0.55 * radius, *height)))
            .collect();
        ground.contact = blurred(near, (0.05 * texel) as usize + 1);
        ground
    }

    /// Returns which texels the mapped mesh covers, and how high it is above them.
    fn cover(&self, mesh: &Mesh, map: impl Fn(Vec3) -> Vec3) -> (Vec<f32>, Vec<f32>) {
        let mut raster = Raster::new(SIZE, SIZE);
        let vertices: Vec<ScreenVertex> = mesh
            .positions
            .iter()
            .map(|&p| {
                let (x, y) = self.texel(map(p));
                let nearness = self.level - p.y;
                ScreenVertex { x, y, nearness }
            })
            .collect();
        raster.draw(&vertices, &mesh.triangles, Faces::Both);
        let cover = raster.triangle.iter().map(|&id| f32::from(id != NOTHING));
        let height = raster.nearness.iter().map(|nearness| -nearness);
        (cover.collect(), height.collect())
    }

    fn texel(&self, point: Vec3) -> (f32, f32) {
        let half = 0.5 * SIZE as f32;
        (
            half + (point.x - self.middle.0) * self.scale,
            half + (point.z - self.middle.1) * self.scale,
        )
    }

    /// Returns the background along a ray with the ground: darker in the shadow, and a little lighter in the lit area
    /// around the object.
    pub(super) fn shade(&self, background: Vec3, eye: Vec3, ray: Vec3) -> Vec3 {
        if ray.y > -1e-4 {
            return background;
        }
        let point = eye + ray * ((self.level - eye.y) / ray.y);
        let (x, y) = self.texel(point);
        let cast = 0.62 * bilinear(&self.cast, x, y);
        let contact = 0.62 * bilinear(&self.contact, x, y);
        let offset = vec3(point.x - self.middle.0, 0.0, point.z - self.middle.1);
        let distance = offset.dot(offset) / (self.radius * self.radius);
        let pool = 0.55 / ((1.0 + 0.4 * distance) * (1.0 + 0.4 * distance));
        background * ((1.0 + pool) * (1.0 - cast) * (1.0 - contact))
    }
}

/// Applies three box blurs in each direction, which is close to a Gaussian blur.
fn blurred(mut grid: Vec<f32>, radius: usize) -> Vec<f32> {
    for _ in 0..3 {
        grid = blurred_transposed(&grid, radius);
        grid = blurred_transposed(&grid, radius);
    }
    grid
}

/// Applies one box blur along rows, and returns the rows as columns.
fn blurred_transposed(grid: &[f32], radius: usize) -> Vec<f32> {
    let mut turned = vec![0.0; SIZE * SIZE];
    let share = 1.0 / (2 * radius + 1) as f32;
    for row in 0..SIZE {
        let line = &grid[row * SIZE..(row + 1) * SIZE];
        for column in 0..SIZE {
            let window = &line[column.saturating_sub(radius)..(column + radius + 1).min(SIZE)];
            turned[column * SIZE + row] = window.iter().sum::<f32>() * share;
        }
    }
    turned
}

/// Interpolates the grid between texel centres. Outside the grid the value is 0.
fn bilinear(grid: &[f32], x: f32, y: f32) -> f32 {
    let (x, y) = (x - 0.5, y - 0.5);
    let limit = SIZE as f32 - 1.0;
    if !(0.0..limit).contains(&x) || !(0.0..limit).contains(&y) {
        return 0.0;
    }
    let (column, row) = (x as usize, y as usize);
    let (u, v) = (x - column as f32, y - row as f32);
    let at = |dx: usize, dy: usize| grid[(row + dy) * SIZE + column + dx];
    let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * u;
    let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * u;
    upper + (lower - upper) * v
}

#[cfg(test)]
mod tests {
    use super::super::solids::block;
    use super::*;

    #[test]
    fn the_ground_is_dark_below_the_object_and_light_beside_it() {
        let ground = Ground::new(&block(1.0, 1.0, 1.0), vec3(0.5, 0.8, 0.33));
        let grey = Vec3::splat(0.5);
        let down = vec3(0.0, -1.0, 0.0);
        let below = ground.shade(grey, vec3(0.0, 2.0, 0.0), down);
        let beside = ground.shade(grey, vec3(1.2, 2.0, 1.2), down);
        assert!(below.x < 0.6 * beside.x);
        assert_eq!(ground.shade(grey, Vec3::default(), vec3(0.0, 1.0, 0.0)), grey);
    }
}
