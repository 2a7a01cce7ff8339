//! The folder that a site is published into: which files in it are ours, and how a new publication replaces the old
//! one.
//!
//! ```text
//! journal -> files named by content -> sync -> manifest -> doors -> remove the files of the last publication but one
//! ```
//!
//! A door is a file with a fixed name, such as `index.html`. After a kill at any instant all files that the manifest on
//! the disk names are there, complete. The files of the last publication stay until the next run, for visitors who are
//! still using them. Only files that an earlier publication, or the journal of a killed run, names are ever replaced or
//! removed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::last::{self, Last};
use super::lists::{listed, lists};
use super::publication::{Publication, Source};
use super::{MANIFEST, Manifest, named, wrong};
use crate::error::{Error, Result};
use crate::util::files;
use crate::util::files::journal::Journal;
use crate::util::progress::Progress;

/// The lock of the folder. It also lists the files that a run is about to write.
pub(super) const JOURNAL: &str = ".recasketch-journal";

const BUSY: &str = "another recasketch is writing this site";

/// The number of other files that the error names when a folder is refused.
const NAMED: usize = 3;

/// A folder that is being published into. It is locked against other processes of this program.
#[derive(Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    journal: Journal,
    last: Last,
    /// Whether this run made the journal, and the folder itself.
    made: [bool; 2],
    published: bool,
}

impl Drop for Place {
    /// Removes what this run made if it published nothing.
    fn drop(&mut self) {
        let [journal, folder] = self.made;
        if journal && self.journal.names().is_empty() && !self.published {
            let _ = std::fs::remove_file(self.folder.join(JOURNAL));
            if folder {
                let _ = std::fs::remove_dir(&self.folder);
            }
        }
    }
}

impl Place {
    /// Opens and locks a folder. Makes it if it does not exist.
    ///
    /// # Errors
    /// [`Error::File`] for a folder that holds other files and no site, unless `into_existing` is true; for a folder
    /// that another process is writing into; and for a folder that cannot be written. [`Error::Mismatch`] for a site
    /// that a newer version wrote.
    pub(crate) fn open(folder: &Path, into_existing: bool) -> Result<Place> {
        let journal = folder.join(JOURNAL);
        if !into_existing && !Journal::is_at(&journal) && !last::is_at(folder) {
            refuse_others(folder)?;
        }
        let made = [!is_there(&journal), !folder.is_dir()];
        let journal = Journal::open(&journal, BUSY)?;
        if made[1] {
            files::sync_folder(files::folder_of(folder))?;
        }
        let (folder, last) = (folder.to_owned(), Last::default());
        let mut place = Place { folder, journal, last, made, published: false };
        place.last = Last::read(&place.folder)?;
        place.check([MANIFEST])?;
        Ok(place)
    }

    /// The last publication in this folder.
    pub(super) fn last(&self) -> &Last {
        &self.last
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Checks that files of these names are ours or do not exist.
    ///
    /// # Errors
    /// [`Error::File`] with the path of the first file that is not ours.
    pub(super) fn check<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<()> {
        let ours = Ours::of(self)?;
        let theirs = |name: &&str| !ours.has(name) && is_there(&self.folder.join(name));
        match names.into_iter().find(theirs) {
            Some(name) => Err(foreign(&self.folder.join(name))),
            None => Ok(()),
        }
    }

    /// Publishes all files, then the manifest by one rename, then the doors. Then removes the files of the last
    /// publication but one.
    ///
    /// # Errors
    /// [`Error::File`]. If this happens before the manifest is replaced, the files that were written are removed again.
    pub(super) fn publish(
        mut self,
        publication: Publication<'_>,
        manifest: Manifest,
    ) -> Result<Manifest> {
        let before = Ours::of(&self)?;
        let brought = self.bring(publication, manifest, &before);
        if brought.is_err() {
            self.take_back(&before);
        }
        let Brought { manifest, doors, names } = brought?;
        self.open_doors(&doors)?;
        let old = before.retired.iter().filter(|name| !self.last.files.contains(*name));
        self.remove(old.filter(|name| !names.contains(*name)))?;
        self.remove(before.lists.iter().filter(|name| !names.contains(*name)))?;
        files::sync_folder(&self.folder)?;
        self.journal.clear()?;
        self.published = true;
        Ok(manifest)
    }

    /// Writes all files that the manifest names, and then the manifest.
    fn bring<'a>(
        &mut self,
        mut publication: Publication<'a>,
        mut manifest: Manifest,
        before: &Ours,
    ) -> Result<Brought> {
        self.clean(before, &publication)?;
        let own = self.own(&publication, before)?;
        for (name, bytes) in lists(own.iter().map(String::as_str)) {
            manifest.files.push(named(&name, &bytes));
            publication.add(name, Source::Bytes(bytes.into()));
        }
        let json = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| wrong("a manifest that can be written", &error.to_string()))?;
        let Publication { files: all, doors } = publication;
        let mut names: BTreeSet<String> = all.keys().chain(doors.keys()).cloned().collect();
        names.insert(MANIFEST.to_owned());
        let missing: Vec<(String, Source<'a>)> =
            all.into_iter().filter(|(name, source)| self.lacks(name, source, before)).collect();
        self.note(missing.iter().map(|(name, _)| name).chain(doors.keys()), before)?;
        let progress = Progress::start("publishing", missing.len());
        missing.par_iter().try_for_each(|(name, source)| {
            self.put(name, source)?;
            progress.step();
            Ok(())
        })?;
        drop(progress);
        let paths: Vec<PathBuf> = missing.iter().map(|(name, _)| self.folder.join(name)).collect();
        if !paths.is_empty() {
            files::sync(&self.folder, &paths)?;
        }
        let path = self.folder.join(MANIFEST);
        if !std::fs::read(&path).is_ok_and(|there| there == json) {
            files::write(&path, &json)?;
        }
        Ok(Brought { manifest, doors, names })
    }

