//! The inverted lists of a site in cells, by which the page finds models by words, uids and the values of filters.
//! `src/search/postings.rs` has their layout. Each shard is a file in gzip.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::cells::{gunzip, gzip};
use super::publication::Publication;
use super::{Cells, Named, Parts, parse, read_parts, wrong};
use crate::error::Result;
use crate::index::CELL_ROWS;
use crate::search::{Entry, Lists, Named as NamedModel, write_lists};
use crate::site::catalogue::Model;

/// The most values of a facet that the page lists, the most common ones.
const LISTED: usize = 500;

/// The list of shards, and the values of each facet.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    shards: Vec<Shard>,
    /// The most common values, each with the number of models that have it, by facet.
    facets: BTreeMap<String, Vec<(String, usize)>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Shard {
    /// The first key.
    first: String,
    #[serde(flatten)]
    named: Named,
}

/// Adds the lists of the models of each cell to a publication. Returns the list of shards.
pub(super) fn add<'m>(
    publication: &mut Publication<'_>,
    cells: &'m [Vec<&'m Model>],
) -> Result<Parts> {
    let of_cell = |(cell, models): (usize, &'m Vec<&'m Model>)| (CELL_ROWS * cell..).zip(models);
    let unpacked = write_lists(cells.iter().enumerate().flat_map(of_cell).map(entry));
    let models = cells.concat();
    let packed: Vec<Vec<u8>> = unpacked
        .par_iter()
        .map(|(_, bytes)| gzip(bytes))
        .collect::<std::io::Result<_>>()
        .map_err(|error| wrong("lists that can be packed", &error.to_string()))?;
    let mut shards = Vec::new();
    for ((first, _), bytes) in unpacked.into_iter().zip(packed) {
        match <[Named; 1]>::try_from(publication.parts("list", "bin", bytes.into())) {
            Ok([named]) => shards.push(Shard { first, named }),
            Err(parts) => return Err(wrong("a shard of one part", &parts.len().to_string())),
        }
    }
    let facets = [
        ("category", values(&models, |model| model.categories.iter().collect())),
        ("tag", values(&models, |model| model.tags.iter().collect())),
        ("licence", values(&models, |model| vec![&model.licence])),
        ("author", values(&models, |model| vec![&model.author])),
    ];
    let facets = facets.into_iter().map(|(facet, values)| (facet.to_owned(), values)).collect();
    let json = serde_json::to_vec(&List { shards, facets })
        .map_err(|error| wrong("a list that can be written", &error.to_string()))?;
    Ok(publication.parts("lists", "json", json.into()))
}

fn entry<'m>((row, model): (usize, &&'m Model)) -> Entry<'m, String> {
    let Model { uid, licence, .. } = model;
    Entry { row: row as u32, uid, texts: model.texts(), licence }
}

/// The most common values of a facet.
fn values<'m>(
    models: &[&'m Model],
    of: impl Fn(&'m Model) -> Vec<&'m String>,
) -> Vec<(String, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for model in models {
        let mut own = of(model);
        own.sort_unstable();
        own.dedup();
        own.retain(|value| !value.is_empty());
        own.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
    }
    let mut values: Vec<(&str, usize)> = counts.into_iter().collect();
    values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    values.into_iter().take(LISTED).map(|(value, count)| (value.to_owned(), count)).collect()
}

/// The names of all shards' files.
pub(super) fn names(site: &Path, list: &Parts) -> Result<Vec<String>> {
    Ok(read(site, list)?.shards.into_iter().map(|shard| shard.named.file).collect())
}

/// The models that words name, by their rows in the site's index.
pub(super) fn find(
    site: &Path,
    list: &Parts,
    cells: &Cells,
    words: &str,
) -> Result<Vec<NamedModel>> {
    let shards = read(site, list)?.shards;
    let firsts = shards.iter().map(|shard| shard.first.clone()).collect();
    let mut lists = Lists::new(cells.rows.iter().map(|rows| rows.len()).collect(), firsts);
    for number in lists.wanted(words) {
        let packed = read_parts(site, std::slice::from_ref(&shards[number].named))?;
        lists.add(number, gunzip(&packed)?)?;
    }
    let mut found = lists.find(words)?;
    for one in &mut found {
        one.row = cells.rows[one.row / CELL_ROWS].start + one.row % CELL_ROWS;
    }
    Ok(found)
}

fn read(site: &Path, list: &Parts) -> Result<List> {
    let json = read_parts(site, list)?;
    super::names::check(&parse(&json, "the list of inverted lists")?)?;
    parse(&json, "the list of inverted lists")
}
