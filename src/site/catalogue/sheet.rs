//! A CSV file as spreadsheets and programs write it -> rows of text, each with its line.
//!
//! | what | how it is read |
//! | --- | --- |
//! | text | as [`text`] reads it |
//! | separator | given by a first line such as `sep=;`; else comma, semicolon or tab, by the columns' names |
//! | columns' names | in any case, with blanks around them; blanks and hyphens inside count as `_` |
//! | values | without the blanks around them, also before a quote |
//! | rows | may be shorter than the header; empty rows are ignored |

use std::borrow::Cow;
use std::path::Path;

use csv::StringRecord;

use super::text::{self, Text};
use crate::error::{Details, Error, Result};
use crate::util::files;

/// The header and the rows of a file.
pub(crate) struct Sheet {
    /// The columns' names as they are written.
    pub(crate) titles: Vec<String>,
    /// The same in lower case, with `_` for blanks and hyphens.
    pub(crate) names: Vec<String>,
    /// All rows that can be read.
    pub(crate) rows: Vec<Row>,
    /// The lines that cannot be read, each with the reason.
    pub(crate) damaged: Vec<(u64, String)>,
}

/// A row that is not empty.
pub(crate) struct Row {
    /// The number of its first line, counted from 1.
    pub(crate) line: u64,
    record: StringRecord,
}

impl Row {
    /// The text in a column; empty if the row is too short.
    pub(crate) fn text(&self, column: Option<usize>) -> &str {
        column.and_then(|column| self.record.get(column)).unwrap_or_default().trim()
    }
}

impl Sheet {
    /// Reads a file's bytes. Chooses the separator that finds most of the `known` columns.
    ///
    /// # Errors
    /// Those of [`text::decode`].
    pub(crate) fn read(path: &Path, bytes: &[u8], known: &[&str]) -> Result<Sheet> {
        let mut rows = Vec::new();
        let sheet = Sheet::read_each(path, bytes, known, |_, row| rows.push(row))?;
        Ok(Sheet { rows, ..sheet })
    }

    /// Does the same, but gives each row to `take` instead of keeping it. The sheet has its columns' names then.
    ///
    /// # Errors
    /// Those of [`Sheet::read`].
    pub(crate) fn read_each(
        path: &Path,
        bytes: &[u8],
        known: &[&str],
        mut take: impl FnMut(&Sheet, Row),
    ) -> Result<Sheet> {
        let Text { text, is_damaged } = text::decode(path, bytes)?;
        let told = told_separator(&text);
        let begin = told.map_or(0, |_| text.find('\n').map_or(text.len(), |end| end + 1));
        let separator = told.unwrap_or_else(|| found_separator(&text, known));
        let mut sheet =
            Sheet { titles: Vec::new(), names: Vec::new(), rows: Vec::new(), damaged: Vec::new() };
        let (mut rest, mut line) = (&text[begin..], if begin > 0 { 2 } else { 1 });
        while !rest.is_empty() {
            let Quoted { text, unclosed } = quoted(rest, separator);
            sheet.take(path, &text, separator, (line, is_damaged), &mut take)?;
            let Some(start) = unclosed else { break };
            line += lines(&rest[..start]);
            sheet.damaged.push((line, "a quote that is not closed".to_owned()));
            let end = rest[start..].find('\n').map_or(rest.len(), |end| start + end + 1);
            (rest, line) = (&rest[end..], line + 1);
        }
        sheet.damaged.sort();
        Ok(sheet)
    }