    /// Removes files of a killed or failed run that this run does not need.
    fn clean(&self, before: &Ours, publication: &Publication<'_>) -> Result<()> {
        let kept = |name: &String| {
            before.is_published(name)
                || publication.files.contains_key(name)
                || publication.doors.contains_key(name)
        };
        for folder in folders(before.all.iter().chain(publication.files.keys())) {
            files::remove_unfinished(&self.folder.join(folder));
        }
        self.remove(self.journal.names().iter().filter(|name| !kept(name)))
    }

    /// The names of a publication's files that are ours or will be. The owner may already have a file of the same name
    /// and content; it stays the owner's.
    fn own(&self, publication: &Publication<'_>, before: &Ours) -> Result<Vec<String>> {
        let is_theirs = |name: &str, source: &Source<'_>| -> Result<bool> {
            let path = self.folder.join(name);
            if before.has(name) || !is_there(&path) {
                return Ok(false);
            }
            let Some(bytes) = source.read()? else { return Ok(true) };
            match files::read(&path) {
                Ok(there) if there == *bytes => Ok(true),
                _ => Err(foreign(&path)),
            }
        };
        let mut own = Vec::new();
        for (name, source) in &publication.files {
            if !is_theirs(name, source)? {
                own.push(name.clone());
            }
        }
        for (name, bytes) in &publication.doors {
            if !is_theirs(name, &Source::Bytes(bytes.into()))? {
                own.push(name.clone());
            }
        }
        own.sort();
        Ok(own)
    }

    /// Whether a file has to be written. Files of a publication were synced, so one with the right length is complete.
    fn lacks(&self, name: &str, source: &Source<'_>, before: &Ours) -> bool {
        let Some(length) = source.length() else { return false };
        let there = std::fs::metadata(self.folder.join(name));
        let is_right = there.is_ok_and(|there| there.len() == length);
        // A file that is not ours has the same content, which `own` has checked.
        !(is_right && (before.is_published(name) || !before.has(name)))
    }

    fn note<'n>(&mut self, names: impl Iterator<Item = &'n String>, before: &Ours) -> Result<()> {
        let new = names.map(String::as_str).chain([MANIFEST]);
        let new: Vec<&str> =
            new.filter(|name| !before.has(name) && !is_there(&self.folder.join(name))).collect();
        if new.is_empty() { Ok(()) } else { self.journal.note(&new) }
    }

    fn put(&self, name: &str, source: &Source<'_>) -> Result<()> {
        match source.read()? {
            Some(bytes) => files::put(&self.folder.join(name), &bytes),
            None => Ok(()),
        }
    }

    /// Removes the files that were written before an error, so that they take no room.
    fn take_back(&mut self, before: &Ours) {
        let Ok(now) = Last::read(&self.folder) else { return };
        let gone = self.journal.names().iter();
        let gone = gone.filter(|name| !before.is_published(name) && !now.files.contains(*name));
        // The journal keeps the names of files that cannot be removed, for the next run.
        if self.remove(gone).is_ok() {
            let _ = self.journal.clear();
        }
    }

    /// Replaces the files with fixed names whose content has changed.
    fn open_doors(&self, doors: &BTreeMap<String, Vec<u8>>) -> Result<()> {
        let path = |name: &String| self.folder.join(name);
        let is_other = |name: &String, bytes: &Vec<u8>| {
            !std::fs::read(path(name)).is_ok_and(|there| there == *bytes)
        };
        let closed: Vec<_> = doors.iter().filter(|(name, bytes)| is_other(name, bytes)).collect();
        closed.iter().try_for_each(|(name, bytes)| files::put(&path(name), bytes))?;
        let paths: Vec<PathBuf> = closed.iter().map(|(name, _)| path(name)).collect();
        if paths.is_empty() { Ok(()) } else { files::sync(&self.folder, &paths) }
    }

    /// Removes files, and folders that become empty.
    fn remove<'n>(&self, names: impl Iterator<Item = &'n String> + Clone) -> Result<()> {
        names.clone().try_for_each(|name| files::remove(&self.folder.join(name)))?;
        // The innermost folders come first.
        for folder in folders(names).into_iter().rev().filter(|folder| *folder != Path::new("")) {
            // Fails for a folder that still has files, which stays.
            let _ = std::fs::remove_dir(self.folder.join(folder));
        }
        Ok(())
    }
}

