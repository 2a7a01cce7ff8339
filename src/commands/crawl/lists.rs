//! Reads files that name models, and folders of images, into candidates. A file's format is recognised by its
//! content, not by its name.

use std::path::{Path, PathBuf};

use csv::StringRecord;
use serde_json::Value;

use super::listing::Page;
use super::picture::Picture;
use super::record::{Candidate, is_sketchfabs};
use crate::digest::Digest;
use crate::error::{Details, Error, Result};
use crate::site::catalogue::sheet::Sheet;
use crate::site::catalogue::{self, Columns, Model};
use crate::util::files;

/// A CSV file is recognised by one of these columns.
const COLUMNS: [&str; 4] = ["uid", "id", "thumbnail_url", "image_url"];

/// Reads the models that a file or folder names, as the only page of a list.
///
/// # Errors
/// [`Error::File`] where it cannot be read, [`Error::Catalogue`] where it names nothing.
pub(super) fn read(path: &Path) -> Result<Page> {
    if path.is_dir() {
        return page(path, images(path)?);
    }
    named_in(path, &files::read(path)?)
}

/// Reads the models that the bytes of a file name.
///
/// # Errors
/// [`Error::Catalogue`] where it names nothing.
pub(super) fn named_in(path: &Path, bytes: &[u8]) -> Result<Page> {
    page(path, rows(path, bytes)?)
}

fn page(path: &Path, rows: Rows) -> Result<Page> {
    let all = rows.len();
    let found: Vec<Candidate> = rows.into_iter().flatten().collect();
    if found.is_empty() {
        return Err(nothing(path, all));
    }
    let unreadable = all - found.len();
    Ok(Page { found, unreadable, ..Page::default() })
}

/// The rows of a file; `None` for a row that names no model.
type Rows = Vec<Option<Candidate>>;

fn rows(path: &Path, bytes: &[u8]) -> Result<Rows> {
    let text = catalogue::decode(path, bytes)?.text;
    let start = text.trim_start();
    if start.starts_with(['{', '[']) {
        return annotations(path, start.as_bytes());
    }
    let header = start.lines().next().unwrap_or_default().to_lowercase();
    if header.split('|').any(|column| column.trim() == "mid") {
        return named(path, text.as_bytes());
    }
    let sheet = Sheet::read(path, bytes, &catalogue::known_columns())?;
    if sheet.has_any(&COLUMNS) {
        return Ok(table(sheet));
    }
    Ok(lines(&text))
}

/// Reads uids or links, one a line. Lines that begin with `#` are comments.
fn lines(text: &str) -> Rows {
    let lines = text.lines().map(str::trim);
    let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    entries.map(|line| uid_in(line).map(|uid| Candidate::unknown(uid, None))).collect()
}

/// Reads the columns `name|mid` as Rec-a-Sketch published them. The quote is a backslash.
fn named(path: &Path, bytes: &[u8]) -> Result<Rows> {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(b'|').quote(b'\\').flexible(true).from_reader(bytes);
    let columns = reader.headers().map_err(|error| no_table(path, &error))?.clone();
    let at =
        |name: &str| columns.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
    let (name, uid) = (at("name"), at("mid"));
    let row = |record: csv::Result<StringRecord>| {
        let record = record.map_err(|error| no_table(path, &error))?;
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim);
        let name = field(name).filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(field(uid).and_then(uid_in).map(|uid| Candidate::unknown(uid, name)))
    };
    reader.records().map(row).collect()
}

/// Reads the columns of a catalogue. A row needs no more than a link in `thumbnail_url`.
fn table(sheet: Sheet) -> Rows {
    let columns = Columns::of(&sheet);
    let rows = sheet.rows.iter().map(|row| linked(columns.model(row)));
    rows.chain(sheet.damaged.iter().map(|_| None)).collect()
}

fn linked(mut model: Model) -> Option<Candidate> {
    let link = model.facts.thumbnail_url.clone();
    if model.uid.is_empty() {
        let page = model.url.as_deref().and_then(uid_in);
        model.uid = page.or_else(|| link.as_ref().map(|link| uid_of(link)))?;
    }
    if model.name.is_empty() {
        model.name.clone_from(&model.uid);
    }
    if !catalogue::is_uid(&model.uid) {
        return None;
    }
    match link {
        Some(link) => {
            let picture = Picture { link, size: None, local: false };
            Some(Candidate::of(model, Some(picture), true))
        }
        // The rest of a Sketchfab model's fields comes from the API.
        None => is_sketchfabs(&model.uid).then(|| Candidate::unknown(model.uid, Some(model.name))),
    }
}

