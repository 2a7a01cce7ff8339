//! NumPy's `.npz`: a zip of `.npy` files, stored or deflated.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::archive::{Archive, Entry, Number};
use super::wrong;
use crate::error::Result;

/// The longest header, in bytes. It holds a type and a shape, which need some hundred.
const MAXIMUM_HEADER: usize = 1 << 16;

/// The largest number of files. VGG16 has 32 arrays, and its optimiser twice as many; each has a header to unpack.
const MAXIMUM_FILES: usize = 4096;

/// An npz file whose headers have been read.
pub(super) struct Npz<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    entries: Vec<Entry>,
    stored: Vec<Stored>,
}

/// How an array's values are stored.
struct Stored {
    /// The index of the file in the archive.
    file: usize,
    /// The position of the values in the file, in bytes.
    offset: usize,
    /// NumPy's name of the type, such as `<f4`.
    descr: String,
    /// Whether the first axis is the fastest.
    fortran_order: bool,
}

impl<'a> Npz<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Npz<'a>> {
        let failed = |error: ZipError| wrong("a whole .npz file", error.to_string());
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(failed)?;
        if archive.len() > MAXIMUM_FILES {
            let expected = format!("at most {MAXIMUM_FILES} files in a zip");
            return Err(wrong(expected, archive.len().to_string()));
        }
        for name in archive.file_names() {
            let name = name.map_err(failed)?;
            if !name.ends_with(".npy") {
                return Err(other_archive(&name));
            }
        }
        let (mut entries, mut stored) = (Vec::new(), Vec::new());
        for file in 0..archive.len() {
            let (entry, how) = header(&mut archive, file)?;
            entries.push(entry);
            stored.push(how);
        }
        Ok(Npz { archive, entries, stored })
    }
}

impl Archive for Npz<'_> {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn values(&self, at: usize) -> Result<Vec<f32>> {
        let (entry, stored) = (&self.entries[at], &self.stored[at]);
        let number = match stored.descr.get(1..) {
            Some("f2") => Number::F16,
            Some("f4") => Number::F32,
            Some("f8") => Number::F64,
            _ => return Err(entry.not_floats(&stored.descr)),
        };
        let size = entry.bytes(number)?;
        let failed = |error: &dyn std::fmt::Display| entry.not_whole(error.to_string());
        let mut archive = self.archive.clone();
        let file = archive.by_index(stored.file).map_err(|error| failed(&error))?;
        // One byte more than expected, so that a longer file is noticed without unpacking all of it.
        let most = (stored.offset + size + 1) as u64;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        if bytes.len() != stored.offset + size {
            return Err(entry.not_whole("more or fewer bytes"));
        }
        let values = number.values(&bytes[stored.offset..], stored.descr.starts_with('>'));
        Ok(if stored.fortran_order { last_fastest(&values, &entry.dims) } else { values })
    }
}

/// Reads only the header of one `.npy`.
fn header(archive: &mut ZipArchive<Cursor<&[u8]>>, at: usize) -> Result<(Entry, Stored)> {
    let zip_failed = |error: ZipError| wrong("a whole .npz file", error.to_string());
    let mut file = archive.by_index(at).map_err(zip_failed)?;
    let name = file.name().map_err(zip_failed)?.trim_end_matches(".npy").to_owned();
    let failed = |came: &str| wrong(format!("a .npy file as '{name}'"), came);
    let mut start = [0; 10];
    file.read_exact(&mut start).map_err(|error| failed(&error.to_string()))?;
    let [0x93, b'N', b'U', b'M', b'P', b'Y', version, _, low, high] = start else {
        return Err(failed("another file"));
    };
    let mut length = u32::from(u16::from_le_bytes([low, high])) as usize;
    let mut offset = start.len();
    if version > 1 {
        let mut upper = [0; 2];
        file.read_exact(&mut upper).map_err(|error| failed(&error.to_string()))?;
        length |= (u16::from_le_bytes(upper) as usize) << 16;
        offset += upper.len();
    }
    if length > MAXIMUM_HEADER {
        return Err(failed(&format!("a header of {length} bytes")));
    }
    let mut text = vec![0; length];
    file.read_exact(&mut text).map_err(|error| failed(&error.to_string()))?;
    let text = String::from_utf8_lossy(&text);
    let (descr, fortran_order, dims) =
        parse(&text).ok_or_else(|| failed(&format!("the header {:.80}", text.trim())))?;
    let stored = Stored { file: at, offset: offset + length, descr, fortran_order };
    Ok((Entry { name, dims }, stored))
}

/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3, 3, 64), }` -> its three values.
fn parse(text: &str) -> Option<(String, bool, Vec<usize>)> {
    let after = |key: &str| Some(text.split_once(&format!("'{key}':"))?.1.trim_start());
    let descr = match after("descr")?.strip_prefix('\'') {
        Some(quoted) => quoted.split_once('\'')?.0,
        None => "a record",
    };
    let fortran_order = after("fortran_order")?.starts_with("True");
    let shape = after("shape")?.strip_prefix('(')?.split_once(')')?.0;
    let sides = shape.split(',').map(str::trim).filter(|side| !side.is_empty());
    let dims = sides.map(|side| side.parse().ok()).collect::<Option<_>>()?;
    Some((descr.to_owned(), fortran_order, dims))
}

/// Values with the first axis fastest -> the last axis fastest.
fn last_fastest(values: &[f32], dims: &[usize]) -> Vec<f32> {
    let source = |mut at: usize| {
        let (mut index, mut stride) = (0, values.len());
        for &side in dims.iter().rev() {
            stride /= side;
            index += at % side * stride;
            at /= side;
        }
        index
    };
    (0..values.len()).map(|at| values[source(at)]).collect()
}

/// The error for a zip of another tool, with the step that it needs.
fn other_archive(name: &str) -> crate::error::Error {
    let came = if name.ends_with("data.pkl") {
        "PyTorch's own archive, a pickle, which runs code when it is read; save it as .safetensors"
            .to_owned()
    } else if name.ends_with(".weights.h5") || name == "config.json" {
        "Keras's archive; unzip it and give the model.weights.h5 inside".to_owned()
    } else {
        format!("a zip with '{name}'")
    };
    wrong("a zip of .npy files", came)
}
