//! Indexed triangle meshes. Objects are made of closed parts that are moved, turned and merged.

use super::math::Vec3;

/// One triangle, counter-clockwise seen from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triangle {
    /// The indices of its corners in the vertex lists.
    pub(super) corners: [u32; 3],
    /// The index of its material in the object's list.
    pub(super) paint: u16,
}

/// A closed surface, or several merged ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Mesh {
    /// The positions of the vertices.
    pub(super) positions: Vec<Vec3>,
    /// The positions of the vertices when their part was made. Solid textures use these, so that the grain of a board
    /// turns with the board.
    pub(super) rest: Vec<Vec3>,
    /// The faces.
    pub(super) triangles: Vec<Triangle>,
}

impl Mesh {
    /// Makes a mesh of vertices and faces. Faces that look inwards are turned outwards.
    pub(super) fn new(positions: Vec<Vec3>, faces: Vec<[u32; 3]>) -> Self {
        let rest = positions.clone();
        let mut mesh = Self {
            positions,
            rest,
            triangles: faces.into_iter().map(|corners| Triangle { corners, paint: 0 }).collect(),
        };
        if mesh.volume() < 0.0 {
            mesh.flip();
        }
        mesh
    }

    /// Returns the three corner positions of a triangle.
    pub(super) fn corners(&self, triangle: &Triangle) -> [Vec3; 3] {
        triangle.corners.map(|index| self.positions[index as usize])
    }

    /// Returns the enclosed volume. It is negative where the faces look inwards.
    pub(super) fn volume(&self) -> f32 {
        let six_fold: f32 = self
            .triangles
            .iter()
            .map(|triangle| {
                let [a, b, c] = self.corners(triangle);
                a.dot(b.cross(c))
            })
            .sum();
        six_fold / 6.0
    }

    fn flip(&mut self) {
        for triangle in &mut self.triangles {
            triangle.corners.swap(1, 2);
        }
    }

    /// Applies a function to every position.
    pub(super) fn mapped(mut self, map: impl Fn(Vec3) -> Vec3) -> Self {
        for position in &mut self.positions {
            *position = map(*position);
        }
        self
    }

    /// Moves the mesh by the given offsets.
    pub(super) fn at(self, x: f32, y: f32, z: f32) -> Self {
        self.mapped(|p| p + Vec3 { x, y, z })
    }

    /// Turns the mesh about the x axis, in degrees.
    pub(super) fn turn_x(self, degrees: f32) -> Self {
        self.mapped(|p| p.turn_x(degrees))
    }

    /// Turns the mesh about the y axis, in degrees.
    pub(super) fn turn_y(self, degrees: f32) -> Self {
        self.mapped(|p| p.turn_y(degrees))
    }

    /// Turns the mesh about the z axis, in degrees.
    pub(super) fn turn_z(self, degrees: f32) -> Self {
        self.mapped(|p| p.turn_z(degrees))
    }

    /// Scales the mesh about the origin. Negative factors mirror it.
    pub(super) fn scaled(self, x: f32, y: f32, z: f32) -> Self {
        let mut mesh = self.mapped(|p| p * Vec3 { x, y, z });
        for rest in &mut mesh.rest {
            *rest = *rest * Vec3 { x, y, z };
        }
        if x * y * z < 0.0 {
            mesh.flip();
        }
        mesh
    }

    /// Gives all faces one material.
    pub(super) fn painted(mut self, paint: u16) -> Self {
        for triangle in &mut self.triangles {
            triangle.paint = paint;
        }
        self
    }

    /// Makes the pattern upright in the present position, for walls of any direction.
    pub(super) fn upright(mut self) -> Self {
        self.rest = self.positions.clone();
        self
    }

    /// Wraps the pattern around the y axis. The seam lies at the back, where x is 0 and z is negative.
    pub(super) fn wrapped(mut self, radius: f32) -> Self {
        for (rest, p) in self.rest.iter_mut().zip(&self.positions) {
            *rest = Vec3 { x: libm::atan2f(p.x, p.z) * radius, y: p.y, z: 0.0 };
        }
        self
    }

    /// Adds another mesh to this one.
    pub(super) fn merge(&mut self, other: Self) {
        let offset = self.positions.len() as u32;
        self.positions.extend(other.positions);
        self.rest.extend(other.rest);
        self.triangles.extend(other.triangles.into_iter().map(|triangle| Triangle {
            corners: triangle.corners.map(|index| index + offset),
            paint: triangle.paint,
        }));
    }

    /// Returns both meshes as one.
    #[cfg(test)]
    pub(super) fn with(mut self, other: Self) -> Self {
        self.merge(other);
        self
    }

    /// Returns the lowest and the highest corner of the bounding box.
    pub(super) fn bounds(&self) -> (Vec3, Vec3) {
        let low = Vec3::splat(f32::INFINITY);
        self.positions.iter().fold((low, -low), |(low, high), &p| (low.min(p), high.max(p)))
    }

    /// Returns a normal for each corner of each triangle. It is averaged over the faces that meet there at less than
    /// the crease angle, so that real edges stay sharp.
    pub(super) fn corner_normals(&self, crease_cosine: f32) -> Vec<[Vec3; 3]> {
        let areas: Vec<Vec3> = self
            .triangles
            .iter()
            .map(|triangle| {
                let [a, b, c] = self.corners(triangle);
                (b - a).cross(c - a)
            })
            .collect();
        let units: Vec<Vec3> = areas.iter().map(|area| area.normalised()).collect();
        let (starts, faces) = self.faces_by_vertex();
        let normal_at = |face: usize, vertex: u32| {
            let vertex = vertex as usize;
            faces[starts[vertex]..starts[vertex + 1]]
                .iter()
                .filter(|&&other| units[other as usize].dot(units[face]) > crease_cosine)
                .fold(areas[face] * 1e-6, |sum, &other| sum + areas[other as usize])
                .normalised()
        };
        self.triangles
            .iter()
            .enumerate()
            .map(|(face, triangle)| triangle.corners.map(|vertex| normal_at(face, vertex)))
            .collect()
    }

    /// Returns the faces around each vertex: the offsets of each vertex's faces in the list, and the list.
    fn faces_by_vertex(&self) -> (Vec<usize>, Vec<u32>) {
        let mut starts = vec![0_usize; self.positions.len() + 1];
        for triangle in &self.triangles {
            for vertex in triangle.corners {
                starts[vertex as usize + 1] += 1;
            }
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut faces = vec![0_u32; self.triangles.len() * 3];
        for (face, triangle) in self.triangles.iter().enumerate() {
            for vertex in triangle.corners {
                faces[next[vertex as usize]] = face as u32;
                next[vertex as usize] += 1;
            }
        }
        (starts, faces)
    }

    /// Returns whether two faces share every edge and run along it in opposite directions. Then the surface is closed
    /// and its normals agree.
    #[cfg(test)]
    pub(super) fn is_closed(&self) -> bool {
        let mut edges: Vec<(u32, u32, i32)> = Vec::new();
        for triangle in &self.triangles {
            for side in 0..3 {
                let (a, b) = (triangle.corners[side], triangle.corners[(side + 1) % 3]);
                edges.push((a.min(b), a.max(b), if a < b { 1 } else { -1 }));
            }
        }
        edges.sort_unstable();
        edges
            .chunk_by(|one, other| (one.0, one.1) == (other.0, other.1))
            .all(|edge| edge.iter().map(|run| run.2).sum::<i32>() == 0)
    }
}
