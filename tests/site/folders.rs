//! Whose a folder is: the owner's files stay, and what is no page is no page.

use std::collections::BTreeSet;
use std::path::Path;

use recasketch::commands::embed;
use recasketch::site::{self, PageSource, Site};

use crate::content::{content, names};
use crate::page;
use crate::place::{Place, changed};

#[test]
fn a_folder_of_somebody_elses_is_refused_or_left_as_it_is() {
    let place = Place::with_page();
    // A crawl's folder, by mistake and on purpose; an older site's habits named thumbnails by uids.
    std::fs::write(place.path("demo/thumbnails/notes.txt"), "mine").unwrap();
    let before = content(&place.path("demo"));
    let said = place.fails("demo", &[]);
    for words in
        ["holds other files (catalogue.csv, samples, thumbnails) and no site", "--into-existing"]
    {
        assert!(said.contains(words), "{said}");
    }
    assert!(!place.path("demo.embeddings").exists(), "before anything is done");
    assert_eq!(content(&place.path("demo")), before);
    let into = changed(place.options("demo"), |options| options.into_existing = true);
    for _ in 0..3 {
        embed::run(&into).unwrap();
        place.change(&content(&place.path("demo")).len().to_string());
        let after: BTreeSet<_> = content(&place.path("demo")).into_iter().collect();
        assert!(before.iter().all(|file| after.contains(file)));
    }
    // What is a site once needs no word more.
    embed::run(&changed(into, |options| options.into_existing = false)).unwrap();

    // A name that the site needs.
    for name in ["manifest.json", "index.html", "thumbnails/x", "service-worker.js"] {
        let path = place.path("other").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "mine").unwrap();
        let before = content(&place.path("other"));
        assert!(place.fails("other", &[]).contains("--into-existing"));
        let run =
            embed::run(&changed(place.options("other"), |options| options.into_existing = true));
        match name.contains('/') {
            true => assert!(run.is_ok()),
            false => {
                let error = run.unwrap_err().to_string();
                assert!(
                    error.contains(name) && error.contains("holds another file with it"),
                    "{error}"
                );
                assert_eq!(content(&place.path("other")), before, "{name}");
            }
        }
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
        std::fs::remove_dir_all(place.path("other")).unwrap();
    }
    // A file of the same content is theirs still, and one of another content is not written over.
    let name = Site::open(&place.path("demo")).unwrap().models[1].thumbnail.clone().unwrap();
    let bytes = std::fs::read(place.path("demo").join(&name)).unwrap();
    for (bytes, fits) in [(&bytes[..], true), (b"mine", false)] {
        std::fs::create_dir_all(place.path("other/thumbnails")).unwrap();
        std::fs::write(place.path("other").join(&name), bytes).unwrap();
        let options = changed(place.options("other"), |options| options.into_existing = true);
        assert_eq!(embed::run(&options).is_ok(), fits);
        if fits {
            assert!(!names(&place.path("other")).contains(&name));
        }
        assert_eq!(std::fs::read(place.path("other").join(&name)).unwrap(), bytes);
        std::fs::remove_dir_all(place.path("other")).unwrap();
    }
}

#[test]
fn a_wrong_page_changes_nothing_and_is_named() {
    let place = Place::with_page();
    place.embed();
    let before = content(&place.path("site"));
    let documents = place.path("documents");
    let page = place.path("page");
    let private = |folder: &Path| {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("private.txt"), "private").unwrap();
    };
    private(&documents);
    std::fs::write(documents.join("index.html"), "mine").unwrap();
    let refused = |folder: &Path, words: &str| {
        let page = PageSource::Folder(folder.to_owned());
        let options = changed(place.options("site"), |options| options.page = Some(page.clone()));
        let site = || site::rewrite(&place.path("site"), &page, None).map(drop);
        for error in [embed::run(&options).map(drop).unwrap_err(), site().unwrap_err()] {
            let said = error.to_string();
            assert!(said.contains(words) && said.contains("--page"), "{said}");
            assert_eq!(content(&place.path("site")), before, "{words}");
        }
    };
    refused(&documents, "page.json");
    std::fs::write(documents.join("page.json"), "{\"name\": \"pages\"}").unwrap();
    refused(&documents, "site_version");
    page::list(&documents);
    refused(&documents, "no modules.js");
    std::fs::write(page.join("styles/style.css"), "changed").unwrap();
    refused(&page, "styles/style.css");
    std::fs::remove_file(page.join("styles/style.css")).unwrap();
    refused(&page, "styles/style.css");
    let list = std::fs::read_to_string(page.join("page.json")).unwrap();
    for name in [
        "../documents/private.txt",
        "/etc/passwd",
        ".hidden",
        "a\\b",
        "",
        "page//a",
        "page/../a",
        "page/",
    ] {
        std::fs::write(
            page.join("page.json"),
            list.replace("styles/style.css", &name.replace('\\', "\\\\")),
        )
        .unwrap();
        refused(&page, "the name");
    }
    std::fs::write(
        page.join("page.json"),
        list.replace("\"site_version\":5", "\"site_version\":9"),
    )
    .unwrap();
    refused(&page, "version 9");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(documents.join("private.txt"), page.join("styles/style.css"))
            .unwrap();
        page::list(&page);
        refused(&page, "styles/style.css");
        std::fs::remove_dir_all(page.join("styles")).unwrap();
        std::fs::write(documents.join("style.css"), "private").unwrap();
        std::os::unix::fs::symlink(&documents, page.join("styles")).unwrap();
        std::fs::write(page.join("page.json"), &list).unwrap();
        refused(&page, "styles, which is no folder");
        std::fs::remove_file(page.join("styles")).unwrap();
        std::fs::create_dir(page.join("styles")).unwrap();
        std::fs::write(page.join("styles/settings.css"), "").unwrap();
    }

    // What lies beside the page's files is not the page's.
    page::change(&page, "styles/style.css", "style");
    private(&page);
    place.embed();
    let names = names(&place.path("site"));
    assert!(names.iter().all(|name| !name.contains("private")), "{names:?}");
    assert!(content(&place.path("site")).iter().all(|(path, _)| !path.ends_with("private.txt")));
    #[cfg(unix)]
    for name in names {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(place.path("site").join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "{name}");
    }
}

#[test]
fn two_runs_into_one_site_say_so_whatever_their_stores() {
    let place = Place::with_page();
    place.embed();
    let before = content(&place.path("site"));
    let lock = std::fs::OpenOptions::new().write(true).open(place.path("site/.recasketch-journal"));
    let lock = lock.unwrap();
    lock.lock().unwrap();
    let store = place.path("another.embeddings").to_string_lossy().into_owned();
    let said = place.fails("site", &["--store", &store]);
    assert!(said.contains("another recasketch is writing this site"), "{said}");
    let error = site::rewrite(&place.path("site"), &PageSource::Folder(place.path("page")), None)
        .unwrap_err();
    assert!(error.to_string().contains("another recasketch is writing this site"), "{error}");
    let error = recasketch::commands::embed::merge::run(&[], &place.options("site")).unwrap_err();
    assert!(error.to_string().contains("another recasketch is writing this site"), "{error}");
    assert_eq!(content(&place.path("site")), before);
    lock.unlock().unwrap();
    place.embed();
}
