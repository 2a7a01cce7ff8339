//! Words -> the models that they name, by names, categories, tags and authors.
//!
//! Case, accents and other marks do not count. Scripts that are written without spaces are indexed by pairs of letters.
//! A word of a query may be the beginning of a word. One that no model has counts as a typing error, and the
//! most similar words of the catalogue stand in for it.

mod folding;
mod typing;

use std::collections::HashMap;

pub(super) use folding::for_each_word;
use serde::Serialize;
pub(super) use typing::Typed;

use super::{Filter, Group, RowSet, nearest_groups};
use crate::error::Result;
use crate::index::{Closeness, Index, Query};

/// The most words of a query that count. Whoever makes a link chooses its words.
const MOST: usize = 16;

/// How much a word counts in each text of a model.
const NAME: f32 = 4.0;
const CATEGORY: f32 = 3.0;
const TAG: f32 = 2.0;
const AUTHOR: f32 = 1.0;

/// How much a word counts in each text, from the most to the least.
pub(super) const TEXTS: [f32; 4] = [NAME, CATEGORY, TAG, AUTHOR];

/// How much a word counts that only begins with the word of the query.
pub(super) const BEGINNING: f32 = 0.6;

/// How much a word counts that differs by one or two typing errors.
pub(super) const MISTYPED: [f32; 2] = [0.4, 0.2];

/// The texts of a model.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a, Text> {
    /// Its title.
    pub name: &'a str,
    /// Its author's name.
    pub author: &'a str,
    /// Its categories.
    pub categories: &'a [Text],
    /// Its tags.
    pub tags: &'a [Text],
}

impl<Text: AsRef<str>> Texts<'_, Text> {
    /// Calls `read` with each text and how much its words count.
    pub(super) fn each(&self, mut read: impl FnMut(&str, f32)) {
        read(self.name, NAME);
        self.categories.iter().for_each(|category| read(category.as_ref(), CATEGORY));
        self.tags.iter().for_each(|tag| read(tag.as_ref(), TAG));
        read(self.author, AUTHOR);
    }
}

/// A model that words name.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Named {
    /// The model's row of the catalogue.
    pub row: usize,
    /// How well the words fit, 0..=1: 1 where every word stands whole in the name.
    pub score: f32,
}

/// The words of a catalogue, and the models that have each.
#[derive(Debug, Default)]
pub struct WordIndex {
    rows: usize,
    /// All words in alphabetical order, one after another.
    vocabulary: String,
    /// The beginning of each word in the vocabulary, and the vocabulary's end.
    starts: Vec<u32>,
    /// The postings of all words, by word and then by row.
    postings: Vec<Posting>,
    /// The beginning of each word's postings, and the end of all.
    lists: Vec<u32>,
}

/// A model that has a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) row: u32,
    /// How much the word counts there.
    pub(super) weight: f32,
}

impl WordIndex {
    /// Indexes the texts of all models, in the order of the catalogue's rows.
    pub fn new<'a, Text: AsRef<str> + 'a>(
        models: impl Iterator<Item = Texts<'a, Text>>,
    ) -> WordIndex {
        let mut lists: HashMap<String, Vec<Posting>> = HashMap::new();
        let mut rows = 0;
        for (row, texts) in models.enumerate() {
            rows = row + 1;
            texts.each(|text, weight| {
                for_each_word(text, |word, _| add(&mut lists, word, row as u32, weight));
            });
        }
        let mut index = WordIndex { rows, starts: vec![0], lists: vec![0], ..WordIndex::default() };
        let mut lists: Vec<(String, Vec<Posting>)> = lists.into_iter().collect();
        lists.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (word, postings) in lists {
            index.vocabulary.push_str(&word);
            index.starts.push(index.vocabulary.len() as u32);
            index.postings.extend(postings);
            index.lists.push(index.postings.len() as u32);
        }
        index
    }

    /// The models that have all words of a query, best first, and those with equal scores in the order of rows. Where
    /// no model has all words, these are the models that have most of them.
    pub fn find(&self, query: &str) -> Vec<Named> {
        let weights = |word: &str, is_whole: bool| Ok(self.weights(word, is_whole));
        ranked(self.rows, self.rows, &of_query(query), weights).unwrap_or_default()
    }

    /// How much a word of a query counts in each model, 0 in those that do not have it.
    fn weights(&self, word: &str, is_whole: bool) -> Vec<f32> {
        let mut weights = vec![0f32; self.rows];
        let mut take = |at: usize, part: f32| {
            for Posting { row, weight } in self.postings(at) {
                let known = &mut weights[*row as usize];
                *known = known.max(part * weight);
            }
        };
        let first = self.first_from(word);
        let begun = (first..self.count()).take_while(|&at| match is_whole {
            true => self.word(at) == word,
            false => self.word(at).starts_with(word),
        });
        let mut is_known = false;
        for at in begun {
            is_known = true;
            take(at, if self.word(at) == word { 1.0 } else { BEGINNING });
        }
        if !is_known && !is_whole {
            self.mistyped(word).into_iter().for_each(|(at, errors)| take(at, MISTYPED[errors - 1]));
        }
        weights
    }

