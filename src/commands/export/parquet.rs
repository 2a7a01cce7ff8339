//! Writes Parquet: the catalogue's columns and a list of floats, in row groups that fit into memory.

use std::fs::File;
use std::io::{Error, Result};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, FloatType};
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::Vectors;
use crate::site::catalogue::Model;

/// The columns, in the order in which they are written.
const SCHEMA: &str = "
    message catalogue {
        required binary uid (STRING);
        required binary name (STRING);
        required binary author (STRING);
        required binary licence (STRING);
        required group categories (LIST) { repeated group list { required binary element (STRING); } }
        required group tags (LIST) { repeated group list { required binary element (STRING); } }
        optional binary thumbnail (STRING);
        optional binary url (STRING);
        required group embedding (LIST) { repeated group list { required float element; } }
    }";

/// The most values of a row group: 64 MiB of floats.
const VALUES: usize = 1 << 24;

pub(super) fn write(
    path: &Path,
    vectors: &Vectors<'_>,
    models: &[Model],
    origin: String,
) -> Result<()> {
    let file = File::create(path)?;
    written(file, vectors, models, origin).map_err(Error::other)
}

fn written(
    file: File,
    vectors: &Vectors<'_>,
    models: &[Model],
    origin: String,
) -> ParquetResult<()> {
    let embedding = ColumnPath::from(vec!["embedding".into(), "list".into(), "element".into()]);
    let properties = WriterProperties::builder()
        .set_column_dictionary_enabled(embedding.clone(), false)
        .set_column_statistics_enabled(embedding, EnabledStatistics::None)
        .set_key_value_metadata(Some(vec![KeyValue::new("recasketch".to_owned(), origin)]))
        .build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties))?;
    let step = (VALUES / vectors.dimensions().max(1)).max(1);
    for start in (0..models.len()).step_by(step) {
        let rows = start..(start + step).min(models.len());
        let mut group = writer.next_row_group()?;
        let mut number = 0;
        while let Some(column) = group.next_column()? {
            write_column(number, column, vectors, models, rows.clone())?;
            number += 1;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

/// Writes column `number` of [`SCHEMA`], counted from 0.
fn write_column(
    number: usize,
    column: SerializedColumnWriter<'_>,
    vectors: &Vectors<'_>,
    models: &[Model],
    rows: Range<usize>,
) -> ParquetResult<()> {
    let models = &models[rows.clone()];
    match number {
        0 => texts(column, models.iter().map(|model| &model.uid)),
        1 => texts(column, models.iter().map(|model| &model.name)),
        2 => texts(column, models.iter().map(|model| &model.author)),
        3 => texts(column, models.iter().map(|model| &model.licence)),
        4 => lists(column, models.iter().map(|model| &*model.categories)),
        5 => lists(column, models.iter().map(|model| &*model.tags)),
        6 => optional_texts(column, models.iter().map(|model| model.thumbnail.as_ref())),
        7 => optional_texts(column, models.iter().map(|model| model.url.as_ref())),
        _ => embeddings(column, vectors, rows),
    }
}

fn texts<'a>(
    mut column: SerializedColumnWriter<'_>,
    texts: impl Iterator<Item = &'a String>,
) -> ParquetResult<()> {
    let values: Vec<ByteArray> = texts.map(|text| text.as_str().into()).collect();
    column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
    column.close()
}

fn optional_texts<'a>(
    mut column: SerializedColumnWriter<'_>,
    texts: impl Iterator<Item = Option<&'a String>> + Clone,
) -> ParquetResult<()> {
    let defined: Vec<i16> = texts.clone().map(|text| i16::from(text.is_some())).collect();
    let values: Vec<ByteArray> = texts.flatten().map(|text| text.as_str().into()).collect();
    column.typed::<ByteArrayType>().write_batch(&values, Some(&defined), None)?;
    column.close()
}

fn lists<'a>(
    mut column: SerializedColumnWriter<'_>,
    lists: impl Iterator<Item = &'a [String]> + Clone,
) -> ParquetResult<()> {
    let [defined, repeated] = levels(lists.clone().map(<[String]>::len));
    let values: Vec<ByteArray> = lists.flatten().map(|text| text.as_str().into()).collect();
    column.typed::<ByteArrayType>().write_batch(&values, Some(&defined), Some(&repeated))?;
    column.close()
}

fn embeddings(
    mut column: SerializedColumnWriter<'_>,
    vectors: &Vectors<'_>,
    rows: Range<usize>,
) -> ParquetResult<()> {
    let [defined, repeated] = levels(std::iter::once(vectors.dimensions()));
    let writer = column.typed::<FloatType>();
    for row in vectors.rows(rows) {
        writer.write_batch(&row, Some(&defined), Some(&repeated))?;
    }
    column.close()
}

/// Returns the definition levels and the repetition levels of lists of these lengths. An empty list is one undefined
/// entry. Every entry after the first of its list has the repetition level 1.
fn levels(lengths: impl Iterator<Item = usize>) -> [Vec<i16>; 2] {
    let [mut defined, mut repeated] = [Vec::new(), Vec::new()];
    for length in lengths {
        defined.extend(std::iter::repeat_n(i16::from(length > 0), length.max(1)));
        repeated.extend((0..length.max(1)).map(|at| i16::from(at > 0)));
    }
    [defined, repeated]
}
