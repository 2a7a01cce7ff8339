//! The thumbnails of a publication: a file for each, or in a large catalogue packs, files of some tens of thumbnails.
//!
//! Hosts limit the number of files. A pack holds the thumbnails of neighbouring rows, in a site in cells those of one
//! cell, one after another without gaps. The catalogue names the place of a thumbnail as `packs/NAME.bin#OFFSET+LENGTH`.
//! Where a pack ends is decided by its thumbnails alone, so that a change of the catalogue changes few packs.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::publication::{Piece, Publication, Source};
use super::thumbnails::{Original, Store, source_of};
use super::{image_name, wrong};
use crate::digest::Digest;
use crate::error::Result;
use crate::site::catalogue::Model;
use crate::util::files;

const PACKS: &str = "packs";
const ENDING: &str = ".bin";
const THUMBNAILS: &str = "thumbnails";

/// The mean number of thumbnails in a pack, and the most. A host that does not know ranges sends whole packs.
const MEAN: u16 = 64;
const MOST: usize = 512;

/// The owner's thumbnails of all models, and how they are published.
#[derive(Clone, Copy)]
pub(crate) struct Thumbnails<'a> {
    /// In the order of the models.
    pub(crate) originals: &'a [Original],
    /// The reduced thumbnails; `None` publishes the owner's files.
    pub(crate) reduced: Option<&'a Store>,
    /// With more models than this, thumbnails are published in packs.
    pub(crate) packs_above: usize,
    /// The origins of thumbnails that are left at their sources.
    pub(crate) sources: &'a [String],
}

impl<'a> Thumbnails<'a> {
    /// Adds the thumbnails to a publication, and writes their places into the models. Packs hold thumbnails of one
    /// group of rows.
    pub(super) fn add(
        &self,
        publication: &mut Publication<'a>,
        models: &mut [Model],
        groups: &[Vec<usize>],
    ) {
        for model in models.iter_mut() {
            model.thumbnail = source_of(model, self.sources).map(str::to_owned);
        }
        let here = |row: &usize| models[*row].thumbnail.is_none();
        let groups: Vec<Vec<usize>> =
            groups.iter().map(|rows| rows.iter().copied().filter(here).collect()).collect();
        if groups.iter().map(Vec::len).sum::<usize>() <= self.packs_above {
            for &row in groups.iter().flatten() {
                models[row].thumbnail = Some(self.add_alone(publication, row));
            }
            return;
        }
        for rows in groups {
            let pieces: Vec<Piece<'a>> = rows.iter().map(|&row| self.piece(row)).collect();
            let mut start = 0;
            for length in lengths(&pieces) {
                let run = start..start + length;
                let places = add_pack(publication, &pieces[run.clone()]);
                for (&row, place) in rows[run.clone()].iter().zip(places) {
                    models[row].thumbnail = Some(place);
                }
                start = run.end;
            }
        }
    }

    /// Adds the owner's file of a model, and returns its name.
    pub(super) fn add_original(&self, publication: &mut Publication<'a>, row: usize) -> String {
        let original = &self.originals[row];
        let name = image_name(THUMBNAILS, original.digest, original.ending);
        publication.add(name.clone(), Source::Pieces(vec![Piece::Copy(original)]));
        name
    }

    fn add_alone(&self, publication: &mut Publication<'a>, row: usize) -> String {
        match self.piece(row) {
            Piece::Copy(_) => self.add_original(publication, row),
            piece => {
                let name = image_name(THUMBNAILS, piece.digest(), "jpg");
                publication.add(name.clone(), Source::Pieces(vec![piece]));
                name
            }
        }
    }

    fn piece(&self, row: usize) -> Piece<'a> {
        let original = &self.originals[row];
        let reduced = self.reduced.and_then(|store| Some((store, store.get(original.digest)?)));
        reduced.map_or(Piece::Copy(original), |(store, made)| Piece::Made(store, made))
    }
}

/// The numbers of thumbnails in the packs of a group. A pack ends after a thumbnail whose digest says so. Therefore a
/// thumbnail that comes or goes changes only its own pack.
fn lengths(pieces: &[Piece<'_>]) -> Vec<usize> {
    let (mut lengths, mut length) = (Vec::new(), 0);
    for piece in pieces {
        length += 1;
        let Digest([first, second, ..]) = piece.digest();
        if u16::from_le_bytes([first, second]) % MEAN == 0 || length == MOST {
            lengths.push(length);
            length = 0;
        }
    }
    lengths.extend((length > 0).then_some(length));
    lengths
}

/// Adds a pack, which is named by the digests of its thumbnails, and returns the place of each thumbnail.
fn add_pack<'a>(publication: &mut Publication<'a>, pieces: &[Piece<'a>]) -> Vec<String> {
    let (mut own, mut places, mut end) = (Vec::new(), HashMap::new(), 0);
    let mut ranges = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (start, bytes) = *places.entry(piece.digest().0).or_insert_with(|| {
            own.push(piece.clone());
            end += piece.bytes();
            (end - piece.bytes(), piece.bytes())
        });
        ranges.push((start, bytes));
    }
    let digests: Vec<u8> = own.iter().flat_map(|piece| piece.digest().0).collect();
    let name = format!("{PACKS}/{}{ENDING}", Digest::of(&digests).short());
    publication.add(name.clone(), Source::Pieces(own));
    ranges.into_iter().map(|(start, bytes)| format!("{name}#{start}+{bytes}")).collect()
}