/// Reads Sketchfab's records: an object of them by uid, as in Objaverse's annotations, an array, an answer of the API,
/// or one record a line.
fn annotations(path: &Path, bytes: &[u8]) -> Result<Rows> {
    let mut rows = Vec::new();
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        match value.map_err(|error| no_json(path, &error))? {
            Value::Array(records) => rows.extend(records.iter().map(Candidate::read)),
            value if value["uid"].is_string() => rows.push(Candidate::read(&value)),
            Value::Object(mut fields) => match fields.get_mut("results").map(Value::take) {
                Some(Value::Array(records)) => rows.extend(records.iter().map(Candidate::read)),
                _ => rows.extend(fields.values().map(Candidate::read)),
            },
            _ => rows.push(None),
        }
    }
    Ok(rows)
}

/// Reads the images of a folder and of the folders below it, whose names become categories. A file that is no image is
/// a row of `None`. Hidden files and folders are left out, because operating systems make them without the owner's
/// knowledge, such as `._a.jpg` beside `a.jpg`.
fn images(folder: &Path) -> Result<Rows> {
    let (mut rows, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        let mut below = files::folders(&next)?;
        below.reverse();
        folders.extend(below.into_iter().filter(|path| !files::is_hidden(path)));
        let shown = files::list(&next)?.into_iter().filter(|path| !files::is_hidden(path));
        rows.extend(shown.map(|path| if is_image(&path) { image(folder, path) } else { None }));
    }
    // Where two folders hold the same name, the second image gets a uid from its whole path.
    let mut known = std::collections::HashSet::new();
    for candidate in rows.iter_mut().flatten() {
        if !known.insert(candidate.model.uid.clone()) {
            let link = candidate.picture.as_ref().map_or("", |picture| &picture.link);
            candidate.model.uid = uid_of(link);
        }
    }
    Ok(rows)
}

fn is_image(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    catalogue::ENDINGS.contains(&&*ending.to_lowercase())
}

fn image(folder: &Path, path: PathBuf) -> Option<Candidate> {
    let link = path.to_str()?.to_owned();
    let inside = path.strip_prefix(folder).ok()?;
    let name = path.file_stem()?.to_str()?.to_owned();
    let category = inside.parent().and_then(Path::to_str).filter(|name| !name.is_empty());
    let model = Model {
        uid: if catalogue::is_uid(&name) { name.clone() } else { uid_of(inside.to_str()?) },
        name,
        categories: category.map(|name| name.replace('|', "/")).into_iter().collect(),
        ..Model::default()
    };
    Some(Candidate::of(model, Some(Picture { link, size: None, local: true }), true))
}

/// Returns the uid in a text of one of these forms: `UID`, `https://sketchfab.com/3d-models/NAME-UID`,
/// `https://sketchfab.com/models/UID/embed`.
fn uid_in(text: &str) -> Option<String> {
    let path = text.split(['?', '#']).next()?.trim().trim_end_matches('/');
    let path = path.strip_suffix("/embed").unwrap_or(path);
    let last = match path.split_once("://") {
        None => path,
        Some((_, address)) => {
            let (host, rest) = address.split_once('/')?;
            let ours = host == "sketchfab.com" || host.ends_with(".sketchfab.com");
            ours.then(|| rest.rsplit(['/', '-']).next())??
        }
    };
    is_sketchfabs(last).then(|| last.to_owned())
}

/// Makes a uid of a link, for a model that has none.
fn uid_of(link: &str) -> String {
    Digest::of(link.as_bytes()).to_string()[..32].to_owned()
}

fn nothing(path: &Path, rows: usize) -> Error {
    let came = format!("none in {rows} rows");
    let advice = "see `recasketch crawl --help` for what --from takes";
    wrong(path, "at least one model", &came, advice)
}

fn no_table(path: &Path, error: &csv::Error) -> Error {
    wrong(
        path,
        "rows of text in UTF-8",
        &error.to_string(),
        "correct that row and run the command again",
    )
}

fn no_json(path: &Path, error: &serde_json::Error) -> Error {
    wrong(path, "records in JSON", &error.to_string(), "check whether the file is complete")
}

