//! The catalogue: the names, authors, licences and other metadata of the Sketchfab models.
//!
//! The owner's copy is a CSV file with a header, in any form that spreadsheets write, with columns in any order:
//!
//! | column | what |
//! | --- | --- |
//! | `uid` | Sketchfab's uid, or any text of at most [`LONGEST_UID`] characters; without it `id` counts |
//! | `name`, `author`, `licence` | text for the page; without `licence`, `license` counts |
//! | `category` | one or several, separated by a vertical bar |
//! | `tags` | separated by vertical bars |
//! | `file` | optional: the thumbnail's path, relative to the thumbnails' folder or absolute; default: uid and ending |
//! | `url` | optional: the model's page |
//! | `author_url`, `likes`, `views`, `faces`, `published` | optional: further metadata of the source |
//! | `thumbnail_url`, `thumbnail_size` | optional: the thumbnail's address, and its columns x rows |
//!
//! Characters that a link cannot hold, such as a blank, are escaped. Wrong rows are left out and reported by their
//! lines.
//!
//! The page's copy is a JSON array in the order of the embedding file's rows. It holds only what the page shows.

pub(crate) mod sheet;
#[cfg(test)]
mod tests;
mod text;
mod thumbnails;

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sheet::{Row, Sheet};
pub(crate) use text::decode;
pub(crate) use thumbnails::{ENDINGS, Thumbnails};

use crate::error::{Details, Error, Result};
use crate::search::{Field, Texts};
use crate::util::files;

/// The columns of the owner's copy, in the order in which [`write_csv`] writes them.
pub(crate) const COLUMNS: [&str; 15] = [
    "uid",
    "name",
    "category",
    "tags",
    "author",
    "licence",
    "file",
    "url",
    "author_url",
    "likes",
    "views",
    "faces",
    "published",
    "thumbnail_url",
    "thumbnail_size",
];

/// Other names of columns, which count if the column itself is missing.
const ALIASES: [(&str, &str); 3] =
    [("uid", "id"), ("licence", "license"), ("thumbnail_url", "image_url")];

/// The longest uid, in characters.
pub const LONGEST_UID: usize = 1000;

/// A catalogue that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The models, in the order of their rows.
    pub models: Vec<Model>,
    /// The numbers of the wrong lines, counted from 1, each with the reason.
    pub left_out: Vec<(u64, String)>,
    /// The names of the columns that are not used, as the file writes them.
    pub unused: Vec<String>,
}

/// A Sketchfab model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Its identifier, unique in the catalogue.
    pub uid: String,
    /// Its title.
    pub name: String,
    /// Its author's name.
    pub author: String,
    /// Its licence.
    pub licence: String,
    /// Sketchfab's categories.
    pub categories: Vec<String>,
    /// Its author's tags.
    pub tags: Vec<String>,
    /// The thumbnail's path: relative to the owner's folder in the owner's copy, within the site in the page's copy.
    pub thumbnail: Option<String>,
    /// The model's page.
    pub url: Option<String>,
    /// Further metadata, only in the owner's copy.
    #[serde(skip)]
    pub facts: Facts,
}

/// Metadata of a model that the page does not show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The author's page.
    pub author_url: Option<String>,
    /// The number of likes.
    pub likes: Option<u64>,
    /// The number of views.
    pub views: Option<u64>,
    /// The number of faces of its meshes.
    pub faces: Option<u64>,
    /// The time of publication, as the source writes it: Sketchfab's `2021-03-18T09:36:25.430631` is UTC.
    pub published: Option<String>,
    /// The address that the thumbnail was downloaded from.
    pub thumbnail_url: Option<String>,
    /// The thumbnail's columns and rows, `720x405`.
    pub thumbnail_size: Option<String>,
}

