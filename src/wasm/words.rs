//! Words -> the models that they name.

use wasm_bindgen::prelude::*;

use crate::search::{ENOUGH, Named, Texts, WordIndex};

/// The words of a catalogue.
#[wasm_bindgen(js_name = WordIndex)]
pub struct WebWordIndex(WordIndex);

#[wasm_bindgen(js_class = WordIndex)]
impl WebWordIndex {
    /// Takes the texts of all models, for each row of the catalogue a line that a newline ends. A line of categories or
    /// tags holds them all, with a tabulator between them.
    #[wasm_bindgen(constructor)]
    pub fn new(names: &str, authors: &str, categories: &str, tags: &str) -> WebWordIndex {
        let [authors, categories, tags] = [authors, categories, tags].map(str::lines);
        let others: Vec<[&str; 3]> =
            authors.zip(categories).zip(tags).map(|((a, c), t)| [a, c, t]).collect();
        let texts = names.lines().zip(&others).map(|(name, [author, others @ ..])| {
            let [categories, tags] = others.each_ref().map(std::slice::from_ref);
            Texts { name, author, categories, tags }
        });
        WebWordIndex(WordIndex::new(texts))
    }

    /// The models that have all words of a query, or most of them, best first.
    pub fn find(&self, words: &str) -> WebNamed {
        WebNamed(self.0.find(words))
    }
}

/// The models that words name, best first.
#[wasm_bindgen(js_name = Named)]
pub struct WebNamed(pub(super) Vec<Named>);

#[wasm_bindgen(js_class = Named)]
impl WebNamed {
    /// Their rows of the catalogue.
    #[wasm_bindgen(getter)]
    pub fn rows(&self) -> Vec<u32> {
        self.0.iter().map(|named| named.row as u32).collect()
    }

    /// How well the words fit each, 0 to 1.
    #[wasm_bindgen(getter)]
    pub fn scores(&self) -> Vec<f32> {
        self.0.iter().map(|named| named.score).collect()
    }

    /// Whether the picture alone ranks so many named models.
    #[wasm_bindgen(js_name = areEnough)]
    pub fn are_enough(passing: usize) -> bool {
        passing >= ENOUGH
    }
}
