//! Photographs as VGG16 embeds them. [`Calibration`](crate::index::Calibration) measures by them what scores mean for the
//! photographs of visitors. A network without a classifier cannot tell what a photograph shows, so it has none.
//!
//! `models/photographs.sh` fetches the photographs and `models/photographs.py` writes the file: the codes of all
//! embeddings, one after another, compressed by gzip. `models/README.md` says where they come from.

use std::io::Read;

use flate2::read::GzDecoder;

use super::shipped::VGG16;
use crate::embedding::{Embedding, Metric};
use crate::index::Origin;

static PACKED: &[u8] = include_bytes!("../../models/vgg16.photographs");

/// The photographs as the network of a file embeds them; none if that is not VGG16, or for another metric than the
/// default. How images are fitted hardly changes them.
pub(crate) fn photographs(network: &[u8], origin: Origin) -> Vec<Embedding> {
    if network != VGG16 || origin.metric != Metric::MirrorSqrt {
        return Vec::new();
    }
    let mut codes = Vec::new();
    // The file is part of the program, and a test reads it.
    let read = GzDecoder::new(PACKED).read_to_end(&mut codes);
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
    fn vgg16_has_photographs_and_no_other_network_has() {
        let network = Network::read(VGG16).unwrap();
        let origin = |metric| Origin::of(&network, Preprocessing::default(), metric);
        let sample = photographs(VGG16, origin(Metric::MirrorSqrt));
        assert_eq!(sample.len(), 64);
        assert!(sample.iter().all(|one| one.codes().contains(&127)));
        assert_eq!(photographs(VGG16, origin(Metric::Cosine)), []);
        assert_eq!(photographs(&VGG16[1..], origin(Metric::MirrorSqrt)), []);
    }
}
