//! The owner's settings of a site's page: a small JSON file -> [`Settings`].

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Details, Error, Result};
use crate::util::files;

/// The page's languages; `www/strings/strings.js` has the same list.
pub const LANGUAGES: [&str; 5] = ["ar", "de", "en", "es", "zh"];

/// The filters for visitors, in the page's order; `www/engine/filter.js` has the same list.
pub const FILTERS: [&str; 4] = ["category", "tag", "licence", "author"];

/// The names of the page's colours in `www/styles/page.css`.
pub const COLOURS: [&str; 14] = [
    "ground",
    "raised",
    "lifted",
    "sunken",
    "line",
    "strong-line",
    "text",
    "quiet",
    "accent",
    "accent-ground",
    "on-accent",
    "bad",
    "bad-ground",
    "bad-line",
];

const SCHEMES: [&str; 2] = ["light", "dark"];

/// The longest title, in characters.
const LONGEST_TITLE: usize = 100;

/// The changes to the page's defaults. They are checked when a manifest is read too, because the values become part of
/// the page's text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Settings {
    /// The site's name, at the page's top and in the browser's tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The page's language for every visitor; one of [`LANGUAGES`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The filters to show, in this order; from [`FILTERS`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<Vec<String>>,
    /// For each scheme, `light` or `dark`: names from [`COLOURS`] with colours such as `#1caad9`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub colours: BTreeMap<String, BTreeMap<String, String>>,
}

impl Settings {
    /// Reads an owner's file.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read; [`Error::Settings`] with the key of an unknown or wrong setting.
    pub fn read(path: &Path) -> Result<Settings> {
        Settings::parse(&files::read(path)?)
    }

    /// Reads settings from JSON.
    ///
    /// # Errors
    /// [`Error::Settings`] with the key of an unknown or wrong setting.
    pub fn parse(json: &[u8]) -> Result<Settings> {
        let value: Value = serde_json::from_slice(json).map_err(|error| {
            wrong("JSON such as {\"title\": \"Our chairs\"}", "", &error.to_string())
        })?;
        Settings::try_from(value)
    }

    /// Whether nothing is set.
    pub fn are_none(&self) -> bool {
        *self == Settings::default()
    }
}

impl TryFrom<Value> for Settings {
    type Error = Error;

    fn try_from(value: Value) -> Result<Settings> {
        let mut settings = Settings::default();
        for (key, value) in object(&value, "")? {
            match key.as_str() {
                "title" => settings.title = Some(title(value)?),
                "language" => settings.language = Some(one_of(&LANGUAGES, value, "language")?),
                "filters" => settings.filters = Some(filters(value)?),
                "colours" => settings.colours = colours(value)?,
                unknown => {
                    return Err(unknown_key(&["title", "language", "filters", "colours"], unknown));
                }
            }
        }
        Ok(settings)
    }
}

fn title(value: &Value) -> Result<String> {
    let text = value.as_str().map(str::trim).unwrap_or_default();
    let is_line = !text.is_empty() && !text.chars().any(char::is_control);
    if !is_line || text.chars().count() > LONGEST_TITLE {
        let expected = format!("a line of 1 to {LONGEST_TITLE} characters");
        return Err(wrong(&expected, "title", &value.to_string()));
    }
    Ok(text.to_owned())
}

fn filters(value: &Value) -> Result<Vec<String>> {
    let Some(list) = value.as_array() else {
        return Err(wrong("a list such as [\"category\"]", "filters", &value.to_string()));
    };
    let mut filters: Vec<String> = Vec::new();
    for (place, value) in list.iter().enumerate() {
        let key = format!("filters[{place}]");
        let filter = one_of(&FILTERS, value, &key)?;
        if filters.contains(&filter) {
            return Err(wrong("each filter once", &key, &value.to_string()));
        }
        filters.push(filter);
    }
    Ok(filters)
}

fn colours(value: &Value) -> Result<BTreeMap<String, BTreeMap<String, String>>> {
    let mut schemes = BTreeMap::new();
    for (scheme, value) in object(value, "colours")? {
        if !SCHEMES.contains(&scheme.as_str()) {
            return Err(unknown_key(&SCHEMES, &format!("colours.{scheme}")));
        }
        let mut colours = BTreeMap::new();
        for (name, value) in object(value, &format!("colours.{scheme}"))? {
            let key = format!("colours.{scheme}.{name}");
            if !COLOURS.contains(&name.as_str()) {
                return Err(unknown_key(&COLOURS, &key));
            }
            colours.insert(name.clone(), colour(value, &key)?);
        }
        schemes.insert(scheme.clone(), colours);
    }
    Ok(schemes)
}

fn colour(value: &Value, key: &str) -> Result<String> {
    let digits = value.as_str().and_then(|text| text.strip_prefix('#')).unwrap_or_default();
    let is_colour =
        [3, 6].contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !is_colour {
        return Err(wrong("a colour such as \"#1caad9\"", key, &value.to_string()));
    }
    Ok(format!("#{digits}"))
}

fn one_of(names: &[&str], value: &Value, key: &str) -> Result<String> {
    match value.as_str().filter(|name| names.contains(name)) {
        Some(name) => Ok(name.to_owned()),
        None => Err(wrong(&format!("one of {}", names.join(", ")), key, &value.to_string())),
    }
}

/// The number of characters of a wrong value that an error repeats.
const SHOWN: usize = 100;

fn object<'a>(value: &'a Value, key: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| wrong("names and values in { }", key, &value.to_string()))
}

fn unknown_key(known: &[&str], key: &str) -> Error {
    let expected = format!("a key of {}", known.join(", "));
    let shown: String = key.chars().take(SHOWN).collect();
    Error::Settings(Details::new(
        expected,
        shown,
        "correct or remove this key and run the same command again",
    ))
}

fn wrong(expected: &str, key: &str, came: &str) -> Error {
    let place = if key.is_empty() { String::new() } else { format!(" for {key}") };
    let expected = format!("{expected}{place}");
    let shown: String = came.chars().take(SHOWN).collect();
    Error::Settings(Details::new(
        expected,
        shown,
        "correct this value and run the same command again",
    ))
}
