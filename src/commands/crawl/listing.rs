//! `crawl/listing-N.jsonl`: what a source lists, page by page, in its own order; the first line says what
//! was asked for.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::query::Query;
use super::record::Candidate;
use crate::error::{Details, Error, Result};
use crate::util::files;

/// Pages in a row that may bring nothing before the list is taken to be at its end.
const EMPTY_PAGES: usize = 3;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) query: Query,
    pub(super) limit: Option<usize>,
    pub(super) age_restricted: bool,
}

/// What one request brought.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    /// The cursor that was asked for; the first page has none.
    pub(super) cursor: Option<String>,
    /// The cursor of the next page; the last one has none.
    pub(super) next: Option<String>,
    pub(super) found: Vec<Candidate>,
    /// Rows that could not be read.
    pub(super) unreadable: usize,
    /// Rows that were on an earlier page already.
    pub(super) repeated: usize,
    /// Whether these are models that the list shows no more, though they are there.
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
            // Killed before its first line was whole.
            if let Some(listing) = Listing::read(&path)? {
                found.push((path, listing));
            }
        }
        Ok(found)
    }

    /// Where the next list of a folder goes.
    pub(super) fn vacant(folder: &Path, listings: &[(PathBuf, Listing)]) -> PathBuf {
        path(folder, listings.len() + 1)
    }

    /// Reads a list, if its first line is whole.
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

    /// Starts a list with the pages that are known, in place of any that is there.
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

    /// Asks for more or less of the same.
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

    /// Adds a page; rows that are there already are counted and left out.
    pub(super) fn add(&mut self, page: Page) -> Result<()> {
        self.take(page);
        match self.pages.last().cloned() {
            Some(page) => self.journal.add(&Line::Page(page)),
            None => Ok(()),
        }
    }

    fn take(&mut self, mut page: Page) {
        let before = page.found.len();
        // What was confirmed may be on the list still, behind its limit.
        page.found.retain(|model| self.seen.insert(model.uid().to_owned()) || page.confirmed);
        page.repeated += before - page.found.len();
        self.cursors.extend(page.cursor.clone());
        self.pages.push(page);
    }

    /// The cursor to ask for next; `None` at the end.
    pub(super) fn next(&self) -> Option<Option<&str>> {
        match self.pages.iter().rfind(|page| !page.confirmed) {
            None => Some(None),
            Some(page) => page.next.as_deref().map(Some),
        }
    }

    /// Whether a cursor was asked for before.
    pub(super) fn knows(&self, cursor: &str) -> bool {
        self.cursors.contains(cursor)
    }

    /// Whether a page only says again what is known, or nothing, as those before it.
    pub(super) fn is_idle(&self, page: &Page) -> bool {
        let empty = self.pages.iter().rev().take_while(|page| page.found.is_empty());
        match page.found.is_empty() {
            true => empty.count() + 1 >= EMPTY_PAGES,
            false => page.found.iter().all(|model| self.has(model.uid())),
        }
    }

    /// How many pages there are.
    pub(super) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// The models, each once.
    pub(super) fn models(&self) -> impl Iterator<Item = &Candidate> {
        self.pages.iter().flat_map(|page| &page.found)
    }

    /// Whether a model is on the list.
    pub(super) fn has(&self, uid: &str) -> bool {
        self.seen.contains(uid)
    }

    /// The models up to the limit, which counts those that the list itself does not leave out: what a
    /// model's own page says later changes nothing about the others.
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

    /// Whether the limit is reached.
    pub(super) fn is_full(&self) -> bool {
        let Head { query, limit, age_restricted } = &self.head;
        let Some(limit) = *limit else { return false };
        let taken = self.found(false).filter(|model| query.skips(model, *age_restricted).is_none());
        taken.take(limit).count() == limit
    }

    /// Rows that could not be read, and rows that came again.
    pub(super) fn oddities(&self) -> (usize, usize) {
        let count = |of: fn(&Page) -> usize| self.pages.iter().map(of).sum();
        (count(|page| page.unreadable), count(|page| page.repeated))
    }

    /// Takes the place of an older list.
    pub(super) fn supplant(&mut self, path: &Path) -> Result<()> {
        self.journal.supplant(path)
    }
}

fn path(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("listing-{number}.jsonl"))
}

/// The list that a refresh makes beside the one that it will replace.
pub(super) fn renewed(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Removes a list that a refresh did not end.
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
        format!("{} with what was asked for in its first line", path.display()),
        "another order of lines",
        "move that file away to start over",
    ))
}
