//! Neighbours -> files: JSON lines and CSV for pipelines, a small JSON file a model for product pages.

use std::collections::HashSet;
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;

use crate::catalogue::{Model, file_name};
use crate::error::{Details, Error, Result};
use crate::files;
use crate::progress::Progress;
use crate::search::Neighbour;

/// The folder of the models' own files.
const PAGES: &str = "neighbours";

/// A model and its neighbours: a line of `neighbours.jsonl`, where models go by their uid.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Line<'a> {
    uid: &'a str,
    neighbours: Vec<Pair<'a>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Pair<'a> {
    uid: &'a str,
    score: f32,
}

/// What a model's own page needs: `neighbours/UID.json`. In the file's name what no file's name can hold is escaped,
/// `a/b` as `a%2Fb`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<'a> {
    /// The model.
    pub uid: &'a str,
    /// Its title.
    pub name: &'a str,
    /// The models most like it, best first.
    pub neighbours: Vec<Entry<'a>>,
}

/// A neighbour with what a page shows of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry<'a> {
    /// The model.
    pub uid: &'a str,
    /// Cosine, -1..=1.
    pub score: f32,
    /// Its title.
    pub name: &'a str,
    /// Who made it.
    pub author: &'a str,
    /// Under which licence.
    pub licence: &'a str,
    /// Its thumbnail within the site.
    pub thumbnail: Option<&'a str>,
    /// Its page.
    pub url: Option<&'a str>,
}

/// A row of `neighbours.csv`.
#[derive(Debug, Serialize)]
struct Row<'a> {
    uid: &'a str,
    rank: usize,
    neighbour: &'a str,
    score: f32,
}

/// Writes everything, the models' own files first; files of models that are no more are removed.
pub(super) fn all(out: &Path, models: &[Model], neighbours: &[Vec<Neighbour>]) -> Result<()> {
    let pages = out.join(PAGES);
    files::make_folder(&pages)?;
    let progress = Progress::start("writing", models.len());
    models.par_iter().zip(neighbours).try_for_each(|(model, neighbours)| {
        let path = pages.join(format!("{}.json", file_name(&model.uid)));
        files::write(&path, &json(&page(model, models, neighbours))?)?;
        progress.step();
        Ok::<(), Error>(())
    })?;
    progress.finish();
    remove_older(&pages, models)?;
    files::write(&out.join("neighbours.jsonl"), &lines(models, neighbours)?)?;
    files::write(&out.join("neighbours.csv"), &rows(models, neighbours)?)
}

fn page<'a>(model: &'a Model, models: &'a [Model], neighbours: &[Neighbour]) -> Page<'a> {
    let entry = |&Neighbour { row, score }: &Neighbour| {
        let Model { uid, name, author, licence, thumbnail, url, .. } = &models[row];
        let (thumbnail, url) = (thumbnail.as_deref(), url.as_deref());
        Entry { uid, score, name, author, licence, thumbnail, url }
    };
    let neighbours = neighbours.iter().map(entry).collect();
    Page { uid: &model.uid, name: &model.name, neighbours }
}

fn lines(models: &[Model], neighbours: &[Vec<Neighbour>]) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    for (model, neighbours) in models.iter().zip(neighbours) {
        let pair = |found: &Neighbour| Pair { uid: &models[found.row].uid, score: found.score };
        let neighbours = neighbours.iter().map(pair).collect();
        text.extend(json(&Line { uid: &model.uid, neighbours })?);
        text.push(b'\n');
    }
    Ok(text)
}

fn rows(models: &[Model], neighbours: &[Vec<Neighbour>]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (model, neighbours) in models.iter().zip(neighbours) {
        for (at, found) in neighbours.iter().enumerate() {
            let neighbour = &models[found.row].uid;
            writer
                .serialize(Row { uid: &model.uid, rank: at + 1, neighbour, score: found.score })
                .map_err(|error| unwritten(&error.to_string()))?;
        }
    }
    writer.into_inner().map_err(|error| unwritten(&error.to_string()))
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| unwritten(&error.to_string()))
}

/// Removes the files of models that the site no longer has.
fn remove_older(pages: &Path, models: &[Model]) -> Result<()> {
    let known: HashSet<String> = models.iter().map(|model| file_name(&model.uid)).collect();
    for path in files::list(pages)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.strip_suffix(".json").is_some_and(|uid| !known.contains(uid)) {
            std::fs::remove_file(&path)
                .map_err(|source| files::failed(&path, source, "remove this old file by hand"))?;
        }
    }
    Ok(())
}

fn unwritten(came: &str) -> Error {
    Error::Catalogue(Details::new("text that can be written", came, "correct the catalogue"))
}
