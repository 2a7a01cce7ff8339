//! The owner's folder of thumbnails. It is listed only once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Model;
use crate::error::{Details, Error, Result};
use crate::util::files;

/// Endings of thumbnails, in any case. If a uid has several files, the ending that comes first here is taken.
pub(crate) const ENDINGS: [&str; 8] = ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp"];

/// A folder and the images in it.
pub(crate) struct Thumbnails {
    folder: PathBuf,
    /// For each name without its ending: the position of the ending in [`ENDINGS`], and the file's name.
    names: HashMap<String, (usize, String)>,
}

impl Thumbnails {
    /// Lists a folder.
    ///
    /// # Errors
    /// [`Error::File`] with the path.
    pub(crate) fn list(folder: &Path) -> Result<Thumbnails> {
        let failed = |source| files::failed(folder, source, "check the folder's path");
        let mut names: HashMap<String, (usize, String)> = HashMap::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            // A name that is not UTF-8 cannot be a uid. Systems put hidden files beside images.
            let Ok(name) = entry.map_err(failed)?.file_name().into_string() else { continue };
            if files::is_hidden(Path::new(&name)) {
                continue;
            }
            let Some((stem, ending)) = name.rsplit_once('.') else { continue };
            let ending = ending.to_lowercase();
            let Some(rank) = ENDINGS.iter().position(|known| *known == ending) else { continue };
            let found = (rank, name.clone());
            let known = names.entry(stem.to_owned()).or_insert_with(|| found.clone());
            if found < *known {
                *known = found;
            }
        }
        Ok(Thumbnails { folder: folder.to_owned(), names })
    }

    /// The path of a model's thumbnail: the one that the catalogue names, which may be anywhere. Without one, it is the
    /// file directly in this folder that is named by the uid and has the ending of an image.
    ///
    /// # Errors
    /// [`Error::Image`] if there is none.
    pub(crate) fn of(&self, model: &Model) -> Result<PathBuf> {
        if let Some(file) = &model.thumbnail {
            return Ok(self.folder.join(file));
        }
        let found = self.names.get(&model.uid).map(|(_, name)| self.folder.join(name));
        found.ok_or_else(|| {
            Error::Image(Details::new(
                format!("a thumbnail named by the uid, as '{}.jpg'", model.uid),
                format!("none in {}", self.folder.display()),
                "add it, or name it in the catalogue's column `file`",
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_uid(uid: &str) -> Model {
        Model { uid: uid.to_owned(), ..Model::default() }
    }

    #[test]
    fn endings_are_taken_in_any_case_and_the_first_kind_of_several() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "_DSC0001.JPG",
            "a.png",
            "a.Jpeg",
            "b.jfif",
            "c.JPE",
            "d.txt",
            "e.f.webp",
            "g",
            "._a.jpg",
        ] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let thumbnails = Thumbnails::list(folder.path()).unwrap();
        for (uid, name) in [
            ("_DSC0001", "_DSC0001.JPG"),
            ("a", "a.Jpeg"),
            ("b", "b.jfif"),
            ("c", "c.JPE"),
            ("e.f", "e.f.webp"),
        ] {
            assert_eq!(thumbnails.of(&of_uid(uid)).unwrap(), folder.path().join(name));
        }
        for uid in ["A", "d", "e", "g", "", "b.jfif", "._a"] {
            assert!(thumbnails.of(&of_uid(uid)).is_err(), "{uid}");
        }
    }

    #[test]
    fn no_uid_is_looked_for_outside_of_the_folder() {
        let place = tempfile::tempdir().unwrap();
        let inside = place.path().join("thumbnails");
        std::fs::create_dir_all(inside.join("sub")).unwrap();
        std::fs::write(place.path().join("secret.jpg"), b"").unwrap();
        std::fs::write(inside.join("sub/a.jpg"), b"").unwrap();
        let thumbnails = Thumbnails::list(&inside).unwrap();
        let absolute = place.path().join("secret").to_string_lossy().into_owned();
        for uid in ["../secret", "sub/../../secret", "sub/a", "..", ".", &absolute] {
            let error = thumbnails.of(&of_uid(uid)).unwrap_err().to_string();
            assert!(error.contains("found none in "), "{error}");
        }
        // The owner may name a file outside the folder.
        let named = Model { thumbnail: Some("../secret.jpg".into()), ..of_uid("x") };
        assert!(thumbnails.of(&named).unwrap().is_file());
    }
}
