//! Plane curves: smooth splines, regular shapes, and the triangulation of an outline.

use super::math::{Vec3, mix, sin_cos, vec3};

/// A point of the plane.
pub(super) type Point = (f32, f32);

/// Returns the Catmull-Rom value between `b` and `c` at `t`, from 0 to 1.
fn catmull_rom(a: f32, b: f32, c: f32, d: f32, t: f32) -> f32 {
    let linear = c - a;
    let square = 2.0 * a - 5.0 * b + 4.0 * c - d;
    let cube = 3.0 * (b - c) + d - a;
    b + 0.5 * t * (linear + t * (square + t * cube))
}

/// Returns a smooth curve through all points, with `steps` pieces between two points.
pub(super) fn spline(points: &[Vec3], steps: usize) -> Vec<Vec3> {
    let last = points.len() - 1;
    let mut curve = Vec::with_capacity(last * steps + 1);
    for index in 0..last {
        let a = points[index.saturating_sub(1)];
        let (b, c) = (points[index], points[index + 1]);
        let d = points[(index + 2).min(last)];
        for step in 0..steps {
            let t = step as f32 / steps as f32;
            curve.push(vec3(
                catmull_rom(a.x, b.x, c.x, d.x, t),
                catmull_rom(a.y, b.y, c.y, d.y, t),
                catmull_rom(a.z, b.z, c.z, d.z, t),
            ));
        }
    }
    curve.push(points[last]);
    curve
}

/// Does the same as [`spline`] for a profile of (radius, height). Radii never become negative.
pub(super) fn profile_spline(points: &[Point], steps: usize) -> Vec<Point> {
    let points: Vec<Vec3> = points.iter().map(|&(r, y)| vec3(r, y, 0.0)).collect();
    spline(&points, steps).into_iter().map(|p| (p.x.max(0.0), p.y)).collect()
}

/// Returns a closed smooth outline through the points.
pub(super) fn closed_spline(points: &[Point], steps: usize) -> Vec<Point> {
    let count = points.len();
    let at = |index: usize| points[index % count];
    let mut outline = Vec::with_capacity(count * steps);
    for index in 0..count {
        let (a, b) = (at(index + count - 1), at(index));
        let (c, d) = (at(index + 1), at(index + 2));
        for step in 0..steps {
            let t = step as f32 / steps as f32;
            outline.push((catmull_rom(a.0, b.0, c.0, d.0, t), catmull_rom(a.1, b.1, c.1, d.1, t)));
        }
    }
    outline
}

/// Returns an ellipse about the origin, of `count` points.
pub(super) fn ellipse(width: f32, height: f32, count: usize) -> Vec<Point> {
    (0..count)
        .map(|index| {
            let (sin, cos) = sin_cos(360.0 * index as f32 / count as f32);
            (0.5 * width * cos, 0.5 * height * sin)
        })
        .collect()
}

/// Returns a star or gear of `count` points. The radii repeat around the circle, the first at the top.
pub(super) fn star(radii: &[f32], count: usize) -> Vec<Point> {
    (0..count)
        .map(|index| {
            let radius = radii[index % radii.len()];
            let (sin, cos) = sin_cos(90.0 + 360.0 * index as f32 / count as f32);
            (radius * cos, radius * sin)
        })
        .collect()
}

/// Returns twice the signed area, which is positive for a counter-clockwise outline.
pub(super) fn doubled_area(outline: &[Point]) -> f32 {
    (0..outline.len())
        .map(|index| {
            let (a, b) = (outline[index], outline[(index + 1) % outline.len()]);
            a.0 * b.1 - a.1 * b.0
        })
        .sum()
}

/// Moves an outline inwards by a distance. The outline must run counter-clockwise.
pub(super) fn inset(outline: &[Point], distance: f32) -> Vec<Point> {
    let count = outline.len();
    let side = |a: Point, b: Point| {
        let (x, y) = (b.0 - a.0, b.1 - a.1);
        let length = (x * x + y * y).sqrt().max(1e-9);
        (-y / length, x / length)
    };
    (0..count)
        .map(|index| {
            let (before, here) = (outline[(index + count - 1) % count], outline[index]);
            let (m, n) = (side(before, here), side(here, outline[(index + 1) % count]));
            // The mitre grows without limit as the corner becomes sharper. The bound keeps lines from crossing.
            let reach = distance / (1.0 + m.0 * n.0 + m.1 * n.1).max(0.35);
            (here.0 + (m.0 + n.0) * reach, here.1 + (m.1 + n.1) * reach)
        })
        .collect()
}

/// Returns twice the signed area of the triangle at a corner.
fn turn(a: Point, b: Point, c: Point) -> f32 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// Cuts a simple counter-clockwise outline into triangles by ear clipping.
pub(super) fn triangulate(outline: &[Point]) -> Vec<[u32; 3]> {
    let mut left: Vec<usize> = (0..outline.len()).collect();
    let mut triangles = Vec::with_capacity(outline.len());
    while left.len() > 3 {
        let count = left.len();
        let ear = (0..count).find(|&k| is_ear(outline, &left, k)).unwrap_or(0);
        let corner = |step: usize| left[(ear + count + step - 1) % count] as u32;
        triangles.push([corner(0), corner(1), corner(2)]);
        left.remove(ear);
    }
    triangles.push([left[0] as u32, left[1] as u32, left[2] as u32]);
    triangles
}

fn is_ear(outline: &[Point], left: &[usize], k: usize) -> bool {
    let count = left.len();
    let ids = [left[(k + count - 1) % count], left[k], left[(k + 1) % count]];
    let [a, b, c] = ids.map(|index| outline[index]);
    let inside = |p: Point| turn(a, b, p) >= 0.0 && turn(b, c, p) >= 0.0 && turn(c, a, p) >= 0.0;
    turn(a, b, c) > 0.0 && !left.iter().any(|index| !ids.contains(index) && inside(outline[*index]))
}

/// Returns the points of a circular arc in the plane, both ends included. Angles are in degrees.
pub(super) fn arc(centre: Point, radius: f32, from: f32, to: f32, steps: usize) -> Vec<Point> {
    (0..=steps)
        .map(|step| {
            let (sin, cos) = sin_cos(mix(from, to, step as f32 / steps as f32));
            (centre.0 + radius * cos, centre.1 + radius * sin)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triangles_fill_a_concave_outline() {
        let outline = star(&[1.0, 0.4], 10);
        let pieces: f32 = triangulate(&outline)
            .iter()
            .map(|t| turn(outline[t[0] as usize], outline[t[1] as usize], outline[t[2] as usize]))
            .sum();
        assert!((pieces - doubled_area(&outline)).abs() < 1e-4);
    }

    #[test]
    fn inset_shrinks_a_square_evenly() {
        let square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let inner = inset(&square, 0.1);
        assert!((doubled_area(&inner) - 2.0 * 0.64).abs() < 1e-5);
    }
}