    /// The words with the fewest typing errors, and the number of errors, at least 1.
    fn mistyped(&self, word: &str) -> Vec<(usize, usize)> {
        let typed = Typed::new(word);
        let errors = |at: usize| Some((at, typed.errors(self.word(at))?));
        let mut found: Vec<(usize, usize)> = (0..self.count()).filter_map(errors).collect();
        let fewest = found.iter().map(|(_, errors)| *errors).min().unwrap_or_default();
        found.retain(|(_, errors)| *errors == fewest);
        found
    }

    /// The number of different words.
    fn count(&self) -> usize {
        self.lists.len().saturating_sub(1)
    }

    fn word(&self, at: usize) -> &str {
        &self.vocabulary[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    fn postings(&self, at: usize) -> &[Posting] {
        &self.postings[self.lists[at] as usize..self.lists[at + 1] as usize]
    }

    /// The first word that is not before `word` in alphabetical order.
    fn first_from(&self, word: &str) -> usize {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = (low + high) / 2;
            if self.word(middle) < word { low = middle + 1 } else { high = middle }
        }
        low
    }
}

/// The words of a query, each with whether it is neither the beginning of another word nor mistyped.
pub(super) fn of_query(query: &str) -> Vec<(String, bool)> {
    let mut words: Vec<(String, bool)> = Vec::new();
    for_each_word(query, |word, is_whole| {
        if words.len() < MOST && !words.iter().any(|(known, _)| known == word) {
            words.push((word.to_owned(), is_whole));
        }
    });
    words
}

/// Those of some models that have most of some words, best first. `weights` says how much a word counts in each row, 0
/// where there is no model that has it.
pub(super) fn ranked(
    models: usize,
    rows: usize,
    words: &[(String, bool)],
    mut weights: impl FnMut(&str, bool) -> Result<Vec<f32>>,
) -> Result<Vec<Named>> {
    let mut scores = vec![0f32; rows];
    let mut counts = vec![0usize; rows];
    let mut largest = 0.0;
    for (word, is_whole) in words {
        let weights = weights(word, *is_whole)?;
        let having = || weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
        let rarity = (1.0 + models as f32 / (1.0 + having().count() as f32)).ln();
        largest += rarity * NAME;
        for (row, weight) in having() {
            scores[row] += rarity * weight;
            counts[row] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let has_most = |&row: &usize| most > 0 && counts[row] == most;
    let mut found: Vec<Named> =
        (0..rows).filter(has_most).map(|row| Named { row, score: scores[row] / largest }).collect();
    found.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
    Ok(found)
}

/// Adds a model to a word's postings. Models come in the order of rows.
pub(super) fn add(lists: &mut HashMap<String, Vec<Posting>>, word: &str, row: u32, weight: f32) {
    let list = match lists.get_mut(word) {
        Some(list) => list,
        None => lists.entry(word.to_owned()).or_default(),
    };
    match list.last_mut() {
        Some(last) if last.row == row => last.weight = last.weight.max(weight),
        _ => list.push(Posting { row, weight }),
    }
}

/// What an answer is ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RankedBy {
    /// By the picture; where there are words, among the models that they name.
    Picture,
    /// By the words.
    Words,
    /// By the sum of both scores, because the words name few models.
    Both,
}

/// The picture alone ranks the models that words name, if they name at least this many.
pub const ENOUGH: usize = 12;

/// What the words' score counts beside the cosine, where both count.
const WORDS: f32 = 0.3;

impl Named {
    /// What a neighbour is ranked by where picture and words count; `words` is 0 for one that the words do not name.
    pub fn rank(score: f32, words: f32) -> f32 {
        score + WORDS * words
    }
}

/// The `top` groups of neighbours of a query, which words narrow; best first. Where the words name fewer than
/// [`ENOUGH`] models that pass the filter, other models are neighbours too, and the words' score is added to the cosine
/// for the order.
///
/// # Panics
/// As [`nearest_groups`].
pub fn nearest_named<Bytes: AsRef<[u8]>>(
    index: &Index<Bytes>,
    query: &Query,
    named: &[Named],
    filter: Filter<'_>,
    top: usize,
    closeness: &Closeness<'_>,
) -> (Vec<Group>, RankedBy) {
    let passing: HashMap<usize, f32> = named
        .iter()
        .filter(|named| filter.passes(named.row))
        .map(|named| (named.row, named.score))
        .collect();
    let only = RowSet::of(index.len(), |row| passing.contains_key(&row));
    let narrowed = Filter { only: Some(&only), ..filter };
    if passing.len() >= ENOUGH {
        return (nearest_groups(index, query, narrowed, top, closeness), RankedBy::Picture);
    }
    let mut groups = nearest_groups(index, query, narrowed, passing.len(), closeness);
    let others = nearest_groups(index, query, filter, top + passing.len(), closeness);
    groups.extend(others.into_iter().filter(|group| !passing.contains_key(&group.row)));
    let words = |row: usize| passing.get(&row).copied().unwrap_or_default();
    let rank = |group: &Group| Named::rank(group.score, words(group.row));
    groups.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.row.cmp(&b.row)));
    groups.truncate(top);
    (groups, RankedBy::Both)
}