/// A row of the owner's copy, as text.
#[derive(Debug, Serialize)]
struct Written {
    uid: String,
    name: String,
    category: String,
    tags: String,
    author: String,
    licence: String,
    file: String,
    url: String,
    author_url: String,
    likes: String,
    views: String,
    faces: String,
    published: String,
    thumbnail_url: String,
    thumbnail_size: String,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read, [`Error::Catalogue`] if it is no text or has no column for uids.
    pub fn read(path: &Path) -> Result<Catalogue> {
        Catalogue::parse(path, &files::read(path)?)
    }

    /// Reads a catalogue's bytes. The path is used only in error messages.
    ///
    /// # Errors
    /// Those of [`Catalogue::read`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Catalogue> {
        let mut read = Catalogue::default();
        let mut lines: HashMap<String, u64> = HashMap::new();
        let mut known = None;
        let sheet = Sheet::read_each(path, bytes, &known_columns(), |sheet, row| {
            let model = known.get_or_insert_with(|| Columns::of(sheet)).model(&row);
            let reason = wrong_uid(&model.uid).or_else(|| {
                let first = lines.get(&model.uid)?;
                Some(format!("its uid '{}' is that of line {first}", model.uid))
            });
            match reason {
                Some(reason) => read.left_out.push((row.line, reason)),
                None => {
                    lines.insert(model.uid.clone(), row.line);
                    read.models.push(model);
                }
            }
        })?;
        let columns = Columns::of(&sheet);
        if !columns.has("uid") && !sheet.names.is_empty() {
            let came = format!("the columns {}", sheet.titles.join(", "));
            return Err(wrong(path, "a column `uid`", &came, "name the columns in the first line"));
        }
        read.unused = columns.unused(&sheet.titles);
        read.left_out.extend(sheet.damaged);
        read.left_out.sort();
        Ok(read)
    }

    /// Returns the models if there are any and no row is wrong.
    ///
    /// # Errors
    /// [`Error::Catalogue`] with the first wrong line.
    pub fn whole(self, path: &Path) -> Result<Vec<Model>> {
        match self.left_out.first() {
            Some((line, reason)) => {
                let came = match self.left_out.len() {
                    1 => format!("line {line}: {reason}"),
                    all => format!("{all} that are not, the first line {line}: {reason}"),
                };
                let advice = "correct it and run it again";
                Err(wrong(path, "every row to be right", &came, advice))
            }
            None => self.some(path),
        }
    }

    /// Returns the models if there are any.
    ///
    /// # Errors
    /// [`Error::Catalogue`] if there are none.
    pub fn some(self, path: &Path) -> Result<Vec<Model>> {
        if self.models.is_empty() {
            let came = match self.left_out.first() {
                Some((line, reason)) => format!("none; line {line}: {reason}"),
                None => "none".to_owned(),
            };
            let advice = "check whether this is the catalogue, and its rows";
            return Err(wrong(path, "at least one model", &came, advice));
        }
        Ok(self.models)
    }
}

/// Reads a catalogue in which no row may be wrong.
///
/// # Errors
/// Those of [`Catalogue::read`] and [`Catalogue::whole`].
pub fn read_csv(path: &Path) -> Result<Vec<Model>> {
    Catalogue::read(path)?.whole(path)
}

/// All names of columns, including the other names.
pub(crate) fn known_columns() -> Vec<&'static str> {
    COLUMNS.into_iter().chain(ALIASES.map(|(_, alias)| alias)).collect()
}

