//! Words -> the models that they name.

use wasm_bindgen::prelude::*;

use crate::search::{ENOUGH, Lists, Named, Texts, WordIndex};

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

/// The inverted lists of a catalogue in cells; see `src/search/postings.rs`.
#[wasm_bindgen(js_name = Lists)]
pub struct WebLists(Lists);

#[wasm_bindgen(js_class = Lists)]
impl WebLists {
    /// The lists of a catalogue with so many models in each cell, without a shard. `firsts` has the first key of each
    /// shard.
    #[wasm_bindgen(constructor)]
    pub fn new(cells: Vec<usize>, firsts: Vec<String>) -> WebLists {
        WebLists(Lists::new(cells, firsts))
    }

    /// Adds a shard. Throws where it is damaged.
    pub fn add(&mut self, number: usize, bytes: Vec<u8>) -> Result<(), JsValue> {
        Ok(self.0.add(number, bytes)?)
    }

    /// Whether a shard is there.
    pub fn has(&self, number: usize) -> bool {
        self.0.has(number)
    }

    /// The number of the shard of a key.
    #[wasm_bindgen(js_name = shardOf)]
    pub fn shard_of(&self, key: &str) -> Option<usize> {
        self.0.shard_of(key)
    }

    /// The numbers of the shards that [`find`](WebLists::find) needs.
    pub fn wanted(&self, words: &str) -> Vec<usize> {
        self.0.wanted(words)
    }

    /// The models that have all words of a query, or most of them, best first.
    pub fn find(&self, words: &str) -> Result<WebNamed, JsValue> {
        Ok(WebNamed(self.0.find(words)?))
    }

    /// The rows of a key, whose shard is there.
    pub fn rows(&self, key: &str) -> Result<Vec<u32>, JsValue> {
        Ok(self.0.rows(key)?)
    }

    /// The rows that have a key of each group, rising; among some rows, or all. `groups` has the number of keys of each
    /// group.
    pub fn passing(
        &self,
        keys: Vec<String>,
        groups: &[u32],
        among: Option<Vec<u32>>,
    ) -> Result<Vec<u32>, JsValue> {
        let mut keys = keys.into_iter();
        let group = |&count: &u32| keys.by_ref().take(count as usize).collect::<Vec<String>>();
        let groups: Vec<Vec<String>> = groups.iter().map(group).collect();
        Ok(self.0.passing(&groups, among.as_deref())?)
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

    /// What a neighbour is ranked by where picture and words count; `words` is 0 for one that the words do not name.
    pub fn rank(score: f32, words: f32) -> f32 {
        Named::rank(score, words)
    }
}
