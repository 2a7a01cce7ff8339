//! Inverted lists in shards, so that a page finds the models of a word, of a facet's value or of a uid among millions and
//! downloads only the shards that it needs.
//!
//! A list belongs to a key, whose first letter says its kind: `w` a folded word, `p` a beginning of so many words that
//! they stand in more than two shards, `c`, `t`, `l`, `a` a category, tag, licence or author, and `u` a uid. The keys are
//! divided into shards in alphabetical order. A shard has for each key, one after another:
//!
//! | bytes | what |
//! | --- | --- |
//! | number | how many bytes of the key before begin this one too |
//! | number, bytes | the rest of the key |
//! | number | bytes of the list |
//! | ... | for each weight that a row of this kind can have: how many rows have it, then each row less the one before |
//!
//! Numbers are written as `src/index/varint.rs` says. A word has four weights, by the text that it stands in: name,
//! category, tag, author. A beginning has eight: those of the words that are no longer than it, then those of the others.
//! Lists of the other kinds have one.

#[cfg(feature = "native")]
mod writing;

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use super::words::{BEGINNING, MISTYPED, TEXTS, Typed, of_query, ranked};
use super::{Named, RowSet};
use crate::error::{Details, Error, Result};
use crate::index::{CELL_ROWS, varint};

const WORD: char = 'w';
const START: char = 'p';
/// The first letter of a uid's key.
pub const UID: char = 'u';

/// The words that begin in the same way stand in at most so many shards, or the beginning has a list of its own.
const TOGETHER: usize = 2;

/// The lists of a catalogue in cells, of which some shards are there.
#[derive(Debug)]
pub struct Lists {
    /// The number of models in each cell.
    cells: Vec<usize>,
    /// The first key of each shard.
    firsts: Vec<String>,
    shards: BTreeMap<usize, Shard>,
}

#[derive(Debug)]
struct Shard {
    bytes: Vec<u8>,
    /// The keys in alphabetical order, each with the place of its list.
    keys: Vec<(String, Range<usize>)>,
}

impl Lists {
    /// The lists of a catalogue with so many models in each cell, without a shard. `firsts` has the first key of each
    /// shard.
    pub fn new(cells: Vec<usize>, firsts: Vec<String>) -> Lists {
        Lists { cells, firsts, shards: BTreeMap::new() }
    }

    /// The number of rows, also of those that no model has.
    fn rows_in_all(&self) -> usize {
        CELL_ROWS * self.cells.len()
    }

    /// Adds a shard.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where it is damaged.
    pub fn add(&mut self, number: usize, bytes: Vec<u8>) -> Result<()> {
        self.shards.insert(number, Shard::read(bytes).map_err(damaged)?);
        Ok(())
    }

    /// Whether a shard is there.
    pub fn has(&self, number: usize) -> bool {
        self.shards.contains_key(&number)
    }

    /// The number of the shard that a key would stand in; `None` where the catalogue has no key of its kind.
    pub fn shard_of(&self, key: &str) -> Option<usize> {
        let at = self.firsts.partition_point(|first| first.as_str() <= key).checked_sub(1)?;
        (self.firsts[at].chars().next() == key.chars().next()).then_some(at)
    }

