//! The drawings of the demo catalogue. A seed and an index determine each one.

use fastrand::Rng;
use image::RgbImage;

use super::classes::CLASSES;
use super::render::render;
use super::view::View;

/// A picture of an object, with the data for a catalogue.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// The thumbnail.
    pub image: RgbImage,
    /// The title, such as "Oak chair with slatted back".
    pub name: String,
    /// The class, singular and lower case, such as "chair".
    pub class: &'static str,
    /// The catalogue's category, such as "Furniture & Home".
    pub category: &'static str,
    /// The class, broader words, materials and the main colour, in lower case and each once.
    pub tags: Vec<String>,
}

/// Draws one labelled thumbnail. It does not depend on any other index. The classes take turns, so that all have
/// equally many drawings.
pub fn draw(seed: u64, index: u64, width: u32, height: u32) -> Drawing {
    draw_view(seed, index, 0, width, height)
}

/// Draws the object of an index in one of its views. Each view has another side, light and background. View 0 is the
/// object's thumbnail.
pub fn draw_view(seed: u64, index: u64, view: u64, width: u32, height: u32) -> Drawing {
    let class = &CLASSES[(index % CLASSES.len() as u64) as usize];
    let stream = mixed(seed, index);
    let mut rng = Rng::with_seed(stream);
    let object = class.build(&mut rng);
    if view > 0 {
        rng = Rng::with_seed(mixed(stream, view));
    }
    let view = View::random(&mut rng);
    let image = render(&object, &view, width, height);
    let mut tags = vec![class.name.to_owned()];
    let broader = class.tags.iter().map(|tag| (*tag).to_owned());
    for word in broader.chain(object.words) {
        if !tags.contains(&word) {
            tags.push(word);
        }
    }
    Drawing { image, name: object.name, class: class.name, category: class.category, tags }
}

/// Mixes both numbers by SplitMix64, so that neighbouring indices get unrelated random numbers.
fn mixed(seed: u64, index: u64) -> u64 {
    split_mix(split_mix(seed) ^ index)
}

fn split_mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns FNV-1a of the picture's bytes.
    fn digest(image: &RgbImage) -> u64 {
        image.as_raw().iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    #[test]
    fn one_seed_gives_one_picture_and_another_seed_another() {
        let count = CLASSES.len() as u64;
        for index in [0, 7, count + 3] {
            let (one, two) = (draw(5, index, 64, 36), draw(5, index, 64, 36));
            assert_eq!(digest(&one.image), digest(&two.image));
            assert_eq!((one.name, one.tags), (two.name, two.tags));
            let other = draw(6, index, 64, 36);
            assert_ne!(digest(&one.image), digest(&other.image));
        }
    }

    #[test]
    fn views_show_one_object_from_several_sides() {
        let [first, second, third] = [0, 1, 2].map(|view| draw_view(5, 7, view, 64, 36));
        assert_eq!(digest(&first.image), digest(&draw(5, 7, 64, 36).image));
        for other in [&second, &third] {
            assert_eq!((&first.name, &first.tags), (&other.name, &other.tags));
            assert_ne!(digest(&first.image), digest(&other.image));
        }
        assert_ne!(digest(&second.image), digest(&third.image));
    }

    #[test]
    fn classes_take_turns_and_all_drawings_differ() {
        let count = CLASSES.len() as u64;
        let mut digests = Vec::new();
        for index in 0..2 * count {
            let drawing = draw(1, index, 48, 27);
            let class = &CLASSES[(index % count) as usize];
            assert_eq!(drawing.class, class.name);
            assert_eq!(drawing.tags[0], class.name);
            digests.push(digest(&drawing.image));
        }
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len() as u64, 2 * count);
    }

    #[test]
    fn tags_are_distinct() {
        for index in 0..CLASSES.len() as u64 {
            let mut tags = draw(2, index, 16, 9).tags;
            let all = tags.len();
            tags.sort_unstable();
            tags.dedup();
            assert_eq!(tags.len(), all);
            assert!(all >= 4, "{tags:?}");
        }
    }
}
