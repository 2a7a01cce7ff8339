//! Finds the values of a tensor in an ONNX file. They are checked against the tensor's shape and type before memory is
//! allocated.

use std::ops::RangeInclusive;

use tract_onnx::pb::TensorProto;
use tract_onnx::pb::tensor_proto::{DataLocation, DataType};

/// The stored values of a tensor; their number is the product of its shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Stored<'a> {
    /// The bytes of the values, little endian.
    Raw(&'a [u8]),
    Floats(&'a [f32]),
    Doubles(&'a [f64]),
    /// Integers within the range of the type, or the bits of half-precision floats.
    Integers(&'a [i32]),
}

/// An error in a tensor: what was expected and what was found.
pub(crate) type Fault = [String; 2];

/// How values of one type are stored: the bytes of a value, the field that may hold values instead of `raw_data`, and
/// the range of integers in that field.
struct Form {
    size: usize,
    field: &'static str,
    range: RangeInclusive<i32>,
}

/// Finds the values of a tensor of floats of 16, 32 or 64 bits or of 8-bit integers.
///
/// ONNX has a field for each kind of value, and one for bytes. Values in two fields are refused, because their order is
/// undefined.
pub(crate) fn stored(tensor: &TensorProto) -> Result<Stored<'_>, Fault> {
    let name = &tensor.name;
    let is_external = tensor.data_location == Some(DataLocation::External as i32);
    if is_external || !tensor.external_data.is_empty() {
        return Err(fault("weights inside the file", format!("'{name}' stored in another file")));
    }
    if tensor.segment.is_some() {
        return Err(fault("whole tensors", format!("a segment of '{name}'")));
    }
    let form = form(tensor)?;
    let values = tensor
        .dims
        .iter()
        .try_fold(1usize, |values, &side| values.checked_mul(usize::try_from(side).ok()?));
    let stored = match used(tensor)? {
        Some("raw_data") => Stored::Raw(&tensor.raw_data),
        Some(field) if field != form.field => {
            let expected = format!("the values of '{name}' in raw_data or {}", form.field);
            return Err(fault(expected, format!("some in {field}")));
        }
        Some("float_data") => Stored::Floats(&tensor.float_data),
        Some("double_data") => Stored::Doubles(&tensor.double_data),
        Some(_) => Stored::Integers(&tensor.int32_data),
        None => Stored::Raw(&[]),
    };
    let (came, unit) = match stored {
        Stored::Raw(bytes) => (bytes.len(), "bytes"),
        Stored::Floats(floats) => (floats.len(), "values"),
        Stored::Doubles(doubles) => (doubles.len(), "values"),
        Stored::Integers(integers) => (integers.len(), "values"),
    };
    let size = if unit == "bytes" { form.size } else { 1 };
    if values.and_then(|values| values.checked_mul(size)) != Some(came) {
        let expected = format!("values of the shape {:?} in '{name}'", tensor.dims);
        return Err(fault(expected, format!("{came} {unit}")));
    }
    if let Stored::Integers(integers) = stored
        && let Some(other) = integers.iter().find(|integer| !form.range.contains(integer))
    {
        return Err(fault(format!("values of '{name}' within its type"), other.to_string()));
    }
    Ok(stored)
}

/// The name of the only field that holds values, if any does.
fn used(tensor: &TensorProto) -> Result<Option<&'static str>, Fault> {
    let lengths = [
        ("raw_data", tensor.raw_data.len()),
        ("float_data", tensor.float_data.len()),
        ("double_data", tensor.double_data.len()),
        ("int32_data", tensor.int32_data.len()),
        ("int64_data", tensor.int64_data.len()),
        ("uint64_data", tensor.uint64_data.len()),
        ("string_data", tensor.string_data.len()),
    ];
    let mut used = lengths.into_iter().filter(|(_, length)| *length > 0).map(|(name, _)| name);
    match (used.next(), used.next()) {
        (Some(one), Some(other)) => {
            let expected = format!("the values of '{}' in one field", tensor.name);
            Err(fault(expected, format!("some in {one} and some in {other}")))
        }
        (one, _) => Ok(one),
    }
}

fn form(tensor: &TensorProto) -> Result<Form, Fault> {
    let (size, field, range) = match DataType::try_from(tensor.data_type) {
        Ok(DataType::Float) => (4, "float_data", 0..=0),
        Ok(DataType::Double) => (8, "double_data", 0..=0),
        Ok(DataType::Float16 | DataType::Bfloat16) => (2, "int32_data", 0..=0xffff),
        Ok(DataType::Int8) => (1, "int32_data", -128..=127),
        Ok(DataType::Uint8) => (1, "int32_data", 0..=255),
        other => {
            let kind = other.map_or("another type".to_owned(), |kind| format!("{kind:?}"));
            let expected = "floats of 16, 32 or 64 bits or 8-bit codes";
            return Err(fault(expected, format!("'{}' as {kind}", tensor.name)));
        }
    };
    Ok(Form { size, field, range })
}

fn fault(expected: impl Into<String>, came: String) -> Fault {
    [expected.into(), came]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(data_type: DataType, dims: &[i64]) -> TensorProto {
        TensorProto {
            name: "weights".into(),
            data_type: data_type as i32,
            dims: dims.to_vec(),
            ..TensorProto::default()
        }
    }

    fn refusal(tensor: &TensorProto) -> String {
        let [expected, came] = stored(tensor).unwrap_err();
        format!("{expected}, {came}")
    }

    #[test]
    fn values_are_found_in_the_one_field_that_holds_them() {
        let raw = TensorProto { raw_data: vec![0; 8], ..tensor(DataType::Float, &[2]) };
        assert_eq!(stored(&raw), Ok(Stored::Raw(&[0; 8])));
        let floats = TensorProto { float_data: vec![1.5; 6], ..tensor(DataType::Float, &[2, 3]) };
        assert_eq!(stored(&floats), Ok(Stored::Floats(&[1.5; 6])));
        let codes = TensorProto { int32_data: vec![-128, 127], ..tensor(DataType::Int8, &[2]) };
        assert_eq!(stored(&codes), Ok(Stored::Integers(&[-128, 127])));
        assert_eq!(stored(&tensor(DataType::Float, &[0, 7])), Ok(Stored::Raw(&[])));
    }

    #[test]
    fn values_in_two_fields_are_refused_whatever_their_number() {
        // Bytes and floats together have the number of the shape; each field alone has fewer or more.
        for (bytes, floats) in [(4, 3), (16, 4), (16, 1), (1, 4), (3, 4)] {
            let mut split = tensor(DataType::Float, &[4]);
            (split.raw_data, split.float_data) = (vec![0; bytes], vec![0.0; floats]);
            let words = refusal(&split);
            assert_eq!(
                words,
                "the values of 'weights' in one field, some in raw_data and some in float_data"
            );
        }
        let mut split = tensor(DataType::Int8, &[2]);
        (split.raw_data, split.int32_data) = (vec![1], vec![1]);
        assert!(refusal(&split).ends_with("some in raw_data and some in int32_data"));
    }

    #[test]
    fn a_field_of_another_type_is_refused_by_its_name() {
        let mut other = tensor(DataType::Float, &[2]);
        other.int32_data = vec![1, 2];
        let words = refusal(&other);
        assert_eq!(words, "the values of 'weights' in raw_data or float_data, some in int32_data");
        let mut other = tensor(DataType::Int8, &[2]);
        other.int64_data = vec![1, 2];
        assert!(refusal(&other).ends_with("some in int64_data"));
        assert_eq!(
            refusal(&tensor(DataType::Int4, &[2])),
            "floats of 16, 32 or 64 bits or 8-bit codes, 'weights' as Int4"
        );
    }

    #[test]
    fn shapes_that_are_negative_too_large_or_not_met_are_refused() {
        for dims in [&[-1][..], &[3], &[i64::MAX, i64::MAX], &[1 << 32, 1 << 32], &[], &[2, -1, -1]]
        {
            let raw = TensorProto { raw_data: vec![0; 8], ..tensor(DataType::Float, dims) };
            assert!(refusal(&raw).ends_with("8 bytes"), "{dims:?}");
        }
        // Seven bytes are no two floats.
        let raw = TensorProto { raw_data: vec![0; 7], ..tensor(DataType::Float, &[1]) };
        assert!(refusal(&raw).ends_with("7 bytes"));
    }

    #[test]
    fn integers_outside_their_type_are_refused() {
        for (kind, integer) in [
            (DataType::Int8, 128),
            (DataType::Uint8, -1),
            (DataType::Float16, 0x10000),
            (DataType::Bfloat16, -1),
        ] {
            let out = TensorProto { int32_data: vec![integer], ..tensor(kind, &[1]) };
            assert!(refusal(&out).ends_with(&format!("within its type, {integer}")), "{kind:?}");
        }
    }

    #[test]
    fn values_elsewhere_are_refused() {
        let mut away = tensor(DataType::Float, &[0]);
        away.data_location = Some(DataLocation::External as i32);
        assert!(refusal(&away).ends_with("stored in another file"));
        let mut away = tensor(DataType::Float, &[0]);
        away.external_data.push(Default::default());
        assert!(refusal(&away).ends_with("stored in another file"));
        let mut part = tensor(DataType::Float, &[0]);
        part.segment = Some(Default::default());
        assert!(refusal(&part).ends_with("a segment of 'weights'"));
    }
}