    /// The shards that [`Lists::find`] needs.
    pub fn wanted(&self, query: &str) -> Vec<usize> {
        let mut wanted: Vec<usize> = of_query(query)
            .iter()
            .flat_map(|(word, is_whole)| match self.place(word, *is_whole) {
                Place::Words(shards) => shards.collect(),
                Place::Start(shard) => Vec::from_iter(shard),
            })
            .filter(|&shard| shard < self.firsts.len())
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// The models that have all words of a query, best first, as [`WordIndex::find`](super::WordIndex::find) finds them.
    /// Typing errors are forgiven where the word that was meant stands in the same shard as the one that was typed.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where a list is damaged.
    pub fn find(&self, query: &str) -> Result<Vec<Named>> {
        let (models, rows) = (self.cells.iter().sum(), self.rows_in_all());
        ranked(models, rows, &of_query(query), |word, is_whole| self.weights(word, is_whole))
    }

    /// The rows of a key, rising; none where its shard is not there.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where the list is damaged.
    pub fn rows(&self, key: &str) -> Result<Vec<u32>> {
        let shard = self.shard_of(key).and_then(|number| self.shards.get(&number));
        let Some((shard, place)) = shard.and_then(|shard| Some((shard, shard.place(key)?))) else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        self.each(&shard.bytes[place], 1, |row, _| rows.push(row))?;
        Ok(rows)
    }

    /// The rows that have a key of each group, rising; among some rows, or all.
    ///
    /// # Errors
    /// As [`Lists::rows`].
    pub fn passing(&self, groups: &[Vec<String>], among: Option<&[u32]>) -> Result<Vec<u32>> {
        let rows_in_all = self.rows_in_all();
        let mut left = among.map(|rows| RowSet::of_rows(rows_in_all, rows));
        for group in groups {
            let lists = group.iter().map(|key| self.rows(key)).collect::<Result<Vec<_>>>()?;
            let of_group = RowSet::of_rows(rows_in_all, &lists.concat());
            left = Some(match left {
                None => of_group,
                Some(left) => left.and(&of_group),
            });
        }
        let cells = self.cells.iter().enumerate();
        let cells = cells.map(|(cell, models)| CELL_ROWS * cell..CELL_ROWS * cell + models);
        let all = || RowSet::of_ranges(rows_in_all, cells);
        Ok(left.unwrap_or_else(all).iter().map(|row| row as u32).collect())
    }

    /// Where the words that a word of a query begins stand.
    fn place(&self, word: &str, is_whole: bool) -> Place {
        let key = format!("{WORD}{word}");
        let Some(first) = self.shard_of(&key) else {
            // Before the first word, or there are no words at all.
            let first = self.firsts.partition_point(|first| *first < key);
            return Place::Words(first..=first);
        };
        let last = if is_whole { first } else { self.shard_of(&end(&key)).unwrap_or(first) };
        match last - first < TOGETHER {
            true => Place::Words(first..=last),
            false => Place::Start(self.shard_of(&format!("{START}{word}"))),
        }
    }

    fn weights(&self, word: &str, is_whole: bool) -> Result<Vec<f32>> {
        let mut weights = vec![0f32; self.rows_in_all()];
        let shards = match self.place(word, is_whole) {
            Place::Start(number) => {
                let shard = number.and_then(|number| self.shards.get(&number));
                let key = format!("{START}{word}");
                if let Some((shard, place)) = shard.and_then(|one| Some((one, one.place(&key)?))) {
                    let kinds = 2 * TEXTS.len();
                    self.each(&shard.bytes[place], kinds, |row, kind| {
                        weights[row as usize] = of_start(kind);
                    })?;
                }
                return Ok(weights);
            }
            Place::Words(shards) => self.shards.range(shards).map(|(_, shard)| shard),
        };
        let key = format!("{WORD}{word}");
        let known: Vec<(&Shard, &(String, Range<usize>))> =
            shards.flat_map(|shard| shard.keys.iter().map(move |key| (shard, key))).collect();
        let is_meant = |other: &str| if is_whole { other == key } else { other.starts_with(&key) };
        let mut found: Vec<_> = known
            .iter()
            .filter(|(_, (other, _))| is_meant(other))
            .map(|&one| (one, if one.1.0 == key { 1.0 } else { BEGINNING }))
            .collect();
        if found.is_empty() && !is_whole {
            let typed = Typed::new(word);
            let errors = |other: &str| typed.errors(other.strip_prefix(WORD)?);
            let near: Vec<_> =
                known.iter().filter_map(|&one| Some((one, errors(&one.1.0)?))).collect();
            let fewest = near.iter().map(|(_, errors)| *errors).min();
            let near = near.into_iter().filter(|(_, errors)| Some(*errors) == fewest);
            found = near.map(|(one, errors)| (one, MISTYPED[errors - 1])).collect();
        }
        for ((shard, (_, place)), part) in found {
            self.each(&shard.bytes[place.clone()], TEXTS.len(), |row, text| {
                let known = &mut weights[row as usize];
                *known = known.max(part * TEXTS[text]);
            })?;
        }
        Ok(weights)
    }

    /// Calls `take` with each row of a list and the number of its weight.
    fn each(
        &self,
        mut list: &[u8],
        weights: usize,
        mut take: impl FnMut(u32, usize),
    ) -> Result<()> {
        let rows_in_all = self.rows_in_all();
        for weight in 0..weights {
            let mut row = 0;
            for _ in 0..varint::take(&mut list).map_err(damaged)? {
                row += varint::take(&mut list).map_err(damaged)?;
                if row >= rows_in_all {
                    return Err(wrong("rows of the catalogue", &row.to_string()));
                }
                take(row as u32, weight);
            }
        }
        Ok(())
    }
}

/// Where the words with a beginning stand: in these shards, or in a list of their own in a shard.
enum Place {
    Words(RangeInclusive<usize>),
    Start(Option<usize>),
}

/// How much a row of a beginning's list counts.
fn of_start(kind: usize) -> f32 {
    match kind.checked_sub(TEXTS.len()) {
        None => TEXTS[kind],
        Some(longer) => BEGINNING * TEXTS[longer],
    }
}

/// A text after all that begin with the key.
fn end(key: &str) -> String {
    format!("{key}{}", char::MAX)
}

impl Shard {
    fn read(bytes: Vec<u8>) -> Result<Shard> {
        let mut rest = &bytes[..];
        let mut keys: Vec<(String, Range<usize>)> = Vec::new();
        let mut key = Vec::new();
        while !rest.is_empty() {
            let shared = varint::take(&mut rest)?;
            let length = varint::take(&mut rest)?;
            let own = cut(&mut rest, length)?;
            key.truncate(shared);
            key.extend_from_slice(own);
            let text = std::str::from_utf8(&key);
            let text = text.map_err(|error| wrong("keys in UTF-8", &error.to_string()))?;
            let length = varint::take(&mut rest)?;
            let start = bytes.len() - rest.len();
            cut(&mut rest, length)?;
            keys.push((text.to_owned(), start..start + length));
        }
        Ok(Shard { bytes, keys })
    }

    fn place(&self, key: &str) -> Option<Range<usize>> {
        let at = self.keys.binary_search_by(|(other, _)| other.as_str().cmp(key)).ok()?;
        Some(self.keys[at].1.clone())
    }
}

fn cut<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let Some((own, rest)) = bytes.split_at_checked(length) else {
        return Err(wrong(&format!("{length} bytes"), &bytes.len().to_string()));
    };
    *bytes = rest;
    Ok(own)
}

fn damaged(error: Error) -> Error {
    match error {
        Error::EmbeddingFile(details) => wrong(&details.expected, &details.came),
        other => other,
    }
}

fn wrong(expected: &str, came: &str) -> Error {
    Error::Catalogue(Details::new(
        format!("inverted lists with {expected}"),
        came,
        "run `recasketch embed` again and publish its output whole",
    ))
}

#[cfg(feature = "native")]
pub use writing::{Entry, write};
