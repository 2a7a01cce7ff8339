//! The lists in which a site names all files of a publication, so that the next one knows which files are ours.

use std::path::{Component, Path};

use super::PART;
use crate::digest::Digest;

/// The beginning and the ending of the names of the lists, the files that name all files of a publication.
const LIST: [&str; 2] = ["files", "txt"];

/// Lists of these names, one a line, each list small enough for any host. Returns the name and the content of each
/// list.
pub(super) fn lists<'n>(names: impl Iterator<Item = &'n str>) -> Vec<(String, Vec<u8>)> {
    let mut texts: Vec<String> = Vec::new();
    for name in names {
        match texts.last_mut().filter(|text| text.len() + name.len() < PART) {
            Some(text) => *text += &format!("{name}\n"),
            None => texts.push(format!("{name}\n")),
        }
    }
    let name =
        |text: &String| format!("{}-{}.{}", LIST[0], Digest::of(text.as_bytes()).short(), LIST[1]);
    texts.into_iter().map(|text| (name(&text), text.into_bytes())).collect()
}

/// The names in a list. `None` if the file is no list or was changed since it was written.
pub(super) fn listed(folder: &Path, name: &str) -> Option<Vec<String>> {
    let (stem, ending) = name.split_once('.')?;
    let (kind, digest) = stem.split_once('-')?;
    if [kind, ending] != LIST {
        return None;
    }
    let bytes = std::fs::read(folder.join(name)).ok()?;
    let text =
        String::from_utf8(bytes).ok().filter(|t| Digest::of(t.as_bytes()).short() == digest)?;
    Some(text.lines().filter(|name| is_inside(name)).map(str::to_owned).collect())
}

/// Whether a name stays within its folder. The lists of a site from another person may hold any name.
pub(super) fn is_inside(name: &str) -> bool {
    let path = Path::new(name);
    !name.contains('\\') && path.components().all(|part| matches!(part, Component::Normal(_)))
}
