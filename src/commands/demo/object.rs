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
    /// A human title, such as "Oak chair with slatted back".
    pub name: String,
    /// Materials and colours, the main one first; lower case.
    pub words: Vec<String>,
    pub(super) mesh: Mesh,
    pub(super) normals: Vec<[Vec3; 3]>,
    pub(super) materials: Vec<Material>,
    pub(super) stance: Stance,
}

/// How an object wants to be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stance {
    /// Share of the view's azimuth that is used: less than 1 for flat objects,
    /// which nobody shows edge-on.
    pub(super) turn: f32,
    /// False for what floats: no ground is drawn below it.
    pub(super) grounded: bool,
}

/// A material of the object under construction.
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
    /// An object that stands on the ground and may be seen from anywhere.
    pub(super) fn new() -> Self {
        Self {
            mesh: Mesh::default(),
            materials: Vec::new(),
            words: Vec::new(),
            stance: Stance { turn: 1.0, grounded: true },
        }
    }

    /// An object that hangs in the air, shown mostly from the front.
    pub(super) fn floating(turn: f32) -> Self {
        let stance = Stance { turn, grounded: false };
        Self { stance, ..Self::new() }
    }

    /// An object that stands on the ground, shown mostly from the front.
    pub(super) fn facing(turn: f32) -> Self {
        let stance = Stance { turn, grounded: true };
        Self { stance, ..Self::new() }
    }

    /// Registers a named finish: its words become tags.
    pub(super) fn finish(&mut self, finish: &Finish) -> Paint {
        for word in [finish.stuff, finish.word, finish.colour] {
            self.tag(word);
        }
        self.material(finish.material)
    }

    /// Adds a word for what has no named finish.
    pub(super) fn tag(&mut self, word: &str) {
        if !self.words.iter().any(|known| known == word) {
            self.words.push(word.to_owned());
        }
    }

    /// Registers a material that is not worth a tag.
    pub(super) fn material(&mut self, material: Material) -> Paint {
        self.materials.push(material);
        Paint((self.materials.len() - 1) as u16)
    }

    /// Adds a part in the given material.
    pub(super) fn add(&mut self, paint: Paint, part: Mesh) {
        self.mesh.merge(part.painted(paint.0));
    }

    /// Turns everything added so far about x and then about z, in degrees.
    pub(super) fn pose(&mut self, about_x: f32, about_z: f32) {
        let mesh = std::mem::take(&mut self.mesh);
        self.mesh = mesh.turn_x(about_x).turn_z(about_z);
    }

    /// The finished object; the title's first letter is made a capital.
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