/// The file of a thumbnail: the thumbnail itself or its pack.
pub(super) fn file_of(thumbnail: &str) -> &str {
    split(thumbnail).map_or(thumbnail, |(file, ..)| file)
}

/// Reads a thumbnail of a site by its path: the site's folder and what the catalogue says.
///
/// # Errors
/// [`crate::error::Error::File`], and [`crate::error::Error::Mismatch`] for a place that the pack does not have.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let Some((pack, start, length)) = path.to_str().and_then(split) else {
        return files::read(path);
    };
    let read = || -> std::io::Result<Vec<u8>> {
        files::check_kind(Path::new(pack))?;
        let mut file = std::fs::File::open(pack)?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|source| {
        files::failed(Path::new(pack), source, "check the path and that it can be read")
    })?;
    if bytes.len() as u64 == length {
        return Ok(bytes);
    }
    Err(wrong(&format!("{length} bytes at {start} of {pack}"), &bytes.len().to_string()))
}

/// The pack, the first byte and the length of a thumbnail in a pack; `None` for one that is alone.
fn split(thumbnail: &str) -> Option<(&str, u64, u64)> {
    let (pack, place) = thumbnail.rsplit_once('#')?;
    let (start, length) = place.split_once('+')?;
    let is_pack = pack.ends_with(ENDING);
    is_pack.then_some((pack, start.parse().ok()?, length.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn original(number: u32) -> Original {
        let digest = Digest::of(&number.to_le_bytes());
        Original { path: PathBuf::new(), digest, bytes: 100 + u64::from(number % 7), ending: "png" }
    }

    /// The names of the packs of these thumbnails, and where the models' thumbnails are.
    fn packed(originals: &[Original]) -> (Vec<String>, Vec<String>) {
        let thumbnails = Thumbnails { originals, reduced: None, packs_above: 0, sources: &[] };
        let mut models = vec![Model::default(); originals.len()];
        let mut publication = Publication::default();
        thumbnails.add(&mut publication, &mut models, &[(0..originals.len()).collect()]);
        let places = models.into_iter().map(|model| model.thumbnail.unwrap()).collect();
        (publication.files.into_keys().collect(), places)
    }

    #[test]
    fn thumbnails_lie_one_after_another_in_packs_of_some_tens() {
        let originals: Vec<Original> = (0..20_000).map(original).collect();
        let (names, places) = packed(&originals);
        assert!((270..=350).contains(&names.len()), "{} packs", names.len());
        let mut ends: HashMap<&str, (u64, usize)> = HashMap::new();
        for (original, place) in originals.iter().zip(&places) {
            let (file, start, length) = split(place).unwrap();
            let (end, count) = ends.entry(file).or_default();
            assert_eq!((start, length), (*end, original.bytes), "{place}");
            (*end, *count) = (start + length, *count + 1);
        }
        assert_eq!(ends.len(), names.len());
        assert!(ends.values().all(|&(_, count)| count <= MOST));
    }

    #[test]
    fn a_thumbnail_more_or_less_changes_its_own_pack() {
        let all: Vec<Original> = (0..5_000).map(original).collect();
        let (before, _) = packed(&all);
        for at in [0, 1_234, 2_500, 5_000] {
            let mut more = all.clone();
            more.insert(at, original(77_777));
            let (after, _) = packed(&more);
            let new = after.iter().filter(|name| !before.contains(name)).count();
            assert_eq!(new, 1, "at {at}");
        }
        let (after, _) = packed(&all[..4_999]);
        assert_eq!(after.iter().filter(|name| !before.contains(name)).count(), 1);
    }

    #[test]
    fn the_same_picture_is_once_in_a_pack() {
        let originals = [original(1), original(2), original(1)];
        let (names, places) = packed(&originals);
        assert_eq!(names.len(), 1);
        assert_eq!(places[0], format!("{}#0+101", names[0]));
        assert_eq!(places[1], format!("{}#101+102", names[0]));
        assert_eq!(places[2], places[0]);
    }
}
