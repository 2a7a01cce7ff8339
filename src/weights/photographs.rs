//! Photographs as the shipped networks embed them. [`Calibration`](crate::index::Calibration) measures by them what
//! scores mean for the photographs of visitors.
//!
//! `models/photographs.sh` fetches the photographs and `models/photographs.py` writes a file of their embeddings: the
//! codes of all, one embedding after another, compressed by gzip. `models/README.md` says where they come from.

use std::io::Read;

use flate2::read::GzDecoder;

use super::shipped::{SMALL, VGG16};
use crate::embedding::{Embedding, Metric};
use crate::index::Origin;

const BY_VGG16: &[u8] = include_bytes!("../../models/vgg16.photographs");
const BY_SMALL: &[u8] = include_bytes!("../../models/vgg16-quarter.photographs");

/// The photographs as a network embeds them, by its file; none for a network or a metric without a sample. How images
/// are fitted hardly changes them.
pub(crate) fn photographs(network: &[u8], origin: Origin) -> Vec<Embedding> {
    let packed = match network {
        _ if origin.metric != Metric::MirrorSqrt => return Vec::new(),
        file if file == VGG16 => BY_VGG16,
        file if file == SMALL => BY_SMALL,
        _ => return Vec::new(),
    };
    let mut codes = Vec::new();
    // The files are part of the program, and a test reads both.
    let read = GzDecoder::new(packed).read_to_end(&mut codes);
    debug_assert!(read.is_ok() && codes.len().is_multiple_of(origin.dimensions()));
    let embeddings = codes.chunks_exact(origin.dimensions());
    embeddings.map(|codes| Embedding::from_codes(bytemuck::cast_slice(codes))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use crate::pixels::Preprocessing;

    #[test]
    fn each_shipped_network_has_its_photographs_and_no_other_has() {
        for file in [VGG16, SMALL] {
            let network = Network::read(file).unwrap();
            let origin = |metric| Origin::of(&network, Preprocessing::default(), metric);
            let sample = photographs(file, origin(Metric::MirrorSqrt));
            assert_eq!(sample.len(), 64);
            assert!(sample.iter().all(|one| one.codes().iter().any(|&code| code == 127)));
            assert_eq!(photographs(file, origin(Metric::Cosine)), []);
            assert_eq!(photographs(&file[1..], origin(Metric::MirrorSqrt)), []);
        }
    }
}
