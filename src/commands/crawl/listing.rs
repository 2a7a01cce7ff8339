//! `crawl/listing-N.jsonl`: the models that a source lists, page by page, in the source's order. The first line is
//! the request.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::query::Query;
use super::record::Candidate;
use crate::error::{Details, Error, Result};
use crate::util::files;

/// After this many empty pages in a row the list counts as ended.
const EMPTY_PAGES: usize = 3;

/// The request that a list answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) query: Query,
    pub(super) limit: Option<usize>,
    pub(super) age_restricted: bool,
}

/// The answer to one request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    /// The cursor of this page; the first page has none.
    pub(super) cursor: Option<String>,
    /// The cursor of the next page; the last one has none.
    pub(super) next: Option<String>,
    pub(super) found: Vec<Candidate>,
    /// Rows that could not be read.
    pub(super) unreadable: usize,
    /// Rows that an earlier page already had.
    pub(super) repeated: usize,
    /// Whether this page holds models that still exist although the list no longer shows them.
    pub(super) confirmed: bool,
}

#[derive(Serialize, Deserialize)]
enum Line {
    #[serde(rename = "asked")]
    Head(Head),
    #[serde(rename = "page")]
    Page(Page),
}

/// The list of one source.
pub(super) struct Listing {
    pub(super) head: Head,
    pages: Vec<Page>,
    journal: Journal,
    seen: HashSet<String>,
    cursors: HashSet<String>,
}

impl Listing {
    /// Reads the lists of a folder, in the order in which they were first asked for.
    pub(super) fn all(folder: &Path) -> Result<Vec<(PathBuf, Listing)>> {
        let mut found = Vec::new();
        for number in 1.. {
            let path = path(folder, number);
            if !path.exists() {
                break;
            }
            // `None`: a kill came before the first line was complete.
            if let Some(listing) = Listing::read(&path)? {
                found.push((path, listing));
            }
        }
        Ok(found)
    }

    /// Returns the path for the next list of a folder.
    pub(super) fn vacant(folder: &Path, listings: &[(PathBuf, Listing)]) -> PathBuf {
        path(folder, listings.len() + 1)
    }

    /// Reads a list; `None` where its first line is incomplete.
    pub(super) fn read(path: &Path) -> Result<Option<Listing>> {
        let (journal, lines) = Journal::open::<Line>(path)?;
        let mut lines = lines.into_iter();
        let head = match lines.next() {
            None => return Ok(None),
            Some(Line::Head(head)) => head,
            Some(Line::Page(_)) => return Err(without_head(path)),
        };
        let mut listing = Listing::empty(head, journal);
        for line in lines {
            match line {
                Line::Page(page) => listing.take(page),
                Line::Head(_) => return Err(without_head(path)),
            }
        }
        Ok(Some(listing))
    }

    /// Starts a list with the pages that are known. An older list at this path is overwritten.
    pub(super) fn start(path: &Path, head: Head, pages: Vec<Page>) -> Result<Listing> {
        let (journal, _) = Journal::open::<serde::de::IgnoredAny>(path)?;
        let mut listing = Listing::empty(head, journal);
        pages.into_iter().for_each(|page| listing.take(page));
        listing.write()?;
        Ok(listing)
    }

    fn empty(head: Head, journal: Journal) -> Listing {
        let (pages, seen, cursors) = (Vec::new(), HashSet::new(), HashSet::new());
        Listing { head, pages, journal, seen, cursors }
    }

    /// Changes the request, such as its limit, and keeps the pages.
    pub(super) fn set_head(&mut self, head: Head) -> Result<()> {
        if head == self.head {
            return Ok(());
        }
        self.head = head;
        self.write()
    }

    fn write(&mut self) -> Result<()> {
        let pages = self.pages.iter().cloned().map(Line::Page);
        let lines: Vec<Line> =
            std::iter::once(Line::Head(self.head.clone())).chain(pages).collect();
        self.journal.replace(lines.iter())
    }

