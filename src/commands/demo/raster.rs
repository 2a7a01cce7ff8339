//! The triangle rasteriser with a z-buffer. It finds the triangle that each sample sees.

use super::mesh::Triangle;

/// The value of a sample that no triangle covers.
pub(super) const NOTHING: u32 = u32::MAX;

/// A projected vertex.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ScreenVertex {
    /// The distance from the left, in samples.
    pub(super) x: f32,
    /// The distance from the top, in samples.
    pub(super) y: f32,
    /// The nearness, larger for nearer points and linear over the screen: the reciprocal depth in perspective, and
    /// minus the depth in parallel projection.
    pub(super) nearness: f32,
}

/// Which faces are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Faces {
    /// Faces that look at the camera.
    Front,
    /// All faces.
    Both,
}

/// A grid of samples, each with the surface that it sees.
#[derive(Clone, Debug)]
pub(super) struct Raster {
    /// The number of columns.
    pub(super) width: usize,
    /// The number of rows.
    pub(super) height: usize,
    /// The nearness of the nearest surface at each sample.
    pub(super) nearness: Vec<f32>,
    /// The triangle of that surface, or [`NOTHING`].
    pub(super) triangle: Vec<u32>,
}

impl Raster {
    /// Makes an empty grid.
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            nearness: vec![f32::NEG_INFINITY; width * height],
            triangle: vec![NOTHING; width * height],
        }
    }

    /// Draws all triangles of the projected vertices.
    pub(super) fn draw(&mut self, vertices: &[ScreenVertex], triangles: &[Triangle], faces: Faces) {
        for (index, triangle) in triangles.iter().enumerate() {
            let [a, b, c] = triangle.corners.map(|corner| vertices[corner as usize]);
            // The screen's y axis points down, so a front face has a negative area.
            let area = edge(a, b, c.x, c.y);
            if area < 0.0 {
                self.fill([a, c, b], index as u32);
            } else if faces == Faces::Both && area > 0.0 {
                self.fill([a, b, c], index as u32);
            }
        }
    }

    /// Fills one triangle of positive area by stepping its edge functions.
    fn fill(&mut self, [a, b, c]: [ScreenVertex; 3], index: u32) {
        let (left, right) = span(a.x, b.x, c.x, self.width);
        let (top, bottom) = span(a.y, b.y, c.y, self.height);
        if left >= right || top >= bottom {
            return;
        }
        let (x, y) = (left as f32 + 0.5, top as f32 + 0.5);
        let scale = 1.0 / edge(a, b, c.x, c.y);
        let mut row = [edge(b, c, x, y), edge(c, a, x, y), edge(a, b, x, y)];
        let across = [b.y - c.y, c.y - a.y, a.y - b.y];
        let down = [c.x - b.x, a.x - c.x, b.x - a.x];
        for line in top..bottom {
            let [mut u, mut v, mut w] = row;
            let base = line * self.width;
            for at in base + left..base + right {
                if u >= 0.0 && v >= 0.0 && w >= 0.0 {
                    let nearness = (u * a.nearness + v * b.nearness + w * c.nearness) * scale;
                    if nearness > self.nearness[at] {
                        self.nearness[at] = nearness;
                        self.triangle[at] = index;
                    }
                }
                u += across[0];
                v += across[1];
                w += across[2];
            }
            row = [row[0] + down[0], row[1] + down[1], row[2] + down[2]];
        }
    }
}

/// Returns twice the signed area of the triangle of an edge and a point.
pub(super) fn edge(a: ScreenVertex, b: ScreenVertex, x: f32, y: f32) -> f32 {
    (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)
}

/// Returns the range of samples whose centres lie between the smallest and the largest of three coordinates.
fn span(a: f32, b: f32, c: f32, count: usize) -> (usize, usize) {
    let low = (a.min(b).min(c) - 0.5).ceil().max(0.0);
    let high = (a.max(b).max(c) - 0.5).floor() + 1.0;
    (low as usize, (high.max(0.0) as usize).min(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearer_triangles_win_and_back_faces_are_dropped() {
        let vertex = |x: f32, y: f32, nearness: f32| ScreenVertex { x, y, nearness };
        let vertices = [
            vertex(0.0, 0.0, 1.0),
            vertex(0.0, 8.0, 1.0),
            vertex(8.0, 0.0, 1.0),
            vertex(0.0, 0.0, 2.0),
            vertex(0.0, 4.0, 2.0),
            vertex(4.0, 0.0, 2.0),
        ];
        let triangle = |corners| Triangle { corners, paint: 0 };
        let mut raster = Raster::new(8, 8);
        raster.draw(&vertices, &[triangle([0, 1, 2]), triangle([3, 4, 5])], Faces::Front);
        assert_eq!(raster.triangle[0], 1);
        assert_eq!(raster.triangle[5], 0);
        assert_eq!(raster.triangle[63], NOTHING);
        let mut behind = Raster::new(8, 8);
        behind.draw(&vertices, &[triangle([0, 2, 1])], Faces::Front);
        assert!(behind.triangle.iter().all(|&seen| seen == NOTHING));
    }
}
