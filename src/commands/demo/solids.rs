//! The primitives that objects are made of. All are closed.
//!
//! Solids of revolution, blocks and cylinders stand on y = 0. Balls and rings are centred on the origin. Extrusions
//! are centred in z.

mod blocks;

use blocks::quad;
pub(super) use blocks::{bevelled, block};

use super::math::{Vec3, sin_cos, vec3};
use super::mesh::Mesh;
use super::noise;
use super::outline::{Point, doubled_area, inset, spline, triangulate};

/// Makes a surface over rings of points. All rings have equally many points, or one for a pole. `closed` joins the
/// last ring to the first; otherwise flat caps close the ends.
pub(super) fn loft(rings: &[Vec<Vec3>], closed: bool) -> Mesh {
    let mut positions: Vec<Vec3> = Vec::new();
    let mut starts = Vec::with_capacity(rings.len());
    for ring in rings {
        starts.push(positions.len() as u32);
        positions.extend(ring);
    }
    let mut faces = Vec::new();
    let joints = if closed { rings.len() } else { rings.len() - 1 };
    for joint in 0..joints {
        let next = (joint + 1) % rings.len();
        let (low, high) = (rings[joint].len() as u32, rings[next].len() as u32);
        for step in 0..low.max(high) {
            let lower = |s: u32| starts[joint] + (step + s) % low;
            let upper = |s: u32| starts[next] + (step + s) % high;
            if low > 1 {
                faces.push([lower(0), lower(1), upper(0)]);
            }
            if high > 1 {
                faces.push([lower(1), upper(1), upper(0)]);
            }
        }
    }
    if !closed {
        cap(&mut positions, &mut faces, &rings[0], starts[0], true);
        let last = rings.len() - 1;
        cap(&mut positions, &mut faces, &rings[last], starts[last], false);
    }
    Mesh::new(positions, faces)
}

/// Closes a ring with a fan about its centre.
fn cap(
    positions: &mut Vec<Vec3>,
    faces: &mut Vec<[u32; 3]>,
    ring: &[Vec3],
    start: u32,
    first: bool,
) {
    if ring.len() < 2 {
        return;
    }
    let count = ring.len() as u32;
    let sum = ring.iter().fold(Vec3::default(), |sum, &p| sum + p);
    let centre = positions.len() as u32;
    positions.push(sum * (1.0 / count as f32));
    for step in 0..count {
        let (a, b) = (start + step, start + (step + 1) % count);
        faces.push(if first { [b, a, centre] } else { [a, b, centre] });
    }
}

/// Makes a solid of revolution about y from a profile of (radius, height).
pub(super) fn lathe(profile: &[Point], segments: usize) -> Mesh {
    loft(&revolve(profile, segments), false)
}

/// Makes a ring-shaped solid of revolution from a closed profile.
pub(super) fn lathe_ring(profile: &[Point], segments: usize) -> Mesh {
    loft(&revolve(profile, segments), true)
}

fn revolve(profile: &[Point], segments: usize) -> Vec<Vec<Vec3>> {
    let ring = |&(radius, y): &Point| {
        if radius < 1e-5 {
            return vec![vec3(0.0, y, 0.0)];
        }
        (0..segments)
            .map(|step| {
                let (sin, cos) = sin_cos(360.0 * step as f32 / segments as f32);
                vec3(radius * cos, y, radius * sin)
            })
            .collect()
    };
    profile.iter().map(ring).collect()
}

/// Makes an upright cylinder with a slight chamfer.
pub(super) fn cylinder(radius: f32, height: f32) -> Mesh {
    frustum(radius, radius, height)
}

/// Makes an upright frustum of a cone with a slight chamfer.
pub(super) fn frustum(bottom: f32, top: f32, height: f32) -> Mesh {
    let chamfer = 0.08 * bottom.max(top).min(height);
    let (low, high) = ((bottom - chamfer).max(0.0), (top - chamfer).max(0.0));
    let segments = if bottom.max(top) < 0.08 { 12 } else { 28 };
    let profile = [
        (0.0, 0.0),
        (low, 0.0),
        (bottom, chamfer),
        (top, height - chamfer),
        (high, height),
        (0.0, height),
    ];
    // A tip too thin for a chamfer ends in a point.
    if top < 1e-4 {
        return lathe(&[(0.0, 0.0), (low, 0.0), (bottom, chamfer), (0.0, height)], segments);
    }
    lathe(&profile, segments)
}

/// Makes a ball about the origin.
pub(super) fn ball(radius: f32) -> Mesh {
    // Small balls such as pips, studs and eyes need few faces.
    if radius < 0.07 { sphere(radius, 8, 14) } else { sphere(radius, 14, 26) }
}

/// Makes a ball about the origin of the given number of rows and segments.
pub(super) fn sphere(radius: f32, rows: usize, segments: usize) -> Mesh {
    let profile: Vec<Point> = (0..=rows)
        .map(|row| {
            let (sin, cos) = sin_cos(180.0 * row as f32 / rows as f32);
            let ends = row == 0 || row == rows;
            (if ends { 0.0 } else { radius * sin }, -radius * cos)
        })
        .collect();
    lathe(&profile, segments)
}

