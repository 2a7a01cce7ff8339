//! The classes of objects, with their categories and tags.

use fastrand::Rng;

use super::object::Object;

mod airplane;
mod beings;
mod buildings;
mod craft;
mod flower;
mod food;
mod furniture;
mod household;
mod instruments;
mod nature;
mod pastimes;
mod plants;
mod seating;
mod shield;
mod snowman;
mod treasures;
mod trucks;
mod vehicles;
mod vessels;
mod weapons;

/// A class of objects, such as people name with one word.
#[derive(Debug)]
pub struct Class {
    /// The name, singular and lower case, such as "chair".
    pub name: &'static str,
    /// The catalogue's category, such as "Furniture & Home".
    pub category: &'static str,
    /// Broader words for tags, the closest first.
    pub tags: &'static [&'static str],
    sculpt: fn(&mut Rng) -> Object,
}

impl Class {
    /// Makes one object of this class.
    pub(super) fn build(&self, rng: &mut Rng) -> Object {
        (self.sculpt)(rng)
    }
}

const fn class(
    name: &'static str,
    category: &'static str,
    tags: &'static [&'static str],
    sculpt: fn(&mut Rng) -> Object,
) -> Class {
    Class { name, category, tags, sculpt }
}

const HOME: &str = "Furniture & Home";
const ARMS: &str = "Weapons & Military";
const WHEELS: &str = "Cars & Vehicles";
const NATURE: &str = "Nature & Plants";
const BUILDINGS: &str = "Architecture";
const FOOD: &str = "Food & Drink";
const SCIENCE: &str = "Science & Technology";
const BEINGS: &str = "Characters & Creatures";
const ANIMALS: &str = "Animals & Pets";
const MUSIC: &str = "Music";
const SPORTS: &str = "Sports & Fitness";
const FASHION: &str = "Fashion & Style";
const HERITAGE: &str = "Cultural Heritage & History";

/// All classes, in the order in which the drawings take turns.
pub static CLASSES: [Class; 44] = [
    class("chair", HOME, &["furniture", "seat", "interior"], seating::chair),
    class("sword", ARMS, &["weapon", "blade", "fantasy"], weapons::sword),
    class("conifer", NATURE, &["tree", "plant", "forest"], plants::conifer),
    class("car", WHEELS, &["vehicle", "automobile", "transport"], vehicles::car),
    class("vase", HOME, &["vessel", "decor", "pottery"], vessels::vase),
    class("house", BUILDINGS, &["building", "home", "exterior"], buildings::house),
    class("guitar", MUSIC, &["instrument", "strings"], instruments::guitar),
    class("robot", SCIENCE, &["character", "machine", "scifi"], beings::robot),
    class("donut", FOOD, &["food", "dessert", "sweet"], food::donut),
    class("rocket", SCIENCE, &["spacecraft", "vehicle", "space"], craft::rocket),
    class("table", HOME, &["furniture", "interior"], furniture::table),
    class("axe", ARMS, &["weapon", "tool", "fantasy"], weapons::axe),
    class("mushroom", NATURE, &["fungus", "plant", "forest"], nature::mushroom),
    class("truck", WHEELS, &["vehicle", "lorry", "transport"], trucks::truck),
    class("bottle", FOOD, &["vessel", "container", "drink"], vessels::bottle),
    class("crown", FASHION, &["jewelry", "royal", "treasure"], treasures::crown),
    class("snowman", BEINGS, &["character", "winter", "christmas"], snowman::snowman),
    class("lamp", HOME, &["light", "furniture", "interior"], household::lamp),
    class("castle tower", BUILDINGS, &["building", "castle", "medieval"], buildings::tower),
    class("cactus", NATURE, &["plant", "desert", "succulent"], nature::cactus),
    class("sofa", HOME, &["furniture", "couch", "seat"], seating::sofa),
    class("shield", ARMS, &["weapon", "armor", "medieval"], shield::shield),
    class("airplane", WHEELS, &["aircraft", "vehicle", "transport"], airplane::airplane),
    class("mug", FOOD, &["vessel", "cup", "drink"], vessels::mug),
    class("die", SPORTS, &["dice", "game", "toy"], pastimes::die),
    class("fish", ANIMALS, &["animal", "sea", "creature"], beings::fish),
    class("barrel", HERITAGE, &["container", "cask", "prop"], vessels::barrel),
    class("key", HOME, &["tool", "lock", "prop"], treasures::key),
    class("umbrella", FASHION, &["accessory", "rain"], pastimes::umbrella),
    class("burger", FOOD, &["food", "sandwich", "meal"], food::burger),
    class("bookshelf", HOME, &["furniture", "books", "interior"], furniture::bookshelf),
    class("hammer", ARMS, &["tool", "hardware"], weapons::hammer),
    class("broadleaf tree", NATURE, &["tree", "plant", "forest"], plants::broadleaf),
    class("boat", WHEELS, &["ship", "vehicle", "sailing"], craft::boat),
    class("teapot", FOOD, &["vessel", "kitchen", "drink"], vessels::teapot),
    class("ring", FASHION, &["jewelry", "gem", "treasure"], treasures::ring),
    class("lighthouse", BUILDINGS, &["building", "tower", "sea"], buildings::lighthouse),
    class("flower", NATURE, &["plant", "garden", "blossom"], flower::flower),
    class("stool", HOME, &["furniture", "seat", "interior"], seating::stool),
    class("crate", HERITAGE, &["container", "box", "prop"], household::crate_box),
    class("dumbbell", SPORTS, &["gym", "weight", "fitness"], pastimes::dumbbell),
    class("bed", HOME, &["furniture", "bedroom", "interior"], furniture::bed),
    class("candle holder", HOME, &["light", "candle", "decor"], household::candle_holder),
    class("trophy", SPORTS, &["cup", "prize", "award"], treasures::trophy),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_closed_finite_and_named() {
        for (index, class) in CLASSES.iter().enumerate() {
            for seed in 0..4 {
                let mut rng = Rng::with_seed(97 * index as u64 + seed);
                let object = class.build(&mut rng);
                let (low, high) = object.mesh.bounds();
                let size = (high - low).length();
                assert!(size.is_finite() && size > 0.1, "{}", class.name);
                assert!(object.mesh.is_closed(), "{} is open", class.name);
                assert!(object.mesh.volume() > 0.0, "{} is inside out", class.name);
                assert!(object.mesh.triangles.len() < 30_000, "{}", class.name);
                assert!(object.name.starts_with(char::is_uppercase));
                assert!(!object.words.is_empty(), "{} has no words", class.name);
            }
        }
    }

    #[test]
    fn class_names_are_distinct_and_lower_case() {
        let mut names: Vec<&str> = CLASSES.iter().map(|class| class.name).collect();
        assert!(names.iter().all(|name| *name == name.to_lowercase()));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CLASSES.len());
    }
}
