//! The catalogue: what is known of each Sketchfab model, beside how it looks.
//!
//! The owner's copy is a CSV file with a header; columns in any order, others ignored:
//!
//! | column | what |
//! | --- | --- |
//! | `uid` | Sketchfab's uid, or any other name that can be a file's; `id` is taken too |
//! | `name`, `author`, `licence` | text for the page |
//! | `category` | one or several, separated by a vertical bar |
//! | `tags` | separated by vertical bars |
//! | `file` | optional: the thumbnail's path within the folder of thumbnails; else `uid` and an ending |
//! | `url` | optional: the model's page |
//! | `author_url`, `likes`, `views`, `faces`, `published` | optional: what its source says besides |
//! | `thumbnail_url`, `thumbnail_size` | optional: where the thumbnail came from, and its columns x rows |
//!
//! The page's copy is JSON, an array in the order of the embedding file's rows, of what the page shows.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Details, Error, Result};
use crate::files;
use crate::search::Field;

/// A Sketchfab model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Its name among all models; also the name of its thumbnail's file.
    pub uid: String,
    /// Its title.
    pub name: String,
    /// Who made it.
    pub author: String,
    /// Under which licence.
    pub licence: String,
    /// Sketchfab's categories.
    pub categories: Vec<String>,
    /// Its author's tags.
    pub tags: Vec<String>,
    /// The thumbnail's path, within the owner's folder or within the site.
    pub thumbnail: Option<String>,
    /// The model's page.
    pub url: Option<String>,
    /// What the owner's copy keeps besides.
    #[serde(skip)]
    pub facts: Facts,
}

/// What the source of a model says of it that the page does not show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The author's page.
    pub author_url: Option<String>,
    /// How many people like it.
    pub likes: Option<u64>,
    /// How often it was looked at.
    pub views: Option<u64>,
    /// How many faces its meshes have.
    pub faces: Option<u64>,
    /// When it was published, as the source writes it: Sketchfab's `2021-03-18T09:36:25.430631` is UTC.
    pub published: Option<String>,
    /// Where the thumbnail came from.
    pub thumbnail_url: Option<String>,
    /// The thumbnail's columns and rows, `720x405`.
    pub thumbnail_size: Option<String>,
}

/// A row of the CSV file.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    #[serde(alias = "id")]
    uid: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    licence: String,
    #[serde(default)]
    file: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    author_url: String,
    #[serde(default)]
    likes: String,
    #[serde(default)]
    views: String,
    #[serde(default)]
    faces: String,
    #[serde(default)]
    published: String,
    #[serde(default, alias = "image_url")]
    thumbnail_url: String,
    #[serde(default)]
    thumbnail_size: String,
}

/// Reads a catalogue from CSV.
///
/// # Errors
/// [`Error::File`] where it cannot be read, [`Error::Catalogue`] for the first row that is wrong.
pub fn read_csv(path: &Path) -> Result<Vec<Model>> {
    let bytes = files::read(path)?;
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let (mut models, mut known) = (Vec::new(), HashSet::new());
    for row in reader.deserialize() {
        let row: Row =
            row.map_err(|error| wrong_row("rows of CSV with a column `uid`", &error.to_string()))?;
        check_uid(&row.uid)?;
        if !known.insert(row.uid.clone()) {
            return Err(wrong_row("every uid once", &format!("'{}' again", row.uid)));
        }
        models.push(Model::from(row));
    }
    if models.is_empty() {
        return Err(wrong_row("at least one model", "none"));
    }
    Ok(models)
}

/// Reads one row, whose uid is anything.
///
/// # Errors
/// [`Error::Catalogue`] where it is no row.
pub(crate) fn read_row(record: &csv::StringRecord, columns: &csv::StringRecord) -> Result<Model> {
    let row: Row = record
        .deserialize(Some(columns))
        .map_err(|error| wrong_row("a row of CSV with a column `uid`", &error.to_string()))?;
    Ok(Model::from(row))
}

