//! Writes the neighbours: JSON lines and CSV for pipelines, and a small JSON file for each model's page.
//!
//! The name of a model's file is its uid, escaped so that every operating system accepts it:
//!
//! - The characters `a-z`, `0-9`, `-`, `_` and `.` stand for themselves.
//! - Each byte in UTF-8 of any other character is written as `~` and two hexadecimal digits.
//! - The first character is escaped too where the name begins with `.` or `_` or is a device's name in Windows.
//! - Where this is empty or longer than 200 characters, the name is `~` and the SHA-256 of the uid.

use std::collections::HashSet;
use std::io::{BufWriter, Result as IoResult, Write};
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

/// The folder of the models' files.
const PAGES: &str = "neighbours";

/// The files with the neighbours of all models.
const LINES: &str = "neighbours.jsonl";
const ROWS: &str = "neighbours.csv";

/// The lock, and the names of the files that a run is about to write.
const JOURNAL: &str = ".recasketch-neighbours-journal";

/// The names of the files that the last run wrote, one a line. No other file is ever replaced or removed.
const LIST: &str = ".recasketch-neighbours";

const BUSY: &str = "another recasketch is writing recommendations into this folder";

/// The longest file name without its ending, in characters.
const LONGEST: usize = 200;

/// Names that Windows reserves for devices, with any ending.
const DEVICES: [&str; 6] = ["aux", "con", "nul", "prn", "conin$", "conout$"];

/// A line of `neighbours.jsonl`: a model and its neighbours by their uids.
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

/// The contents of `neighbours/UID.json`, for a model's page. [`file_of`] returns the file's path.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<'a> {
    /// The model's uid.
    pub uid: &'a str,
    /// The model's name.
    pub name: &'a str,
    /// The most similar models, best first.
    pub neighbours: Vec<Entry<'a>>,
}

/// A neighbour with the fields that a page shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry<'a> {
    /// The neighbour's uid.
    pub uid: &'a str,
    /// The cosine, -1..=1.
    pub score: f32,
    /// The neighbour's name.
    pub name: &'a str,
    /// The author's name.
    pub author: &'a str,
    /// The licence's name.
    pub licence: &'a str,
    /// The thumbnail's path within the site.
    pub thumbnail: Option<&'a str>,
    /// The address of the model's page.
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

/// The folder for the recommendations, locked against other processes of this program.
pub(super) struct Folder {
    out: PathBuf,
    journal: Journal,
    /// The names of files that earlier runs wrote.
    own: HashSet<String>,
}

impl Folder {
    /// Opens and locks a folder, which may also hold other files.
    ///
    /// # Errors
    /// [`Error::File`] where the folder cannot be written, another process is writing into it, or a file that no
    /// earlier run wrote has a name that these models need.
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

    /// Writes all files, and removes the files of models that are no longer there.
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
        files::put_by(&self.out.join(LINES), |file| lines(file, models, neighbours))?;
        files::put_by(&self.out.join(ROWS), |file| rows(file, models, neighbours))?;
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

/// Returns the names of all files within their folder.
fn names(models: &[Model]) -> Vec<String> {
    let pages = models.iter().map(|model| file_of(&model.uid));
    pages.chain([LINES, ROWS].map(str::to_owned)).collect()
}

/// Returns the path of a model's file. The paths of two uids differ on every operating system, also where upper and
/// lower case are the same.
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

fn lines(file: impl Write, models: &[Model], neighbours: &[Vec<Neighbour>]) -> IoResult<()> {
    let mut file = BufWriter::new(file);
    for (model, neighbours) in models.iter().zip(neighbours) {
        let pair = |found: &Neighbour| Pair { uid: &models[found.row].uid, score: found.score };
        let neighbours = neighbours.iter().map(pair).collect();
        serde_json::to_writer(&mut file, &Line { uid: &model.uid, neighbours })?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

fn rows(file: impl Write, models: &[Model], neighbours: &[Vec<Neighbour>]) -> IoResult<()> {
    let mut writer = csv::Writer::from_writer(file);
    for (model, neighbours) in models.iter().zip(neighbours) {
        for (at, found) in neighbours.iter().enumerate() {
            let neighbour = &models[found.row].uid;
            writer.serialize(Row {
                uid: &model.uid,
                rank: at + 1,
                neighbour,
                score: found.score,
            })?;
        }
    }
    writer.flush()
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| unwritten(&error.to_string()))
}

fn foreign(path: &Path) -> Error {
    let source = std::io::Error::new(
        std::io::ErrorKind::AlreadyExists,
        "this name is needed for recommendations, but no earlier run wrote the file that has it",
    );
    files::failed(path, source, "move that file away, or name another folder with --out")
}

fn unwritten(came: &str) -> Error {
    Error::Catalogue(Details::new(
        "a catalogue whose text can be written",
        came,
        "correct the catalogue",
    ))
}