/// The files and the manifest that were written into the folder.
struct Brought {
    manifest: Manifest,
    doors: BTreeMap<String, Vec<u8>>,
    /// All names of the publication.
    names: BTreeSet<String>,
}

/// The names of all files in a folder that are ours.
struct Ours {
    /// The files of the last publication, of earlier ones, and of killed runs.
    all: HashSet<String>,
    /// The files of the last publication and of earlier ones.
    published: HashSet<String>,
    /// The files of publications before the last one.
    retired: BTreeSet<String>,
    /// The lists of publications before the last one.
    lists: BTreeSet<String>,
}

impl Ours {
    fn of(place: &Place) -> Result<Ours> {
        let left: HashSet<&String> = place.journal.names().iter().collect();
        let (mut retired, mut lists) = (BTreeSet::new(), BTreeSet::new());
        for path in files::list(&place.folder)? {
            let name =
                path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if place.last.files.contains(&name) || left.contains(&name) {
                continue;
            }
            if let Some(names) = listed(&place.folder, &name) {
                retired.extend(names);
                lists.insert(name);
            }
        }
        let published = place.last.files.iter().chain(&retired).chain(&lists).cloned();
        let published: HashSet<String> = published.collect();
        let all = published.iter().cloned().chain(left.into_iter().cloned()).collect();
        Ok(Ours { all, published, retired, lists })
    }

    fn has(&self, name: &str) -> bool {
        self.all.contains(name)
    }

    fn is_published(&self, name: &str) -> bool {
        self.published.contains(name)
    }
}

/// All folders on the paths of some names, relative to the same folder as the names.
fn folders<'n>(names: impl Iterator<Item = &'n String>) -> BTreeSet<&'n Path> {
    names.flat_map(|name| Path::new(name).ancestors().skip(1)).collect()
}

fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

fn refuse_others(folder: &Path) -> Result<()> {
    let failed = |source| files::failed(folder, source, "name another folder with --out");
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names: Vec<String> = names.collect::<std::io::Result<_>>().map_err(failed)?;
    let mut others: Vec<&String> =
        names.iter().filter(|name| !files::is_unfinished(name)).collect();
    if others.is_empty() {
        return Ok(());
    }
    others.sort();
    let more = if others.len() > NAMED { " and more" } else { "" };
    others.truncate(NAMED);
    let others: Vec<String> =
        others.into_iter().map(|name| crate::util::terminal::printable(name)).collect();
    let held = format!("this folder holds other files ({}{more}) and no site", others.join(", "));
    Err(files::failed(
        folder,
        std::io::Error::other(held),
        "name a new folder, or put the site beside them with --into-existing",
    ))
}

fn foreign(path: &Path) -> Error {
    let source = std::io::Error::new(
        std::io::ErrorKind::AlreadyExists,
        "the site needs this name, but the folder holds another file with it",
    );
    files::failed(path, source, "move that file away, or name another folder with --out")
}
