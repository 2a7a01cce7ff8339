//! Checks that the names in a manifest stay within the site. The files of these names are read, and later removed.

use std::path::{Component, Path};

use serde_json::Value;

use super::wrong;
use crate::error::Result;

/// The keys whose value is the name of a file or folder.
const KEYS: [&str; 2] = ["file", "page"];

/// Checks every name in a manifest, or in the list of cells. An empty name means that there is no file.
pub(super) fn check(json: &Value) -> Result<()> {
    match json {
        Value::Array(values) => values.iter().try_for_each(check),
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| match value {
            Value::String(name) if KEYS.contains(&key.as_str()) && !name.is_empty() => {
                check_name(name)
            }
            other => check(other),
        }),
        _ => Ok(()),
    }
}

/// Checks that a path lies below the site: it has no drive, does not begin at the root and has no `..`.
fn check_name(file: &str) -> Result<()> {
    let mut steps = Path::new(file).components().peekable();
    let is_path = steps.peek().is_some() && steps.all(|step| matches!(step, Component::Normal(_)));
    if is_path && !file.contains('\0') {
        return Ok(());
    }
    let shown: String = file.chars().take(100).collect();
    Err(wrong("names of files within the site", &format!("{shown:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_within_a_site_are_taken_and_others_are_not() {
        for name in ["network-0.bin", "thumbnails/a b.jpg", "samples/St\u{fc}hle.png", "a..b"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["/etc/passwd", "../a", "a/../../b", "./a", "..", "a\0"] {
            let json = serde_json::json!({"parts": [{"file": "a"}, {"file": name}]});
            let words = check(&json).unwrap_err().to_string();
            assert!(words.contains("expected names of files within the site"), "{words}");
        }
    }
}
