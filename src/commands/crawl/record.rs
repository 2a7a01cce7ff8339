//! Reads the record of a model, as Sketchfab's API gives it, into a [`Candidate`].
//!
//! Each field is read alone, so that a record with one malformed field is still read. A record that lacks fields is
//! requested again by the model's own address.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::licences;
use super::picture::{self, Image, Picture};
use crate::site::catalogue::{self, Facts, Model};

/// The longest name, tag or author that is kept, in characters.
const LONGEST: usize = 300;

/// A model that may come into the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Candidate {
    pub(super) model: Model,
    pub(super) facts: Facts,
    /// The thumbnail that was chosen; `None` where the model has none.
    pub(super) picture: Option<Picture>,
    /// The author does not allow use by generative programs.
    pub(super) noai: bool,
    /// Only for adults; `None` where the source does not say.
    pub(super) restricted: Option<bool>,
    pub(super) downloadable: Option<bool>,
    pub(super) staff_picked: Option<bool>,
    /// Whether the record has every field that decides whether the model is kept.
    pub(super) whole: bool,
}

impl Candidate {
    /// Makes a candidate of a uid and, where it is known, a name.
    pub(super) fn unknown(uid: String, name: Option<String>) -> Candidate {
        let name = name.unwrap_or_else(|| uid.clone());
        Candidate::of(Model { uid, name, ..Model::default() }, None, false)
    }

    /// Makes a candidate of a model from another source than Sketchfab's API.
    pub(super) fn of(model: Model, picture: Option<Picture>, whole: bool) -> Candidate {
        let facts = model.facts.clone();
        let (restricted, downloadable, staff_picked) = (None, None, None);
        let noai = model.tags.iter().any(|tag| is_noai(tag));
        Candidate { model, facts, picture, noai, restricted, downloadable, staff_picked, whole }
    }

    pub(super) fn uid(&self) -> &str {
        &self.model.uid
    }

    /// Reads a record of the API, from a list, a search or a model's own address; `None` where it is no record.
    pub(super) fn read(record: &Value) -> Option<Candidate> {
        let uid = record["uid"].as_str().filter(|uid| catalogue::is_uid(uid))?.to_owned();
        let author = |field: &&str| text(&record["user"][field]);
        let images = record["thumbnails"]["images"].as_array();
        let picture = picture::choose(images.into_iter().flatten().filter_map(Image::read));
        // The records in some lists lack fields that decide whether the model is kept.
        let needed = ["tags", "license", "thumbnails", "isAgeRestricted", "user"];
        let whole = needed.iter().all(|field| record.get(field).is_some());
        let model = Model {
            name: text(&record["name"]).unwrap_or_else(|| uid.clone()),
            author: ["displayName", "username"].iter().find_map(author).unwrap_or_default(),
            licence: licences::read(&record["license"]).to_owned(),
            categories: names(&record["categories"]),
            tags: names(&record["tags"]),
            thumbnail: None,
            url: Some(https(&record["viewerUrl"]).unwrap_or_else(|| viewer(&uid))),
            facts: Facts::default(),
            uid,
        };
        Some(Candidate {
            noai: model.tags.iter().any(|tag| is_noai(tag)),
            model,
            facts: facts(record),
            picture,
            restricted: record["isAgeRestricted"].as_bool(),
            downloadable: record["isDownloadable"].as_bool(),
            staff_picked: record.get("staffpickedAt").map(|date| !date.is_null()),
            whole,
        })
    }

    /// Returns the catalogue's row of a model whose thumbnail is stored as `file`, `[columns, rows]` large.
    pub(super) fn row(&self, file: &str, [columns, rows]: [u32; 2]) -> Model {
        let link = self.picture.as_ref().filter(|picture| !picture.local);
        let facts = Facts {
            thumbnail_url: link.map(|picture| picture.link.clone()),
            thumbnail_size: Some(format!("{columns}x{rows}")),
            ..self.facts.clone()
        };
        Model { thumbnail: Some(file.to_owned()), facts, ..self.model.clone() }
    }
}

fn facts(record: &Value) -> Facts {
    Facts {
        author_url: https(&record["user"]["profileUrl"]),
        likes: record["likeCount"].as_u64(),
        views: record["viewCount"].as_u64(),
        faces: record["faceCount"].as_u64(),
        published: text(&record["publishedAt"]),
        ..Facts::default()
    }
}

/// Returns the address of a model's page.
fn viewer(uid: &str) -> String {
    format!("https://sketchfab.com/3d-models/{uid}")
}

/// Returns whether a uid has the form of Sketchfab's: 32 hexadecimal digits, or about 26 letters and digits in its
/// first years.
pub(super) fn is_sketchfabs(uid: &str) -> bool {
    (20..=32).contains(&uid.len()) && uid.bytes().all(|letter| letter.is_ascii_alphanumeric())
}

/// Returns a name as Sketchfab's addresses write it: `Cars & Vehicles` becomes `cars-vehicles`.
pub(super) fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|character: char| !character.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// Accepts every spelling of `noai`, because it is better to leave out too many models than too few.
fn is_noai(tag: &str) -> bool {
    slug(tag).replace('-', "") == "noai"
}

/// Returns the names of tags or categories. The API of 2017 gives no names, so the slugs are used.
fn names(list: &Value) -> Vec<String> {
    let name = |entry: &Value| {
        let fields = ["name", "slug"].iter().find_map(|field| text(&entry[field]));
        // The catalogue separates names by bars.
        fields.or_else(|| text(entry)).map(|name| name.replace('|', "/"))
    };
    list.as_array().into_iter().flatten().filter_map(name).collect()
}

/// Returns the text on one line, cut to a length that a page can show.
fn text(value: &Value) -> Option<String> {
    let text: String = value.as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.chars().take(LONGEST).collect::<String>();
    (!text.is_empty()).then_some(text)
}

fn https(value: &Value) -> Option<String> {
    value.as_str().filter(|link| link.starts_with("https://")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_those_of_sketchfabs_categories() {
        assert_eq!(slug("Cars & Vehicles"), "cars-vehicles");
        assert_eq!(slug("Cultural Heritage & History"), "cultural-heritage-history");
        assert_eq!(slug("food-drink"), "food-drink");
    }

    #[test]
    fn noai_is_recognised_in_every_spelling() {
        for tag in ["noai", "NoAI", "no-ai", "No AI", "#noai"] {
            assert!(is_noai(tag), "{tag}");
        }
        assert!(!is_noai("noaiport") && !is_noai("ai"));
    }
}
