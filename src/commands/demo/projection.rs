//! The camera, which fits the object into the picture and projects points.

use super::math::{Vec3, sin_cos, vec3};
use super::raster::ScreenVertex;

/// A perspective camera that looks at an object from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Camera {
    /// The camera's position.
    pub(super) eye: Vec3,
    /// The unit vector to the picture's right.
    pub(super) right: Vec3,
    /// The unit vector to the picture's top.
    pub(super) up: Vec3,
    /// The unit vector in the direction of view.
    pub(super) ahead: Vec3,
    /// The focal length in pixels.
    pub(super) focal: f32,
    /// The point where the optical axis meets the picture, in pixels.
    pub(super) centre: (f32, f32),
}

/// The direction of view, and how the object is fitted into the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framing {
    /// The azimuth in degrees from the front.
    pub(super) azimuth: f32,
    /// The elevation in degrees above the horizon.
    pub(super) elevation: f32,
    /// The vertical field of view in degrees.
    pub(super) field_of_view: f32,
    /// The fraction of the picture's height that the object may fill.
    pub(super) fill: f32,
    /// The picture's size in pixels.
    pub(super) size: (f32, f32),
}

/// The largest fraction of the picture's width that an object may fill.
const WIDEST: f32 = 0.80;

impl Camera {
    /// Returns a camera at the distance where the points fill their fraction of the picture. The lens is shifted so
    /// that they lie in the middle.
    pub(super) fn framing(points: &[Vec3], framing: &Framing) -> Self {
        let ahead = -direction(framing.azimuth, framing.elevation);
        let right = ahead.cross(vec3(0.0, 1.0, 0.0)).normalised();
        let up = right.cross(ahead);
        let (width, height) = framing.size;
        let (sin, cos) = sin_cos(0.5 * framing.field_of_view);
        let focal = 0.5 * height * cos / sin;
        let local: Vec<Vec3> =
            points.iter().map(|&p| vec3(p.dot(right), p.dot(up), p.dot(ahead))).collect();
        let low = local.iter().fold(Vec3::splat(f32::INFINITY), |a, &p| a.min(p));
        let high = local.iter().fold(Vec3::splat(f32::NEG_INFINITY), |a, &p| a.max(p));
        let (middle, size) = ((low + high) * 0.5, high - low);
        let mut distance = 2.0 * size.length() * focal / height;
        let mut bounds = (0.0, 0.0, 0.0, 0.0);
        // The size in the picture decreases with the distance, so a few steps converge.
        for _ in 0..7 {
            bounds = screen_bounds(&local, middle, distance, focal);
            let (left, top, right, bottom) = bounds;
            let excess =
                ((bottom - top) / (framing.fill * height)).max((right - left) / (WIDEST * width));
            let front = 0.5 * size.z;
            distance = front + ((distance - front) * excess).max(0.35 * size.z + 1e-3);
        }
        let (left, top, right_edge, bottom) = bounds;
        let eye_local = middle - vec3(0.0, 0.0, distance);
        Self {
            eye: right * eye_local.x + up * eye_local.y + ahead * eye_local.z,
            right,
            up,
            ahead,
            focal,
            centre: (0.5 * width - 0.5 * (left + right_edge), 0.5 * height - 0.5 * (top + bottom)),
        }
    }

    /// Returns the place of a point in the picture, and its reciprocal depth.
    pub(super) fn project(&self, point: Vec3) -> ScreenVertex {
        let offset = point - self.eye;
        let nearness = 1.0 / offset.dot(self.ahead);
        ScreenVertex {
            x: self.centre.0 + self.focal * offset.dot(self.right) * nearness,
            y: self.centre.1 - self.focal * offset.dot(self.up) * nearness,
            nearness,
        }
    }

    /// Returns the direction through a place of the picture. Its component in the direction of view is 1, so its
    /// length is not.
    pub(super) fn ray(&self, x: f32, y: f32) -> Vec3 {
        let across = (x - self.centre.0) / self.focal;
        let upward = (self.centre.1 - y) / self.focal;
        self.ahead + self.right * across + self.up * upward
    }
}

/// Returns the left, top, right and bottom bounds of the points relative to the optical axis, in pixels.
fn screen_bounds(local: &[Vec3], middle: Vec3, distance: f32, focal: f32) -> (f32, f32, f32, f32) {
    let far = f32::INFINITY;
    local.iter().fold((far, far, -far, -far), |bounds, &p| {
        let offset = p - middle;
        let scale = focal / (offset.z + distance).max(1e-3);
        let (x, y) = (offset.x * scale, -offset.y * scale);
        (bounds.0.min(x), bounds.1.min(y), bounds.2.max(x), bounds.3.max(y))
    })
}

/// Returns the unit vector towards an azimuth and an elevation, in degrees. Azimuth 0 is +z and azimuth 90 is +x.
pub(super) fn direction(azimuth: f32, elevation: f32) -> Vec3 {
    let (sin, cos) = sin_cos(azimuth);
    let (rise, level) = sin_cos(elevation);
    vec3(sin * level, rise, cos * level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framed_points_fill_their_fraction_and_lie_in_the_middle() {
        let points: Vec<Vec3> = (0..8)
            .map(|i| vec3((i & 1) as f32, (i >> 1 & 1) as f32 * 2.0, (i >> 2) as f32))
            .collect();
        let framing = Framing {
            azimuth: 35.0,
            elevation: 20.0,
            field_of_view: 30.0,
            fill: 0.7,
            size: (256.0, 144.0),
        };
        let camera = Camera::framing(&points, &framing);
        let seen: Vec<ScreenVertex> = points.iter().map(|&p| camera.project(p)).collect();
        let top = seen.iter().map(|v| v.y).fold(f32::INFINITY, f32::min);
        let bottom = seen.iter().map(|v| v.y).fold(f32::NEG_INFINITY, f32::max);
        assert!(((bottom - top) / 144.0 - 0.7).abs() < 0.02);
        assert!((0.5 * (top + bottom) - 72.0).abs() < 1.0);
        let ray = camera.ray(seen[3].x, seen[3].y);
        let back = camera.eye + ray * (1.0 / seen[3].nearness);
        assert!((back - points[3]).length() < 1e-3);
    }
}