fn wrong(path: &Path, expected: &str, came: &str, advice: &str) -> Error {
    Error::Catalogue(Details::new(format!("{expected} in {}", path.display()), came, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UID: &str = "8476c4170df24cf5bbe6967222d1a42d";

    #[test]
    fn uids_are_found_in_links_of_every_form() {
        for text in [
            UID.to_owned(),
            format!("https://sketchfab.com/3d-models/iain-dawson-kew-road-{UID}"),
            format!("https://sketchfab.com/3d-models/{UID}?utm=1#top"),
            format!("http://www.sketchfab.com/models/{UID}/embed"),
            format!("https://api.sketchfab.com/v3/models/{UID}/"),
        ] {
            assert_eq!(uid_in(&text).as_deref(), Some(UID), "{text}");
        }
        assert_eq!(uid_in("b7LzIm8JrnPw4GBDOMBNGYc39qM").unwrap().len(), 27);
        for text in [
            "https://skfb.ly/6ABCD".to_owned(),
            format!("https://sketchfab.com.example.com/models/{UID}"),
            "chair".to_owned(),
            "https://sketchfab.com".to_owned(),
            String::new(),
        ] {
            assert_eq!(uid_in(&text), None, "{text}");
        }
    }

    fn read_text(text: &str) -> Page {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        std::fs::write(&path, text).unwrap();
        read(&path).unwrap()
    }

    #[test]
    fn a_list_of_lines_has_comments_windows_line_ends_and_rows_that_name_nothing() {
        let page = read_text(&format!("\u{feff}# mine\r\n{UID}\r\n\r\nchair\r\n"));
        assert_eq!((page.found.len(), page.unreadable), (1, 1));
        assert_eq!((page.found[0].uid(), page.found[0].whole), (UID, false));
    }

    #[test]
    fn rec_a_sketchs_quotes_are_backslashes() {
        let page = read_text(&format!(
            "name|mid\nVan \"gogh\" Room|{UID}\n\\Migdal | Mesh\\|0dea8bff43c34e97a830801fd534528b\n"
        ));
        let names: Vec<&str> = page.found.iter().map(|found| &*found.model.name).collect();
        assert_eq!(names, ["Van \"gogh\" Room", "Migdal | Mesh"]);
        assert_eq!(page.found[1].uid(), "0dea8bff43c34e97a830801fd534528b");
    }

    #[test]
    fn a_table_needs_no_more_than_links() {
        let page = read_text("thumbnail_url,name\nhttps://a.example/1.jpg,One\n,Two\n");
        assert_eq!((page.found.len(), page.unreadable), (1, 1));
        let one = &page.found[0];
        assert_eq!((&*one.model.name, one.uid().len(), one.whole), ("One", 32, true));
        assert_eq!(one.picture.as_ref().unwrap().link, "https://a.example/1.jpg");
        let page = read_text(&format!(
            "uid,name,tags,image_url\nk1,One,chair|NoAI,https://a.example/1.jpg\n{UID},Stair,,\n../x,No,,\n"
        ));
        assert_eq!((page.found.len(), page.unreadable), (2, 1));
        assert!(page.found[0].noai && page.found[0].whole && !page.found[1].whole);
    }

    #[test]
    fn annotations_come_by_uid_in_an_array_and_one_a_line() {
        let record = format!(
            r#"{{"uid":"{UID}","name":"S","license":"by","tags":[],"user":{{"username":"a"}},"isAgeRestricted":false,"thumbnails":{{"images":[{{"url":"https://a.example/1.jpg","width":720,"height":405}}]}}}}"#
        );
        for text in [
            format!(r#"{{"{UID}": {record}}}"#),
            format!("[{record}]"),
            format!("{record}\n"),
            format!(r#"{{"results": [{record}], "next": null}}"#),
        ] {
            let page = read_text(&text);
            let found = &page.found[0];
            assert_eq!((page.found.len(), found.uid(), found.whole), (1, UID, true), "{text}");
            assert_eq!(found.model.licence, "CC Attribution");
            assert_eq!(found.picture.as_ref().unwrap().size, Some([720, 405]));
        }
    }

    #[test]
    fn the_error_for_a_file_without_models_says_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        for (bytes, sentence) in [
            (&b""[..], "expected at least one model"),
            (b"chair\ntable\n", "found none in 2 rows"),
            (b"\x1f\x8b\x08\x00", "found a file packed by gzip"),
            (b"{\"a\": ", "expected records in JSON"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(sentence), "{error}");
        }
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("found none in 1 rows"), "{error}");
    }

    #[test]
    fn hidden_files_are_left_out_and_files_that_are_no_images_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".git", "chairs", "__MACOSX/chairs"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        for name in [
            "a.JPG",
            "chairs/b.jfif",
            "chairs/c.JPE",
            "chairs/notes.txt",
            "film.mp4",
            ".DS_Store",
            "._a.JPG",
            ".git/d.png",
            "__MACOSX/chairs/._b.jfif",
        ] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let page = read(folder.path()).unwrap();
        let found: Vec<&str> = page.found.iter().map(Candidate::uid).collect();
        assert_eq!((found, page.unreadable), (vec!["a", "b", "c"], 2));
    }

    /// Only Linux allows such names.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_no_text_is_counted_and_does_not_stop_the_crawl() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        for name in [&b"a.png"[..], b"b\xff.png"] {
            std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), b"").unwrap();
        }
        let page = read(folder.path()).unwrap();
        assert_eq!((page.found.len(), page.found[0].uid(), page.unreadable), (1, "a", 1));
        let thumbnails = catalogue::Thumbnails::list(folder.path()).unwrap();
        let model = |uid: &str| Model { uid: uid.to_owned(), ..Model::default() };
        assert!(thumbnails.of(&model("a")).is_ok());
        assert!(thumbnails.of(&model("b\u{fffd}")).is_err());
    }
}