    /// Adds a page. Rows that the list already has are counted and left out.
    pub(super) fn add(&mut self, page: Page) -> Result<()> {
        self.take(page);
        match self.pages.last().cloned() {
            Some(page) => self.journal.add(&Line::Page(page)),
            None => Ok(()),
        }
    }

    fn take(&mut self, mut page: Page) {
        let before = page.found.len();
        // A confirmed model may still be on the list, after its limit.
        page.found.retain(|model| self.seen.insert(model.uid().to_owned()) || page.confirmed);
        page.repeated += before - page.found.len();
        self.cursors.extend(page.cursor.clone());
        self.pages.push(page);
    }

    /// Returns the cursor of the next request, `Some(None)` for the first page, and `None` at the end.
    pub(super) fn next(&self) -> Option<Option<&str>> {
        match self.pages.iter().rfind(|page| !page.confirmed) {
            None => Some(None),
            Some(page) => page.next.as_deref().map(Some),
        }
    }

    /// Returns whether a cursor was already requested.
    pub(super) fn knows(&self, cursor: &str) -> bool {
        self.cursors.contains(cursor)
    }

    /// Returns whether a page brings nothing new: it is empty like the pages before it, or the list already has
    /// all of its models.
    pub(super) fn is_idle(&self, page: &Page) -> bool {
        let empty = self.pages.iter().rev().take_while(|page| page.found.is_empty());
        match page.found.is_empty() {
            true => empty.count() + 1 >= EMPTY_PAGES,
            false => page.found.iter().all(|model| self.has(model.uid())),
        }
    }

    /// Returns the number of pages.
    pub(super) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Returns the models, each once.
    pub(super) fn models(&self) -> impl Iterator<Item = &Candidate> {
        self.pages.iter().flat_map(|page| &page.found)
    }

    /// Returns whether a model is on the list.
    pub(super) fn has(&self, uid: &str) -> bool {
        self.seen.contains(uid)
    }

    /// Returns the models up to the limit. The limit counts the models that pass by the list's own data. A record
    /// that is read later can exclude its model, but it does not change which others are selected.
    pub(super) fn selected(&self) -> impl Iterator<Item = &Candidate> {
        let Head { query, limit, age_restricted } = &self.head;
        let mut left = limit.unwrap_or(usize::MAX);
        let listed = self.found(false).take_while(move |model| {
            let more = left > 0;
            left = left.saturating_sub(usize::from(query.skips(model, *age_restricted).is_none()));
            more
        });
        listed.chain(self.found(true))
    }

    fn found(&self, confirmed: bool) -> impl Iterator<Item = &Candidate> {
        let pages = self.pages.iter().filter(move |page| page.confirmed == confirmed);
        pages.flat_map(|page| &page.found)
    }

    /// Returns whether the limit is reached.
    pub(super) fn is_full(&self) -> bool {
        let Head { query, limit, age_restricted } = &self.head;
        let Some(limit) = *limit else { return false };
        let taken = self.found(false).filter(|model| query.skips(model, *age_restricted).is_none());
        taken.take(limit).count() == limit
    }

    /// Returns the numbers of rows that could not be read and of rows that came again.
    pub(super) fn oddities(&self) -> (usize, usize) {
        let count = |of: fn(&Page) -> usize| self.pages.iter().map(of).sum();
        (count(|page| page.unreadable), count(|page| page.repeated))
    }

    /// Renames the file of this list to `path`, in place of the older list there.
    pub(super) fn supplant(&mut self, path: &Path) -> Result<()> {
        self.journal.supplant(path)
    }
}

fn path(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("listing-{number}.jsonl"))
}

/// Returns the path of the list that a refresh writes beside the one that it will replace.
pub(super) fn renewed(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Removes the list of an unfinished refresh.
pub(super) fn discard(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(files::failed(path, error, "remove it by hand"))
        }
        _ => Ok(()),
    }
}

fn without_head(path: &Path) -> Error {
    Error::Catalogue(Details::new(
        format!("the request in the first line of {} and nowhere else", path.display()),
        "another order of lines",
        "move that file away to start over",
    ))
}
