//! Blocks with chamfered edges, which reflect the light.

use crate::commands::demo::math::vec3;
use crate::commands::demo::mesh::Mesh;

/// Makes a block with chamfered edges. Its grain runs along the longest side.
pub(in crate::commands::demo) fn block(width: f32, height: f32, depth: f32) -> Mesh {
    let least = width.min(height).min(depth);
    bevelled(width, height, depth, 0.09 * least)
}

/// Makes a block with the given chamfer, in units of length.
pub(in crate::commands::demo) fn bevelled(width: f32, height: f32, depth: f32, bevel: f32) -> Mesh {
    let half = vec3(0.5 * width, 0.5 * height, 0.5 * depth);
    let half = [half.x, half.y, half.z];
    // Each corner has three vertices, one on each of the faces that meet there.
    let vertex = |corner: usize, face: usize| {
        let value = |axis: usize| {
            let sign = if corner >> axis & 1 == 1 { 1.0 } else { -1.0 };
            let back = if axis == face { 0.0 } else { bevel };
            sign * (half[axis] - back)
        };
        vec3(value(0), value(1), value(2))
    };
    let mut positions = Vec::with_capacity(24);
    for corner in 0..8 {
        positions.extend((0..3).map(|face| vertex(corner, face)));
    }
    let mut mesh = Mesh::new(positions, block_faces());
    let longest = (0..3).fold(1, |best, axis| if half[axis] > half[best] { axis } else { best });
    for rest in &mut mesh.rest {
        *rest = match longest {
            0 => vec3(rest.z, rest.x, rest.y),
            1 => *rest,
            _ => vec3(rest.x, rest.z, rest.y),
        };
    }
    mesh.at(0.0, half[1], 0.0)
}

/// Returns six sides, twelve chamfers and eight corners, all facing outwards.
fn block_faces() -> Vec<[u32; 3]> {
    let mut faces = Vec::with_capacity(44);
    for axis in 0..3 {
        let (u, v) = (1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3));
        let id = |corner: usize, face: usize| (corner * 3 + face % 3) as u32;
        for side in [0, 1 << axis] {
            quad(
                &mut faces,
                [side, side | u, side | u | v, side | v].map(|c| id(c, axis)),
                side != 0,
            );
        }
        // The chamfers that run along this axis.
        for (cu, cv) in [(0, 0), (u, 0), (u, v), (0, v)] {
            let (low, high) = (cu | cv, cu | cv | 1 << axis);
            let (f, g) = (axis + 1, axis + 2);
            let outward = (cu != 0) == (cv != 0);
            quad(&mut faces, [id(low, f), id(low, g), id(high, g), id(high, f)], outward);
        }
    }
    for corner in 0..8_usize {
        let base = (corner * 3) as u32;
        let odd = corner.count_ones() % 2 == 1;
        faces.push(if odd { [base, base + 1, base + 2] } else { [base, base + 2, base + 1] });
    }
    faces
}

/// Adds two triangles over four corners. `forward` keeps the corners' order.
pub(super) fn quad(faces: &mut Vec<[u32; 3]>, corners: [u32; 4], forward: bool) {
    let [a, b, c, d] =
        if forward { corners } else { [corners[3], corners[2], corners[1], corners[0]] };
    faces.push([a, b, c]);
    faces.push([a, c, d]);
}
