//! `crawl/outcomes.jsonl`: the outcome of each model, one line an outcome. The lines have the order in which they
//! came, and once nothing is left to do, the order of the catalogue.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::record::Candidate;
use crate::error::Result;

/// The outcome of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum End {
    /// The thumbnail lies in the folder.
    #[serde(rename = "kept")]
    Kept(Thumbnail),
    /// The thumbnail could not be downloaded, with the reason.
    #[serde(rename = "failed")]
    Failed(String),
    /// The model no longer exists, with the reason.
    #[serde(rename = "gone")]
    Gone(String),
}

/// A thumbnail that lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Thumbnail {
    /// The file's name within `thumbnails/`.
    pub(super) file: String,
    /// The file's length. It shows whether the file was cut off later.
    pub(super) bytes: u64,
    /// Columns and rows.
    pub(super) size: [u32; 2],
}

#[derive(Debug, Serialize, Deserialize)]
enum Line {
    /// A model's record, from its own address.
    #[serde(rename = "told")]
    Told(Box<Candidate>),
    #[serde(rename = "end")]
    End { uid: String, end: End },
    /// A refresh begins: everything is requested again.
    #[serde(rename = "refresh")]
    Refresh,
}

/// What is known of one model.
#[derive(Debug, Default)]
struct Known {
    told: Option<Candidate>,
    /// Whether the record was read since the last refresh began.
    fresh: bool,
    end: Option<End>,
}

/// The outcome of each model.
pub(super) struct Outcomes {
    journal: Journal,
    known: HashMap<String, Known>,
    /// Whether a refresh has begun and has not ended.
    pub(super) refreshing: bool,
}

impl Outcomes {
    pub(super) fn open(folder: &Path) -> Result<Outcomes> {
        let (journal, lines) = Journal::open(&folder.join("outcomes.jsonl"))?;
        let mut outcomes = Outcomes { journal, known: HashMap::new(), refreshing: false };
        lines.into_iter().for_each(|line| outcomes.take(line));
        Ok(outcomes)
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Told(told) => {
                let known = self.known.entry(told.uid().to_owned()).or_default();
                (known.told, known.fresh) = (Some(*told), true);
            }
            Line::End { uid, end } => self.known.entry(uid).or_default().end = Some(end),
            Line::Refresh => {
                self.refreshing = true;
                for known in self.known.values_mut() {
                    known.fresh = false;
                    known.end.take_if(|end| !matches!(end, End::Kept(_)));
                }
            }
        }
    }

    fn add(&mut self, line: Line) -> Result<()> {
        self.journal.add(&line)?;
        self.take(line);
        Ok(())
    }

    /// Adds a model's record.
    pub(super) fn told(&mut self, told: Candidate) -> Result<()> {
        self.add(Line::Told(Box::new(told)))
    }

    /// Adds a model's outcome.
    pub(super) fn end(&mut self, uid: &str, end: End) -> Result<()> {
        self.add(Line::End { uid: uid.to_owned(), end })
    }

    /// Begins a refresh: everything is requested again, except thumbnails that are there.
    pub(super) fn refresh(&mut self) -> Result<()> {
        self.add(Line::Refresh)
    }

    /// Returns a model's outcome, if it has one.
    pub(super) fn end_of(&self, uid: &str) -> Option<&End> {
        self.known.get(uid).and_then(|known| known.end.as_ref())
    }

    /// Returns the best data about a model: its own record, unless a newer list has all fields.
    pub(super) fn best<'a>(&'a self, listed: &'a Candidate) -> &'a Candidate {
        match self.known.get(listed.uid()) {
            Some(Known { told: Some(told), fresh, .. }) if *fresh || !listed.whole => told,
            _ => listed,
        }
    }

    /// Returns whether a model's record was read since the last refresh began, or at all without a refresh.
    pub(super) fn is_fresh(&self, uid: &str) -> bool {
        self.known.get(uid).is_some_and(|known| known.fresh)
    }

    /// Puts the lines into the order of the catalogue, and ends a refresh.
    pub(super) fn finish<'a>(&mut self, models: impl Iterator<Item = &'a Candidate>) -> Result<()> {
        let mut lines = Vec::new();
        for listed in models {
            let Some(known) = self.known.get(listed.uid()) else { continue };
            let needed = known.fresh || !listed.whole;
            let told = known.told.clone().filter(|_| needed);
            lines.extend(told.map(|told| Line::Told(Box::new(told))));
            let uid = listed.uid().to_owned();
            lines.extend(known.end.clone().map(|end| Line::End { uid, end }));
        }
        self.journal.replace(lines.iter())?;
        self.known.clear();
        self.refreshing = false;
        lines.into_iter().for_each(|line| self.take(line));
        Ok(())
    }
}