/// Makes a ball about the origin with a surface distorted by noise, for stone or foliage. The depth is a fraction of
/// the radius.
pub(super) fn lump(radius: f32, depth: f32, rng: &mut fastrand::Rng) -> Mesh {
    let offset = vec3(rng.f32(), rng.f32(), rng.f32()) * 90.0;
    ball(1.0).mapped(move |p| {
        let swell = noise::fractal(p * 2.2 + offset) - 0.5;
        p * (radius * (1.0 + 2.0 * depth * swell))
    })
}

/// Makes a ring about the y axis. `major` is the radius to the middle of the tube and `minor` the tube's radius.
pub(super) fn torus(major: f32, minor: f32) -> Mesh {
    let profile: Vec<Point> = (0..14)
        .map(|step| {
            let (sin, cos) = sin_cos(360.0 * step as f32 / 14.0);
            (major + minor * cos, minor * sin)
        })
        .collect();
    lathe_ring(&profile, 36)
}

/// Makes a straight rod between two points, with a radius at each.
pub(super) fn rod(from: Vec3, to: Vec3, start: f32, end: f32) -> Mesh {
    tube(&[from, to], &[start, end])
}

/// Makes a round tube along points. The radii are spread evenly over the length.
pub(super) fn tube(path: &[Vec3], radii: &[f32]) -> Mesh {
    let segments = 12;
    let mut side = Vec3::default();
    let last = path.len() - 1;
    let ring = |index: usize| {
        let ahead = path[(index + 1).min(last)] - path[index.saturating_sub(1)];
        let ahead = ahead.normalised();
        // Each ring's side vector is derived from the one before, so that the tube does not twist.
        let level = if ahead.y.abs() > 0.95 { vec3(1.0, 0.0, 0.0) } else { vec3(0.0, 1.0, 0.0) };
        let seed = if index == 0 { level } else { side };
        side = (seed - ahead * seed.dot(ahead)).normalised();
        let other = ahead.cross(side);
        let radius = sample(radii, index as f32 / last as f32);
        if radius < 1e-4 {
            return vec![path[index]];
        }
        (0..segments)
            .map(|step| {
                let (sin, cos) = sin_cos(360.0 * step as f32 / segments as f32);
                path[index] + (side * cos + other * sin) * radius
            })
            .collect()
    };
    let rings: Vec<Vec<Vec3>> = (0..path.len()).map(ring).collect();
    loft(&rings, false)
}

/// Makes a smooth tube through a few points.
pub(super) fn bent_tube(points: &[Vec3], radii: &[f32]) -> Mesh {
    tube(&spline(points, 5), radii)
}

/// Interpolates linearly between evenly spaced values, at `t` from 0 to 1.
fn sample(values: &[f32], t: f32) -> f32 {
    let place = t * (values.len() - 1) as f32;
    let index = (place as usize).min(values.len() - 1);
    let next = (index + 1).min(values.len() - 1);
    values[index] + (values[next] - values[index]) * (place - index as f32)
}

/// Makes a plate of the given outline in x and y, chamfered on both faces.
pub(super) fn plate(outline: &[Point], depth: f32, bevel: f32) -> Mesh {
    let mut outline = outline.to_vec();
    if doubled_area(&outline) < 0.0 {
        outline.reverse();
    }
    let inner = inset(&outline, bevel);
    let half = 0.5 * depth;
    let rings =
        [(&inner, -half), (&outline, bevel - half), (&outline, half - bevel), (&inner, half)];
    let count = outline.len() as u32;
    let mut positions = Vec::with_capacity(4 * outline.len());
    for (ring, z) in rings {
        positions.extend(ring.iter().map(|&(x, y)| vec3(x, y, z)));
    }
    let mut faces = Vec::new();
    for layer in 0..3 {
        for step in 0..count {
            let (a, b) = (layer * count + step, layer * count + (step + 1) % count);
            quad(&mut faces, [a, b, b + count, a + count], true);
        }
    }
    for [a, b, c] in triangulate(&outline) {
        faces.push([c, b, a]);
        faces.push([a + 3 * count, b + 3 * count, c + 3 * count]);
    }
    Mesh::new(positions, faces)
}

#[cfg(test)]
mod tests {
    use super::super::outline::star;
    use super::*;

    #[test]
    fn solids_are_closed_and_face_outwards() {
        let mut rng = fastrand::Rng::with_seed(3);
        let solids = [
            block(1.0, 2.0, 0.5),
            cylinder(0.3, 1.0),
            frustum(0.5, 0.0, 1.0),
            ball(1.0),
            lump(1.0, 0.2, &mut rng),
            torus(1.0, 0.2),
            rod(Vec3::default(), vec3(1.0, 2.0, 3.0), 0.1, 0.0),
            plate(&star(&[1.0, 0.5], 10), 0.2, 0.02),
            block(1.0, 1.0, 1.0).scaled(-1.0, 1.0, 1.0),
        ];
        for (index, solid) in solids.iter().enumerate() {
            assert!(solid.is_closed(), "solid {index} is open");
            assert!(solid.volume() > 0.0, "solid {index} is inside out");
        }
    }

    #[test]
    fn volumes_match_their_formulas() {
        assert!((bevelled(1.0, 2.0, 3.0, 1e-4).volume() - 6.0).abs() < 1e-2);
        assert!((ball(1.0).volume() - 4.19).abs() < 0.15);
        let ring = 2.0 * 9.8696 * 0.2 * 0.2;
        assert!((torus(1.0, 0.2).volume() - ring).abs() < 0.06);
    }
}