/// The positions of the catalogue's columns in a sheet.
pub(crate) struct Columns(HashMap<&'static str, usize>);

impl Columns {
    /// Finds the columns of a catalogue in a sheet.
    pub(crate) fn of(sheet: &Sheet) -> Columns {
        let place = |column: &'static str| {
            let alias = ALIASES.iter().find(|(name, _)| *name == column).map(|(_, alias)| *alias);
            let place = sheet.column(column).or_else(|| sheet.column(alias?))?;
            Some((column, place))
        };
        Columns(COLUMNS.into_iter().filter_map(place).collect())
    }

    /// Whether the sheet has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.0.contains_key(column)
    }

    fn unused(&self, titles: &[String]) -> Vec<String> {
        let is_used = |place: usize| self.0.values().any(|&used| used == place);
        let unused = titles
            .iter()
            .enumerate()
            .filter(|&(place, title)| !title.is_empty() && !is_used(place));
        unused.map(|(_, title)| title.clone()).collect()
    }

    /// Reads a row as a model. Does not check the uid, which may be empty.
    pub(crate) fn model(&self, row: &Row) -> Model {
        let text = |column: &str| row.text(self.0.get(column).copied()).to_owned();
        let some = |column: &str| Some(text(column)).filter(|text| !text.is_empty());
        // A file of another program may have a column of the same name with other content.
        let number = |column: &str| text(column).parse().ok();
        let address = |column: &str| some(column).map(|text| link(&text));
        Model {
            uid: text("uid"),
            name: some("name").unwrap_or_else(|| text("uid")),
            author: text("author"),
            licence: text("licence"),
            categories: split(&text("category")),
            tags: split(&text("tags")),
            thumbnail: some("file"),
            url: address("url"),
            facts: Facts {
                author_url: address("author_url"),
                likes: number("likes"),
                views: number("views"),
                faces: number("faces"),
                published: some("published"),
                thumbnail_url: address("thumbnail_url"),
                thumbnail_size: some("thumbnail_size"),
            },
        }
    }
}

/// A link with blanks and other characters escaped that no address may hold. Browsers escape the same.
pub(crate) fn link(text: &str) -> String {
    let mut link = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_whitespace() || letter.is_control() || "\"<>\\^`{|}".contains(letter) {
            let mut bytes = [0; 4];
            let bytes = letter.encode_utf8(&mut bytes).bytes();
            bytes.for_each(|byte| link.push_str(&format!("%{byte:02X}")));
        } else {
            link.push(letter);
        }
    }
    link
}

/// Writes a catalogue as CSV.
///
/// # Errors
/// [`Error::File`] if it cannot be written.
pub fn write_csv(path: &Path, models: &[Model]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for model in models {
        writer
            .serialize(Written::from(model))
            .map_err(|error| wrong(path, "text", &error.to_string(), "report this"))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| wrong(path, "text", &error.to_string(), "report this"))?;
    files::write(path, &bytes)
}

impl Model {
    /// Its texts, by whose words it is found.
    pub fn texts(&self) -> Texts<'_, String> {
        let Model { name, author, categories, tags, .. } = self;
        Texts { name, author, categories, tags }
    }

    /// Whether a field has a value. The value must be in lower case.
    pub fn has(&self, field: Field, value: &str) -> bool {
        let is = |text: &String| text.to_lowercase() == value;
        match field {
            Field::Category => self.categories.iter().any(is),
            Field::Tag => self.tags.iter().any(is),
            Field::Author => is(&self.author),
            Field::Licence => is(&self.licence),
        }
    }
}

impl From<&Model> for Written {
    fn from(model: &Model) -> Written {
        let model = model.clone();
        let facts = model.facts;
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        Written {
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
    let words = list.split('|').map(str::trim).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    // A list of one word would hold room for four.
    words.shrink_to_fit();
    words
}

/// The reason why a text cannot be a uid, if there is one.
fn wrong_uid(uid: &str) -> Option<String> {
    if uid.is_empty() {
        return Some("it has no uid".to_owned());
    }
    let letters = uid.chars().count();
    if letters > LONGEST_UID {
        return Some(format!("its uid has {letters} letters, more than {LONGEST_UID}"));
    }
    let is_plain = !uid.chars().any(char::is_control);
    (!is_plain).then(|| format!("its uid {uid:?} holds a control character"))
}

/// Whether a uid can be the name of a file on any system without changes.
pub(crate) fn is_uid(uid: &str) -> bool {
    let plain = |character: char| character.is_alphanumeric() || "-_.~".contains(character);
    (1..=200).contains(&uid.len()) && uid.chars().all(plain) && !uid.starts_with('.')
}

fn wrong(path: &Path, expected: &str, came: &str, advice: &str) -> Error {
    Error::Catalogue(Details::new(format!("{expected} in {}", path.display()), came, advice))
}
