//! The files that are to be published.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Named, PART, Parts, named};
use crate::digest::Digest;
use crate::error::Result;
use crate::util::files::Scratch;

/// The source of a file's bytes.
pub(super) enum Source<'a> {
    /// The bytes themselves.
    Bytes(Cow<'a, [u8]>),
    /// A range of a temporary file.
    Scratch(Arc<Scratch>, Range<u64>),
    /// Another file, with this digest.
    Copy(PathBuf, Digest),
    /// The file is already in the folder, from the last publication.
    There,
}

/// The files of a publication, by their names within the site.
#[derive(Default)]
pub(super) struct Publication<'a> {
    /// Files named by their content, which never change.
    pub(super) files: BTreeMap<String, Source<'a>>,
    /// Files with fixed names. Each must work both with the files of this publication and with those of the last.
    pub(super) doors: BTreeMap<String, Vec<u8>>,
}

impl<'a> Publication<'a> {
    /// Adds a file under a given name, such as one in a folder that is named by its content.
    pub(super) fn add(&mut self, name: String, source: Source<'a>) {
        self.files.insert(name, source);
    }

    /// Adds a file in parts that any host accepts, named by their content.
    pub(super) fn parts(&mut self, kind: &str, ending: &str, bytes: Cow<'a, [u8]>) -> Parts {
        match bytes {
            Cow::Borrowed(bytes) => {
                bytes.chunks(PART).map(|part| self.part(kind, ending, part.into())).collect()
            }
            Cow::Owned(bytes) if bytes.is_empty() => Parts::new(),
            Cow::Owned(bytes) if bytes.len() <= PART => vec![self.part(kind, ending, bytes.into())],
            Cow::Owned(bytes) => bytes
                .chunks(PART)
                .map(|part| self.part(kind, ending, part.to_vec().into()))
                .collect(),
        }
    }

    /// Adds a range of a temporary file in the same way.
    pub(super) fn parts_of(
        &mut self,
        kind: &str,
        ending: &str,
        scratch: &Arc<Scratch>,
        range: Range<u64>,
    ) -> Result<Parts> {
        let parts = range.clone().step_by(PART).map(|start| {
            let part = start..range.end.min(start + PART as u64);
            let named = by_content(kind, ending, &scratch.read(&part)?);
            self.add(named.file.clone(), Source::Scratch(Arc::clone(scratch), part));
            Ok(named)
        });
        parts.collect()
    }

    fn part(&mut self, kind: &str, ending: &str, bytes: Cow<'a, [u8]>) -> Named {
        let named = by_content(kind, ending, &bytes);
        self.add(named.file.clone(), Source::Bytes(bytes));
        named
    }

    /// Adds a file with a fixed name.
    pub(super) fn door(&mut self, name: &str, bytes: Vec<u8>) {
        self.doors.insert(name.to_owned(), bytes);
    }
}

fn by_content(kind: &str, ending: &str, bytes: &[u8]) -> Named {
    named(&format!("{kind}-{}.{ending}", Digest::of(bytes).short()), bytes)
}
