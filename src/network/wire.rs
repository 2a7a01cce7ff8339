//! Counts the parts of an ONNX file before it is decoded. A part of two bytes takes a kilobyte once it is decoded.
//!
//! A protocol buffer is a sequence of fields, each a key (its number and wire type) and a value. Only the messages that
//! the decoder keeps are read, by ONNX's field numbers; weights are skipped by their length.

/// The most parts of a file. The limit keeps a hostile file from taking gigabytes of memory. VGG16 has a few hundred.
pub(crate) const MAXIMUM_PARTS: usize = 1 << 14;

/// The deepest nesting of messages, as in the decoder. A subgraph takes three levels.
const MAXIMUM_DEPTH: usize = 100;

/// A message of ONNX that has messages as fields.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Training,
    Function,
    Graph,
    Node,
    Attribute,
    Sparse,
    Tensor,
    Value,
    Type,
    TensorType,
    Shape,
    Annotation,
}

impl Message {
    /// The message that a field holds, where that message has parts.
    fn within(self, field: u64) -> Option<Message> {
        Some(match (self, field) {
            (Message::Model, 7) | (Message::Training, 1 | 2) | (Message::Attribute, 6 | 11) => {
                Message::Graph
            }
            (Message::Model, 20) => Message::Training,
            (Message::Model, 25) => Message::Function,
            (Message::Graph, 1) | (Message::Function, 7) => Message::Node,
            (Message::Node, 5) => Message::Attribute,
            (Message::Graph, 5) | (Message::Attribute, 5 | 10) | (Message::Sparse, 1 | 2) => {
                Message::Tensor
            }
            (Message::Graph, 15) | (Message::Attribute, 22 | 23) => Message::Sparse,
            (Message::Graph, 11..=13) => Message::Value,
            (Message::Graph, 14) => Message::Annotation,
            (Message::Value, 2) | (Message::Attribute, 15) => Message::Type,
            (Message::Type, 1) => Message::TensorType,
            (Message::TensorType, 2) => Message::Shape,
            _ => return None,
        })
    }
}

/// Whether a file has few enough parts to be decoded. In bytes that are not ONNX, the parts before the first error
/// count, because the decoder stops there too.
pub(crate) fn is_small(bytes: &[u8]) -> bool {
    let mut left = MAXIMUM_PARTS;
    count(bytes, Message::Model, MAXIMUM_DEPTH, &mut left).is_some()
}

/// Subtracts the parts of a message from `left`. Returns `None` where there are too many.
fn count(mut bytes: &[u8], message: Message, depth: usize, left: &mut usize) -> Option<()> {
    while let Some(key) = varint(&mut bytes) {
        let length = match key & 7 {
            0 => varint(&mut bytes).map(|_| 0),
            1 => Some(8),
            5 => Some(4),
            2 => varint(&mut bytes),
            _ => None,
        };
        let length = length.and_then(|length| usize::try_from(length).ok());
        let Some((inside, rest)) = length.and_then(|length| bytes.split_at_checked(length)) else {
            return Some(());
        };
        bytes = rest;
        if key & 7 == 2 {
            *left = left.checked_sub(1)?;
            if let Some(message) = message.within(key >> 3) {
                count(inside, message, depth.checked_sub(1)?, left)?;
            }
        }
    }
    Some(())
}

/// Reads the next number: seven bits per byte, the lowest first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUARTER: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");

    /// A message in a field of another.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        prost::encode_length_delimiter(usize::from(number) << 3 | 2, &mut bytes).unwrap();
        prost::encode_length_delimiter(content.len(), &mut bytes).unwrap();
        bytes.extend_from_slice(content);
        bytes
    }

    #[test]
    fn a_networks_parts_are_few_whatever_its_weights_are() {
        assert!(is_small(QUARTER));
        let mut left = MAXIMUM_PARTS;
        count(QUARTER, Message::Model, MAXIMUM_DEPTH, &mut left).unwrap();
        assert!((100..1000).contains(&(MAXIMUM_PARTS - left)), "{left}");
        // These weights would be too many parts if their bytes were counted as fields.
        let weights = field(7, &field(5, &field(9, &vec![0x0a; 1 << 20])));
        assert!(is_small(&weights));
    }

    #[test]
    fn empty_parts_are_counted_wherever_they_lie() {
        let many = |number: u8| field(number, &[]).repeat(MAXIMUM_PARTS + 1);
        for nested in [
            many(7),
            field(7, &many(1)),
            field(7, &many(5)),
            field(7, &field(1, &many(5))),
            field(7, &field(1, &field(5, &many(10)))),
            field(7, &field(1, &field(5, &field(6, &many(1))))),
            field(20, &field(1, &many(1))),
        ] {
            assert!(!is_small(&nested));
        }
        assert!(is_small(&field(7, &field(1, &[]).repeat(1000))));
    }

    #[test]
    fn graphs_within_graphs_without_an_end_are_refused() {
        let mut graph = vec![];
        for _ in 0..40 {
            graph = field(1, &field(5, &field(6, &graph)));
        }
        assert!(!is_small(&field(7, &graph)));
    }

    #[test]
    fn what_is_no_onnx_is_left_to_the_decoder() {
        for bytes in [&b""[..], b"<html>", &[0xff; 30], &[0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f]] {
            assert!(is_small(bytes));
        }
    }
}
