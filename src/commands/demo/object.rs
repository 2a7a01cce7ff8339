//! A finished object, and the builder that classes assemble it with.

use super::finish::Finish;
use super::material::Material;
use super::math::Vec3;
use super::mesh::Mesh;

/// Faces that meet at more than this angle show an edge: cos 40 degrees.
const CREASE_COSINE: f32 = 0.766;

/// A labelled 3D object, ready to be rendered from any side.
#[derive(Clone, Debug)]
pub struct Object {
    /// The title, such as "Oak chair with slatted back".
    pub name: String,
    /// Materials and colours in lower case, the main one first.
    pub words: Vec<String>,
    pub(super) mesh: Mesh,
    pub(super) normals: Vec<[Vec3; 3]>,
    pub(super) materials: Vec<Material>,
    pub(super) stance: Stance,
}

/// How an object is placed and viewed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stance {
    /// The factor that the view's azimuth is multiplied by. It is less than 1 for flat objects, which should not be
    /// seen from their narrow side.
    pub(super) turn: f32,
    /// Whether a ground is drawn below the object. It is false for objects that float.
    pub(super) grounded: bool,
}

/// The index of a material of the object under construction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(u16);

/// Collects parts and materials.
#[derive(Debug)]
pub(super) struct Builder {
    mesh: Mesh,
    materials: Vec<Material>,
    words: Vec<String>,
    stance: Stance,
}

impl Builder {
    /// Starts an object that stands on the ground and may be seen from any side.
    pub(super) fn new() -> Self {
        Self {
            mesh: Mesh::default(),
            materials: Vec::new(),
            words: Vec::new(),
            stance: Stance { turn: 1.0, grounded: true },
        }
    }

    /// Starts an object that floats in the air and is shown mostly from the front.
    pub(super) fn floating(turn: f32) -> Self {
        let stance = Stance { turn, grounded: false };
        Self { stance, ..Self::new() }
    }

    /// Starts an object that stands on the ground and is shown mostly from the front.
    pub(super) fn facing(turn: f32) -> Self {
        let stance = Stance { turn, grounded: true };
        Self { stance, ..Self::new() }
    }

    /// Registers a named finish, whose words become tags.
    pub(super) fn finish(&mut self, finish: &Finish) -> Paint {
        for word in [finish.stuff, finish.word, finish.colour] {
            self.tag(word);
        }
        self.material(finish.material)
    }

    /// Adds a tag for a material without a named finish.
    pub(super) fn tag(&mut self, word: &str) {
        if !self.words.iter().any(|known| known == word) {
            self.words.push(word.to_owned());
        }
    }

    /// Registers a material without a tag.
    pub(super) fn material(&mut self, material: Material) -> Paint {
        self.materials.push(material);
        Paint((self.materials.len() - 1) as u16)
    }

    /// Adds a part in the given material.
    pub(super) fn add(&mut self, paint: Paint, part: Mesh) {
        self.mesh.merge(part.painted(paint.0));
    }

    /// Turns all parts added so far about x and then about z, in degrees.
    pub(super) fn pose(&mut self, about_x: f32, about_z: f32) {
        let mesh = std::mem::take(&mut self.mesh);
        self.mesh = mesh.turn_x(about_x).turn_z(about_z);
    }

    /// Returns the finished object. The title's first letter becomes a capital.
    pub(super) fn named(self, name: &str) -> Object {
        let normals = self.mesh.corner_normals(CREASE_COSINE);
        Object {
            name: capitalised(name),
            words: self.words,
            mesh: self.mesh,
            normals,
            materials: self.materials,
            stance: self.stance,
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
