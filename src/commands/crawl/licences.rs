//! Sketchfab's licences: the slug for a search's parameter, and the label in a model's record.

use serde_json::Value;

/// The label for a model without a licence. Its author reserves all rights.
const NONE: &str = "not stated";

/// Slugs and labels, in the order of the API's own list.
const LICENCES: [(&str, &str); 10] = [
    ("by", "CC Attribution"),
    ("by-sa", "CC Attribution-ShareAlike"),
    ("by-nd", "CC Attribution-NoDerivs"),
    ("by-nc", "CC Attribution-NonCommercial"),
    ("by-nc-sa", "CC Attribution-NonCommercial-ShareAlike"),
    ("by-nc-nd", "CC Attribution-NonCommercial-NoDerivs"),
    ("cc0", "CC0 Public Domain"),
    ("free-st", "Free Standard"),
    ("st", "Standard"),
    ("ed", "Editorial"),
];

/// Returns the slugs.
pub(crate) fn slugs() -> impl Iterator<Item = &'static str> {
    LICENCES.iter().map(|(slug, _)| *slug)
}

/// Returns the slug of a label.
pub(super) fn slug_of(label: &str) -> Option<&'static str> {
    let same = |(_, known): &&(&str, &str)| known.eq_ignore_ascii_case(label);
    LICENCES.iter().find(same).map(|(slug, _)| *slug)
}

/// Returns the label of a record's licence, an object in the API's records and a bare slug in Objaverse's
/// annotations.
pub(super) fn read(licence: &Value) -> &str {
    let field = |name: &str| licence[name].as_str().filter(|text| !text.is_empty());
    let said = field("label").or_else(|| field("slug")).or_else(|| licence.as_str());
    let label =
        |said| LICENCES.iter().find(|(slug, _)| *slug == said).map_or(said, |found| found.1);
    said.map(str::trim).filter(|said| !said.is_empty()).map_or(NONE, label)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn licences_are_read_in_each_of_their_forms() {
        assert_eq!(read(&json!({"label": "CC Attribution", "slug": "by"})), "CC Attribution");
        assert_eq!(read(&json!({"slug": "cc0"})), "CC0 Public Domain");
        assert_eq!(read(&json!("by-nc")), "CC Attribution-NonCommercial");
        assert_eq!(read(&json!({"label": "CC Something New"})), "CC Something New");
        for nothing in [json!(null), json!({}), json!(""), json!(7)] {
            assert_eq!(read(&nothing), "not stated");
        }
        assert_eq!(slug_of("cc attribution"), Some("by"));
        assert_eq!(slug_of("CC Something New"), None);
    }
}
