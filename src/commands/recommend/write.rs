//! Neighbours -> files: JSON lines and CSV for pipelines, a small JSON file a model for product pages.
//!
//! The name of a model's file is its uid where any system takes that as a name: of the characters `a-z`, `0-9`, `-`,
//! `_` and `.` all stand for themselves, any other is written as `~` and two hexadecimal digits for each of its bytes
//! in UTF-8, and so is the first character of a name that begins with `.` or `_`, or that Windows keeps for devices.
//! Where that is longer than 200 characters, the name is `~` and the SHA-256 of the uid.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use crate::digest::Digest;
use crate::error::{Details, Error, Result};
use crate::search::Neighbour;
use crate::site::catalogue::Model;
use crate::util::files;
use crate::util::files::journal::Journal;
use crate::util::progress::Progress;

/// The folder of the models' own files.
const PAGES: &str = "neighbours";

/// The other two.
const LINES: &str = "neighbours.jsonl";
const ROWS: &str = "neighbours.csv";

/// The lock, and what a run is about to write.
const JOURNAL: &str = ".recasketch-neighbours-journal";

/// The names of what the last run wrote, a name a line: nothing else is ever replaced or removed.
const LIST: &str = ".recasketch-neighbours";

const BUSY: &str = "another recasketch is writing recommendations into this folder";

/// The longest name of a file, in characters, without its ending.
const LONGEST: usize = 200;

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 6] = ["aux", "con", "nul", "prn", "conin$", "conout$"];

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

/// What a model's own page needs: `neighbours/UID.json`, where [`file_of`] says what stands for the uid.
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

/// A folder that recommendations go into; other processes of this program are kept from it.
pub(super) struct Folder {
    out: PathBuf,
    journal: Journal,
    /// What earlier runs wrote.
    own: HashSet<String>,
}

impl Folder {
    /// Takes a folder, which may hold others' files.
    ///
    /// # Errors
    /// [`Error::File`] where it cannot be written, another process is writing into it, or a file that no run wrote has
    /// a name that is needed for these models.
    pub(super) fn open(out: &Path, models: &[Model]) -> Result<Folder> {
        let journal = Journal::open(&out.join(JOURNAL), BUSY)?;
        let list = std::fs::read_to_string(out.join(LIST)).unwrap_or_default();
        let is_named = |name: &&str| {
            let page = name.strip_prefix(PAGES).and_then(|name| name.strip_prefix('/'));
            [LINES, ROWS].contains(name) || page.is_some_and(|page| !page.contains(['/', '\\']))
        };
        let own = list.lines().chain(journal.names().iter().map(String::as_str));
        let own = own.filter(is_named).map(str::to_owned).collect();
        let folder = Folder { out: out.to_owned(), journal, own };
        let theirs = |name: &String| {
            !folder.own.contains(name) && std::fs::symlink_metadata(out.join(name)).is_ok()
        };
        match names(models).into_iter().find(theirs) {
            Some(name) => Err(foreign(&out.join(name))),
            None => Ok(folder),
        }
    }

    /// Writes everything, and removes the files of models that are no more.
    ///
    /// # Errors
    /// [`Error::File`].
    pub(super) fn write(mut self, models: &[Model], neighbours: &[Vec<Neighbour>]) -> Result<()> {
        let names = names(models);
        let new = names.iter().map(String::as_str).filter(|name| !self.own.contains(*name));
        self.journal.note(&new.collect::<Vec<_>>())?;
        let path = |name: &String| self.out.join(name);
        let progress = Progress::start("writing", models.len());
        models.par_iter().zip(neighbours).try_for_each(|(model, neighbours)| {
            files::put(&path(&file_of(&model.uid)), &json(&page(model, models, neighbours))?)?;
            progress.step();
            Ok::<(), Error>(())
        })?;
        progress.finish();
        files::put(&self.out.join(LINES), &lines(models, neighbours)?)?;
        files::put(&self.out.join(ROWS), &rows(models, neighbours)?)?;
        files::sync(&self.out, &names.iter().map(path).collect::<Vec<_>>())?;
        let needed: HashSet<&String> = names.iter().collect();
        let old = self.own.iter().filter(|name| !needed.contains(name));
        old.map(path).try_for_each(|path| files::remove(&path))?;
        files::write(&self.out.join(LIST), (names.join("\n") + "\n").as_bytes())?;
        self.journal.clear()?;
        for folder in [self.out.clone(), self.out.join(PAGES)] {
            files::remove_unfinished(&folder);
        }
        Ok(())
    }
}

/// The names of all files within their folder.
fn names(models: &[Model]) -> Vec<String> {
    let pages = models.iter().map(|model| file_of(&model.uid));
    pages.chain([LINES, ROWS].map(str::to_owned)).collect()
}

/// The path of a model's file; no two uids have names that any system takes for one.
pub fn file_of(uid: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let stem = uid.split('.').next().unwrap_or_default();
    let is_port =
        |kind: &str| stem.strip_prefix(kind).is_some_and(|number| number.chars().count() == 1);
    let is_device = DEVICES.contains(&stem) || is_port("com") || is_port("lpt");
    let is_odd = is_device || uid.starts_with(['.', '_']);
    let mut name = String::new();
    for (at, character) in uid.chars().enumerate() {
        if is_plain(character) && !(at == 0 && is_odd) {
            name.push(character);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in character.encode_utf8(&mut bytes).bytes() {
            name.push_str(&format!("~{byte:02x}"));
        }
    }
    if name.is_empty() || name.len() > LONGEST {
        name = format!("~{}", Digest::of(uid.as_bytes()));
    }
    format!("{PAGES}/{name}.json")
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

fn foreign(path: &Path) -> Error {
    let source = std::io::Error::new(
        std::io::ErrorKind::AlreadyExists,
        "recommendations need this name, and a file that no earlier run wrote has it",
    );
    files::failed(path, source, "move that file away, or name another folder with --out")
}

fn unwritten(came: &str) -> Error {
    Error::Catalogue(Details::new("text that can be written", came, "correct the catalogue"))
}
