//! Whether the names in a manifest are of files within the site: what is named is read, and later removed.

use std::path::{Component, Path};

use super::{Manifest, Named, wrong};
use crate::error::Result;

/// Checks every name of a manifest.
pub(super) fn check(manifest: &Manifest) -> Result<()> {
    let parts = [&manifest.network, &manifest.embeddings, &manifest.catalogue];
    let others = [&manifest.wasm, &manifest.wasm_relaxed, &manifest.cells];
    check_parts(parts.into_iter().chain(others.into_iter().flatten()).flatten())?;
    // The first model may have no thumbnail.
    let shown = [&manifest.self_test.file].into_iter().filter(|file| !file.is_empty());
    let samples = manifest.samples.iter().map(|sample| &sample.file);
    shown.chain(samples).try_for_each(|file| check_name(file))?;
    if manifest.first_level > manifest.embeddings.len() {
        let came = format!("{} of {}", manifest.first_level, manifest.embeddings.len());
        return Err(wrong("a first level of some of the embeddings' parts", &came));
    }
    Ok(())
}

/// Checks the names of parts.
pub(super) fn check_parts<'a>(mut parts: impl Iterator<Item = &'a Named>) -> Result<()> {
    parts.try_for_each(|part| check_name(&part.file))
}

/// A path below the site: no drive, no step up and none from the root.
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
        for name in ["", "/etc/passwd", "../a", "a/../../b", "./a", "..", "a\0"] {
            let words = check_name(name).unwrap_err().to_string();
            assert!(words.contains("expected names of files within the site"), "{words}");
        }
    }
}
