//! The files that are to be published.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Named, PART, Parts, named};
use crate::digest::Digest;

/// The source of a file's bytes.
pub(super) enum Source<'a> {
    /// The bytes themselves.
    Bytes(Cow<'a, [u8]>),
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

    fn part(&mut self, kind: &str, ending: &str, bytes: Cow<'a, [u8]>) -> Named {
        let named = named(&format!("{kind}-{}.{ending}", Digest::of(&bytes).short()), &bytes);
        self.add(named.file.clone(), Source::Bytes(bytes));
        named
    }

    /// Adds a file with a fixed name.
    pub(super) fn door(&mut self, name: &str, bytes: Vec<u8>) {
        self.doors.insert(name.to_owned(), bytes);
    }
}
