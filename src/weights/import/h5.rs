//! HDF5 as Keras writes it: nested groups, with the tensors as leaves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hdf5_pure::{Datatype, DatatypeByteOrder, File, FloatingPointLayout, Group, Layout};

use super::archive::{Archive, Entry, Number};
use super::wrong;
use crate::error::Result;

/// The deepest nesting that is read. Keras nests five deep; groups that contain each other would nest without end.
const MAXIMUM_DEPTH: usize = 12;

/// The number of objects that are read. A trained VGG16 with its optimiser's state has some hundred.
const MAXIMUM_OBJECTS: usize = 4096;

/// A result of the HDF5 reader.
type Read<T> = std::result::Result<T, hdf5_pure::Error>;

/// An HDF5 file and the tensors that were found in it.
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
        // The reader accepts a file whose end is missing if it needs nothing there; libhdf5 does not.
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

    /// The type of the numbers, and whether they are big-endian.
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
        // Uncompressed values lie in the file byte for byte. Only chunks can be larger than the file.
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

/// A walk over the tree, limited in depth and in number of objects.
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
            // A side that is no `usize` fits no layer, but the file may have other tensors.
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

/// Calls the reader. A damaged file may make it panic, which becomes an error too.
fn guarded<T>(expected: &str, read: impl FnOnce() -> Read<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(wrong(expected, error.to_string())),
        Err(_) => Err(wrong(expected, "a damaged file")),
    }
}
