//! `crawl/outcomes.jsonl`: what became of each model, one line an outcome, in the order in which they
//! came; once nothing is left to do, in the order of the catalogue.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::record::Candidate;
use crate::error::Result;

/// How a model ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum End {
    /// Its thumbnail lies in the folder.
    #[serde(rename = "kept")]
    Kept(Thumbnail),
    /// It could not be had, and why.
    #[serde(rename = "failed")]
    Failed(String),
    /// There is no such model any more.
    #[serde(rename = "gone")]
    Gone(String),
}

/// A thumbnail that lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Thumbnail {
    /// Its name within `thumbnails/`.
    pub(super) file: String,
    /// Its length, by which one that was lost or cut is told.
    pub(super) bytes: u64,
    /// Columns and rows.
    pub(super) size: [u32; 2],
}

#[derive(Debug, Serialize, Deserialize)]
enum Line {
    /// What a model's own page says of it.
    #[serde(rename = "told")]
    Told(Box<Candidate>),
    #[serde(rename = "end")]
    End { uid: String, end: End },
    /// From here on everything is asked again.
    #[serde(rename = "refresh")]
    Refresh,
}

/// What is known of one model.
#[derive(Debug, Default)]
struct Known {
    told: Option<Candidate>,
    /// Whether it was told since the last refresh began.
    fresh: bool,
    end: Option<End>,
}

/// What became of each model.
pub(super) struct Outcomes {
    journal: Journal,
    known: HashMap<String, Known>,
    /// Whether a refresh has begun and not ended.
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

    /// Keeps what a model's own page says.
    pub(super) fn told(&mut self, told: Candidate) -> Result<()> {
        self.add(Line::Told(Box::new(told)))
    }

    /// Keeps how a model ended.
    pub(super) fn end(&mut self, uid: &str, end: End) -> Result<()> {
        self.add(Line::End { uid: uid.to_owned(), end })
    }

    /// From here on everything is asked again, but for thumbnails that are there.
    pub(super) fn refresh(&mut self) -> Result<()> {
        self.add(Line::Refresh)
    }

    /// How a model ended, if it did.
    pub(super) fn end_of(&self, uid: &str) -> Option<&End> {
        self.known.get(uid).and_then(|known| known.end.as_ref())
    }

    /// What is known of a model: what its own page says, unless a newer list says all.
    pub(super) fn best<'a>(&'a self, listed: &'a Candidate) -> &'a Candidate {
        match self.known.get(listed.uid()) {
            Some(Known { told: Some(told), fresh, .. }) if *fresh || !listed.whole => told,
            _ => listed,
        }
    }

    /// Whether a model's own page was read, since the last refresh began if there was one.
    pub(super) fn is_fresh(&self, uid: &str) -> bool {
        self.known.get(uid).is_some_and(|known| known.fresh)
    }

    /// Puts the lines in the order of the catalogue, which ends a refresh.
    pub(super) fn settle<'a>(&mut self, models: impl Iterator<Item = &'a Candidate>) -> Result<()> {
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