    /// Whether it has at least one of these columns.
    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.column(name).is_some())
    }

    /// The position of the column of a name.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| own == name)
    }

    /// Checks that it has two columns, and no damaged row.
    ///
    /// # Errors
    /// [`Error::Catalogue`] with the columns or the line that was found, and the advice.
    pub(crate) fn must_have(&self, columns: [&str; 2], advice: &'static str) -> Result<()> {
        let wrong = |expected: &str, came: String| {
            Err(Error::Catalogue(Details::new(expected, came, advice)))
        };
        if columns.iter().any(|column| self.column(column).is_none()) {
            let expected = format!("the columns `{}` and `{}`", columns[0], columns[1]);
            return wrong(&expected, format!("the columns {}", self.titles.join(", ")));
        }
        match self.damaged.first() {
            Some((line, reason)) => wrong("rows of CSV", format!("line {line}: {reason}")),
            None => Ok(()),
        }
    }

    /// Takes the rows of a text that begins in some line.
    fn take(
        &mut self,
        path: &Path,
        text: &str,
        separator: u8,
        (mut line, is_damaged): (u64, bool),
        take: &mut impl FnMut(&Sheet, Row),
    ) -> Result<()> {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.delimiter(separator).flexible(true).has_headers(false);
        let mut counted = 0;
        for record in reader.from_reader(text.as_bytes()).into_records() {
            let record = record.map_err(|error| unread(path, error))?;
            // The reader gives the position before the empty lines that it skips.
            let begun = record.position().map_or(0, |position| position.byte() as usize);
            let start = begun + text[begun..].bytes().take_while(|&byte| byte == b'\n').count();
            line += lines(&text[counted..start]);
            counted = start;
            if record.iter().all(|value| value.trim().is_empty()) {
                continue;
            }
            if self.names.is_empty() {
                self.titles = record.iter().map(|title| title.trim().to_owned()).collect();
                self.names = self.titles.iter().map(|title| plain(title)).collect();
                continue;
            }
            match self.damage(&record, is_damaged) {
                Some(reason) => self.damaged.push((line, reason)),
                None => take(self, Row { line, record }),
            }
        }
        Ok(())
    }

    /// The reason why a row cannot be read, if there is one.
    fn damage(&self, record: &StringRecord, is_damaged: bool) -> Option<String> {
        let columns = self.names.len();
        if record.iter().skip(columns).any(|value| !value.trim().is_empty()) {
            let came = record.len();
            return Some(format!(
                "{came} values for {columns} columns; put quotes around a text that holds the separator"
            ));
        }
        let is_lost = is_damaged && record.iter().any(|value| value.contains('\u{fffd}'));
        is_lost.then(|| "letters that are not UTF-8".to_owned())
    }
}

/// A column's name in lower case, with `_` for blanks and hyphens.
fn plain(title: &str) -> String {
    title.to_lowercase().replace([' ', '-'], "_")
}

/// The separator in a first line such as `sep=;`, which Excel writes and reads.
fn told_separator(text: &str) -> Option<u8> {
    let line = text.lines().next()?.trim_matches(['"', ' ']);
    let (name, separator) = line.split_at_checked(4)?;
    let is_told = name.eq_ignore_ascii_case("sep=") && separator.len() == 1;
    is_told.then(|| separator.as_bytes()[0])
}

fn found_separator(text: &str, known: &[&str]) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let found = |&separator: &u8| {
        let titles = header.split(char::from(separator));
        let names = titles.map(|title| plain(title.trim_matches(['"', ' ', '\t'])));
        names.filter(|name| known.contains(&&**name)).count()
    };
    // `max_by_key` takes the last of equal ones, so the comma wins.
    [b'\t', b';', b','].into_iter().max_by_key(found).unwrap_or(b',')
}

/// Text without blanks before quotes. If a quote is not closed, the text ends before its row, and `unclosed` is the
/// position in the original text where that row begins.
struct Quoted<'a> {
    text: Cow<'a, str>,
    unclosed: Option<usize>,
}

/// Removes the blanks between a separator and a quote.
fn quoted(text: &str, separator: u8) -> Quoted<'_> {
    let bytes = text.as_bytes();
    let is_blank = |byte: u8| (byte == b' ' || byte == b'\t') && byte != separator;
    // Text is copied only once there are such blanks.
    let mut tidy = String::new();
    let (mut copied, mut at, mut row) = (0, 0, [0, 0]);
    while at < bytes.len() {
        // A value begins here.
        let blanks = bytes[at..].iter().take_while(|&&byte| is_blank(byte)).count();
        if bytes.get(at + blanks) == Some(&b'"') {
            if blanks > 0 {
                tidy.push_str(&text[copied..at]);
                copied = at + blanks;
            }
            at += blanks + 1;
            loop {
                let Some(quote) = bytes[at..].iter().position(|&byte| byte == b'"') else {
                    let text = match copied {
                        0 => text[..row[0]].into(),
                        _ => {
                            tidy.push_str(text.get(copied..row[0]).unwrap_or_default());
                            tidy.truncate(row[1]);
                            tidy.into()
                        }
                    };
                    return Quoted { text, unclosed: Some(row[0]) };
                };
                at += quote + 1;
                match bytes.get(at) {
                    Some(b'"') => at += 1,
                    _ => break,
                }
            }
        }
        let ends = |&byte: &u8| byte == separator || byte == b'\n';
        at += bytes[at..].iter().position(ends).map_or(bytes.len() - at, |end| end + 1);
        if bytes[at - 1] == b'\n' {
            row = [at, tidy.len() + at - copied];
        }
    }
    if copied == 0 {
        return Quoted { text: text.into(), unclosed: None };
    }
    tidy.push_str(&text[copied..]);
    Quoted { text: tidy.into(), unclosed: None }
}

