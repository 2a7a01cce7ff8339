//! Writes the inverted lists of a catalogue in shards.

use std::collections::HashMap;

use super::{BEGINNING, Lists, Place, START, TEXTS, UID, WORD, of_start, varint};
use crate::digest::Digest;
use crate::search::words::{Posting, Texts, add, for_each_word};

/// The key of a word, and the models that have it.
type Word = (String, Vec<Posting>);

/// The most bytes of a shard, before they are packed, unless it has one long list.
const MOST: usize = 192 << 10;

/// The fewest bytes of a shard before which another one begins, and the mean number after that.
const FEWEST: usize = 64 << 10;
const MEAN: usize = 96 << 10;

/// A model, as the lists find it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a, Text> {
    /// Its row: [`CELL_ROWS`](crate::index::CELL_ROWS) times the number of its cell, and its place in it.
    pub row: u32,
    /// Its uid.
    pub uid: &'a str,
    /// Its texts.
    pub texts: Texts<'a, Text>,
    /// Its licence.
    pub licence: &'a str,
}

/// Writes the lists of models, which come in the order of rows: each shard with its first key.
pub fn write<'a, Text: AsRef<str> + 'a>(
    models: impl Iterator<Item = Entry<'a, Text>>,
) -> Vec<(String, Vec<u8>)> {
    let mut words: HashMap<String, Vec<Posting>> = HashMap::new();
    let mut others: HashMap<String, Vec<u32>> = HashMap::new();
    let mut rows = 0;
    for Entry { row, uid, texts, licence } in models {
        rows = row as usize + 1;
        texts.each(|text, weight| {
            for_each_word(text, |word, _| add(&mut words, word, row, weight));
        });
        let mut has = |kind: char, value: &str| {
            let list = others.entry(format!("{kind}{value}")).or_default();
            if list.last() != Some(&row) {
                list.push(row);
            }
        };
        has(UID, uid);
        texts.categories.iter().for_each(|value| has('c', value.as_ref()));
        texts.tags.iter().for_each(|value| has('t', value.as_ref()));
        [('l', licence), ('a', texts.author)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .for_each(|(kind, value)| has(kind, value));
    }
    let mut words: Vec<Word> =
        words.into_iter().map(|(word, list)| (format!("{WORD}{word}"), list)).collect();
    words.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let kind = |weight: f32| TEXTS.iter().position(|&text| text == weight).unwrap_or(0);
    let mut shards = divided(words.iter().map(|(key, list)| {
        (key.clone(), listed(TEXTS.len(), list.iter().map(|one| (one.row, kind(one.weight)))))
    }));
    let firsts = shards.iter().map(|(first, _)| first.clone()).collect();
    let known = Lists::new(Vec::new(), firsts);
    shards.extend(divided(starts(&words, &known, rows).into_iter()));
    let mut others: Vec<(String, Vec<u32>)> = others.into_iter().collect();
    others.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    shards.extend(divided(others.into_iter().map(|(key, rows)| {
        let list = listed(1, rows.into_iter().map(|row| (row, 0)));
        (key, list)
    })));
    shards.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    shards
}

/// The lists of the beginnings that stand in many shards of words.
fn starts(words: &[Word], known: &Lists, rows: usize) -> Vec<(String, Vec<u8>)> {
    let mut starts = Vec::new();
    let mut open: Vec<(usize, &[Word])> = vec![(1, words)];
    while let Some((letters, words)) = open.pop() {
        let same = |a: &Word, b: &Word| {
            let (a, b) = (begun(&a.0, letters), begun(&b.0, letters));
            a.is_some() && a == b
        };
        for group in words.chunk_by(same) {
            let Some(start) = begun(&group[0].0, letters) else { continue };
            if let Place::Start(_) = known.place(start, false) {
                starts.push((format!("{START}{start}"), of_group(start, group, rows)));
                open.push((letters + 1, group));
            }
        }
    }
    starts.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    starts
}

/// The first letters of a word's key; `None` where it has fewer.
fn begun(key: &str, letters: usize) -> Option<&str> {
    let word = &key[WORD.len_utf8()..];
    let last = word.char_indices().nth(letters - 1)?;
    Some(&word[..last.0 + last.1.len_utf8()])
}

fn of_group(start: &str, group: &[Word], rows: usize) -> Vec<u8> {
    let mut weights = vec![0f32; rows];
    for (word, list) in group {
        let part = if word[WORD.len_utf8()..] == *start { 1.0 } else { BEGINNING };
        for Posting { row, weight } in list {
            let known = &mut weights[*row as usize];
            *known = known.max(part * weight);
        }
    }
    let kinds = 2 * TEXTS.len();
    let kind = |weight: f32| (0..kinds).find(|&kind| of_start(kind) == weight).unwrap_or(0);
    let having = weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
    listed(kinds, having.map(|(row, &weight)| (row as u32, kind(weight))))
}

/// A list of rows in rising order, each with the number of its weight.
fn listed(kinds: usize, rows: impl Iterator<Item = (u32, usize)>) -> Vec<u8> {
    let mut of_kind = vec![Vec::new(); kinds];
    rows.for_each(|(row, kind)| of_kind[kind].push(row));
    let mut bytes = Vec::new();
    for rows in of_kind {
        varint::write(&mut bytes, rows.len());
        let mut last = 0;
        for row in rows {
            varint::write(&mut bytes, (row - last) as usize);
            last = row;
        }
    }
    bytes
}

/// Divides lists in the order of their keys into shards, each with its first key. A shard has keys of one kind. Where
/// it ends is decided by the digest of its last key, so that a model more changes few shards.
fn divided(lists: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let mut shards: Vec<(String, Vec<u8>)> = Vec::new();
    let (mut before, mut is_at_end) = (String::new(), false);
    for (key, list) in lists {
        let fits = |(first, bytes): &&mut (String, Vec<u8>)| {
            !is_at_end && first[..1] == key[..1] && bytes.len() + key.len() + list.len() <= MOST
        };
        let shard = match shards.last_mut().filter(fits) {
            Some(_) => shards.len() - 1,
            None => {
                shards.push((key.clone(), Vec::new()));
                before.clear();
                shards.len() - 1
            }
        };
        let bytes = &mut shards[shard].1;
        let shared = before.bytes().zip(key.bytes()).take_while(|(a, b)| a == b).count();
        varint::write(bytes, shared);
        varint::write(bytes, key.len() - shared);
        bytes.extend_from_slice(&key.as_bytes()[shared..]);
        varint::write(bytes, list.len());
        bytes.extend_from_slice(&list);
        is_at_end = bytes.len() >= FEWEST && is_an_end(&key, list.len());
        before = key;
    }
    shards
}

/// Whether a shard ends with a key: the more likely, the longer it and its list are.
fn is_an_end(key: &str, list: usize) -> bool {
    let Digest([a, b, c, d, ..]) = Digest::of(key.as_bytes());
    u32::from_le_bytes([a, b, c, d]) as usize % MEAN < key.len() + list
}
