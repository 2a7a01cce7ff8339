//! Networks by name: those that ship with the program, and any file.
//!
//! | name | what | in the program |
//! | --- | --- | --- |
//! | `vgg16` | VGG16 with ImageNet's weights, packed | `models/vgg16.packed` |
//! | `small` | the same topology at a quarter of the width | `models/vgg16-quarter.onnx` |
//!
//! `models/README.md` says where each comes from and how well each finds.

use std::borrow::Cow;
use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::Result;
use crate::util::{files, options};

// A static is in the program once, a constant wherever it is used.
pub(super) static VGG16: &[u8] = include_bytes!("../../models/vgg16.packed");
static SMALL: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");

/// A network that ships with the program, or a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NetworkSource {
    /// VGG16 itself.
    #[default]
    Vgg16,
    /// VGG16's topology at a quarter of the width.
    Small,
    /// A file that [`crate::network::Network::read`] can read.
    File(PathBuf),
}

impl FromStr for NetworkSource {
    type Err = Infallible;

    /// Reads a name or a path. `./small` is a file of that name.
    fn from_str(text: &str) -> std::result::Result<NetworkSource, Infallible> {
        Ok(match text {
            "vgg16" => NetworkSource::Vgg16,
            "small" => NetworkSource::Small,
            path => NetworkSource::File(path.into()),
        })
    }
}

impl NetworkSource {
    /// Checks that it can be read, before the work begins.
    ///
    /// # Errors
    /// [`crate::error::Error::File`] with the option and the path.
    pub(crate) fn check(&self, option: &str) -> Result<()> {
        match self {
            NetworkSource::File(path) => options::file(option, path),
            NetworkSource::Vgg16 | NetworkSource::Small => Ok(()),
        }
    }

    /// The network's file.
    ///
    /// # Errors
    /// [`crate::error::Error::File`] if it cannot be read.
    pub fn read(&self) -> Result<Cow<'static, [u8]>> {
        match self {
            NetworkSource::Vgg16 => Ok(VGG16.into()),
            NetworkSource::Small => Ok(SMALL.into()),
            NetworkSource::File(path) => Ok(files::read(path)?.into()),
        }
    }

    /// The path in the repository, if these are the bytes of a network that ships with the program.
    pub(crate) fn known(file: &[u8]) -> Option<&'static str> {
        match file {
            file if file == VGG16 => Some("models/vgg16.packed"),
            file if file == SMALL => Some("models/vgg16-quarter.onnx"),
            _ => None,
        }
    }
}