fn lines(text: &str) -> u64 {
    text.bytes().filter(|&byte| byte == b'\n').count() as u64
}

fn unread(path: &Path, error: csv::Error) -> Error {
    files::failed(path, error.into(), "check whether the file is whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Sheet {
        Sheet::read(Path::new("list"), text.as_bytes(), &["uid", "name"]).unwrap()
    }

    fn rows(sheet: &Sheet) -> Vec<(u64, Vec<&str>)> {
        let columns = 0..sheet.names.len();
        let texts = |row: &'_ Row| columns.clone().map(|column| row_text(row, column)).collect();
        sheet.rows.iter().map(|row| (row.line, texts(row))).collect()
    }

    fn row_text(row: &Row, column: usize) -> &'static str {
        Box::leak(row.text(Some(column)).to_owned().into_boxed_str())
    }

    #[test]
    fn names_separators_and_blanks_are_as_people_write_them() {
        for text in [
            "uid,name\na,One\n",
            "UID , Name\n a , One \n",
            "\n\nuid;name\n\na;One",
            "uid\tname\na\tOne\n",
            "sep=|\nuid|name\na|One\n",
            "\"sep=;\"\nuid;name\na;One\n",
            "SEP=\t\nuid\tname\na\tOne\n",
            "uid, \"name\"\na,  \"One\"  \n",
            ",\nuid,name\n,,,\na,One,,\n , \n",
        ] {
            let sheet = sheet(text);
            let texts: Vec<Vec<&str>> = rows(&sheet).into_iter().map(|(_, texts)| texts).collect();
            assert_eq!(
                (&sheet.names[..], &texts[..]),
                (&["uid".into(), "name".into()][..], &[vec!["a", "One"]][..]),
                "{text}"
            );
            assert_eq!(sheet.damaged, [], "{text}");
        }
        let sheet = sheet("uid;Thumbnail URL;author-url\nk;1,5;\n");
        assert_eq!(sheet.names, ["uid", "thumbnail_url", "author_url"]);
        assert_eq!(sheet.titles[1], "Thumbnail URL");
        assert_eq!(rows(&sheet), [(2, vec!["k", "1,5", ""])]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let sheet =
            sheet("sep=,\nuid,name\n\na,\"One\nand \"\"two\"\"\"\n\n,\nb\nc,1,2\nd,\"x,y\"\n");
        assert_eq!(
            rows(&sheet),
            [(4, vec!["a", "One\nand \"two\""]), (8, vec!["b", ""]), (10, vec!["d", "x,y"])]
        );
        assert_eq!(sheet.damaged.len(), 1);
        let (line, reason) = &sheet.damaged[0];
        assert!(*line == 9 && reason.starts_with("3 values for 2 columns"), "{line} {reason}");
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_its_own_line_alone() {
        let sheet = sheet("uid,name\na,\"One\"\nb,\"Two\nc,Three\nd,12\" high\ne, \"Five\nf,Six\n");
        let found: Vec<(u64, &str)> = rows(&sheet).into_iter().map(|(l, t)| (l, t[0])).collect();
        // The next quote closes the first open one; nobody can tell that it was meant otherwise.
        assert_eq!(found.first(), Some(&(2, "a")));
        assert_eq!(found.last(), Some(&(7, "f")));
        let alone =
            super::Sheet::read(Path::new("list"), b"uid,name\na,One\nb,\"Two\nc,Three\n", &["uid"]);
        let alone = alone.unwrap();
        assert_eq!(alone.damaged, [(3, "a quote that is not closed".to_owned())]);
        assert_eq!(rows(&alone), [(2, vec!["a", "One"]), (4, vec!["c", "Three"])]);
    }

    #[test]
    fn a_row_whose_letters_are_lost_is_told_by_its_line() {
        let bytes = ["uid,name\na,Stühle\nb,".as_bytes(), b"\xfc\nc,x\n"].concat();
        let sheet = Sheet::read(Path::new("list"), &bytes, &["uid"]).unwrap();
        assert_eq!(sheet.damaged, [(3, "letters that are not UTF-8".to_owned())]);
        assert_eq!(sheet.rows.len(), 2);
    }
}
