//! HDF5 as Keras writes it: groups of groups, with the tensors as their leaves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hdf5_pure::{Datatype, DatatypeByteOrder, File, FloatingPointLayout, Group, Layout};

use super::archive::{Archive, Entry, Number};
use super::wrong;
use crate::error::Result;

/// Keras nests five deep; a file whose groups contain each other would nest for ever.
const MAXIMUM_DEPTH: usize = 12;

/// A trained VGG16 with its optimiser's state has some hundred objects; those behind so many are not looked at.
const MAXIMUM_OBJECTS: usize = 4096;

/// What the reader answers.
type Read<T> = std::result::Result<T, hdf5_pure::Error>;

/// An HDF5 file, its tree walked.
pub(super) struct Hdf5 {
    file: File,
    length: usize,
    entries: Vec<Entry>,
}

impl Hdf5 {
    pub(super) fn open(bytes: Vec<u8>) -> Result<Hdf5> {
        let length = bytes.len();
        let expected = "a whole HDF5 file";
        let file = guarded(expected, || File::from_bytes(bytes))?;
        // The reader does not mind a lost end in which nothing lies that it needs; libhdf5 does.
        let end = file.superblock().eof_address;
        if end > length as u64 {
            return Err(wrong(expected, format!("{length} of its {end} bytes")));
        }
        guarded(expected, || {
            let mut walk = Walk { entries: Vec::new(), objects: 0 };
            walk.group(&file.root(), "", 0)?;
            Ok(Hdf5 { file, length, entries: walk.entries })
        })
    }

    /// How the numbers are written, or the type's name where they are no floats.
    fn number(&self, at: usize) -> Result<(Number, bool)> {
        let entry = &self.entries[at];
        let datatype = guarded("a readable type", || self.file.dataset(&entry.name)?.datatype())?;
        let Datatype::FloatingPoint { size, byte_order, layout } = datatype else {
            return Err(entry.not_floats("another type"));
        };
        let big_endian = match byte_order {
            DatatypeByteOrder::LittleEndian => false,
            DatatypeByteOrder::BigEndian => true,
            _ => return Err(entry.not_floats("floats in a mixed order of bytes")),
        };
        let number = match (size, layout.exponent_size, layout.mantissa_size) {
            (4, ..) if layout == FloatingPointLayout::IEEE754_BINARY32 => Number::F32,
            (8, ..) if layout == FloatingPointLayout::IEEE754_BINARY64 => Number::F64,
            (2, 5, 10) => Number::F16,
            (2, 8, 7) => Number::Bf16,
            _ => return Err(entry.not_floats("floats of another form")),
        };
        Ok((number, big_endian))
    }
}

impl Archive for Hdf5 {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn values(&self, at: usize) -> Result<Vec<f32>> {
        let entry = &self.entries[at];
        let (number, big_endian) = self.number(at)?;
        let size = entry.bytes(number)?;
        let expected = format!("all values of '{}' {:?}", entry.name, entry.dims);
        // What is not compressed lies in the file byte for byte; only chunks may be more than it.
        let is_chunked = guarded(&expected, || {
            Ok(matches!(self.file.dataset(&entry.name)?.layout()?, Layout::Chunked { .. }))
        })?;
        if !is_chunked && size > self.length {
            return Err(entry.not_whole(format!("a file of {} bytes", self.length)));
        }
        let bytes = guarded(&expected, || self.file.dataset(&entry.name)?.read_raw())?;
        if bytes.len() != size {
            return Err(entry.not_whole(format!("{} bytes", bytes.len())));
        }
        Ok(number.values(&bytes, big_endian))
    }
}

/// A walk over the tree, bounded in depth and number.
struct Walk {
    entries: Vec<Entry>,
    objects: usize,
}

impl Walk {
    fn group(&mut self, group: &Group, path: &str, depth: usize) -> Read<()> {
        for name in group.datasets()? {
            self.objects += 1;
            if self.objects > MAXIMUM_OBJECTS {
                break;
            }
            let dims = group.dataset(&name)?.shape()?;
            // A side that is no `usize` fits no layer; it must not fail the whole file.
            let dims = dims.iter().map(|&side| usize::try_from(side).unwrap_or(usize::MAX));
            self.entries.push(Entry { name: format!("{path}{name}"), dims: dims.collect() });
        }
        for name in group.groups()? {
            self.objects += 1;
            if depth < MAXIMUM_DEPTH && self.objects < MAXIMUM_OBJECTS {
                self.group(&group.group(&name)?, &format!("{path}{name}/"), depth + 1)?;
            }
        }
        Ok(())
    }
}

/// The reader is young: where a damaged file makes it panic, the file is refused all the same.
fn guarded<T>(expected: &str, read: impl FnOnce() -> Read<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(wrong(expected, error.to_string())),
        Err(_) => Err(wrong(expected, "a damaged file")),
    }
}