/// Writes a catalogue as CSV.
///
/// # Errors
/// [`Error::File`] where it cannot be written.
pub fn write_csv(path: &Path, models: &[Model]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for model in models {
        writer
            .serialize(Row::from(model))
            .map_err(|error| wrong_row("text", &error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| wrong_row("text", &error.to_string()))?;
    files::write(path, &bytes)
}

impl Model {
    /// Whether a field has a value, which is in small letters.
    pub fn has(&self, field: Field, value: &str) -> bool {
        let is = |text: &String| text.to_lowercase() == value;
        match field {
            Field::Category => self.categories.iter().any(is),
            Field::Tag => self.tags.iter().any(is),
            Field::Author => is(&self.author),
            Field::Licence => is(&self.licence),
        }
    }

    /// The path of its thumbnail within `folder`: the one that the catalogue names, else the uid with
    /// the ending of an image.
    pub fn thumbnail_in(&self, folder: &Path) -> PathBuf {
        let named = self.thumbnail.as_ref().map(|file| folder.join(file));
        named.unwrap_or_else(|| {
            let candidates = self.thumbnails_in(folder);
            candidates.iter().find(|path| path.exists()).unwrap_or(&candidates[0]).clone()
        })
    }

    /// The paths that its thumbnail may have within `folder`.
    pub(crate) fn thumbnails_in(&self, folder: &Path) -> [PathBuf; 6] {
        let endings = ["jpg", "jpeg", "png", "webp", "gif", "bmp"];
        endings.map(|ending| folder.join(format!("{}.{ending}", self.uid)))
    }
}

impl From<Row> for Model {
    fn from(row: Row) -> Model {
        let some = |text: String| (!text.is_empty()).then_some(text);
        // Another program's column of the same name may hold anything.
        let number = |text: String| text.trim().parse().ok();
        Model {
            name: some(row.name).unwrap_or_else(|| row.uid.clone()),
            categories: split(&row.category),
            tags: split(&row.tags),
            author: row.author,
            licence: row.licence,
            thumbnail: some(row.file),
            url: some(row.url),
            facts: Facts {
                author_url: some(row.author_url),
                likes: number(row.likes),
                views: number(row.views),
                faces: number(row.faces),
                published: some(row.published),
                thumbnail_url: some(row.thumbnail_url),
                thumbnail_size: some(row.thumbnail_size),
            },
            uid: row.uid,
        }
    }
}

impl From<&Model> for Row {
    fn from(model: &Model) -> Row {
        let model = model.clone();
        let facts = model.facts;
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        Row {
            uid: model.uid,
            name: model.name,
            category: model.categories.join("|"),
            tags: model.tags.join("|"),
            author: model.author,
            licence: model.licence,
            file: model.thumbnail.unwrap_or_default(),
            url: model.url.unwrap_or_default(),
            author_url: facts.author_url.unwrap_or_default(),
            likes: number(facts.likes).unwrap_or_default(),
            views: number(facts.views).unwrap_or_default(),
            faces: number(facts.faces).unwrap_or_default(),
            published: facts.published.unwrap_or_default(),
            thumbnail_url: facts.thumbnail_url.unwrap_or_default(),
            thumbnail_size: facts.thumbnail_size.unwrap_or_default(),
        }
    }
}

fn split(list: &str) -> Vec<String> {
    list.split('|').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A uid names a file of the site, so it must be a plain file name.
fn check_uid(uid: &str) -> Result<()> {
    if is_uid(uid) {
        return Ok(());
    }
    Err(wrong_row("a uid of 1 to 200 letters, digits, `-`, `_`, `.` and `~`", &format!("'{uid}'")))
}

/// Whether a uid can name a file.
pub(crate) fn is_uid(uid: &str) -> bool {
    let plain = |character: char| character.is_alphanumeric() || "-_.~".contains(character);
    (1..=200).contains(&uid.len()) && uid.chars().all(plain) && !uid.starts_with('.')
}

fn wrong_row(expected: &str, came: &str) -> Error {
    Error::Catalogue(Details::new(expected, came, "correct that row and run it again"))
}
