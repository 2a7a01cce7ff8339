//! Conditions on models, such as `category:chairs and not (licence:"CC BY-NC" or tag:rusty)`.

use std::fmt;

use crate::error::{Details, Error, Result};

/// A property of a model that a condition can test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// One of its categories.
    Category,
    /// One of its tags.
    Tag,
    /// Its author.
    Author,
    /// Its licence.
    Licence,
}

/// The most characters of the condition that an error repeats.
const SHOWN: usize = 60;

/// A condition on models.
///
/// Terms are combined with `not`, `and` and `or`, which bind in this order, and with brackets. A term is a field and
/// its value, compared without regard to case. A value with spaces or brackets is quoted. A condition has at most
/// [`Condition::MAXIMUM_LENGTH`] bytes and at most [`Condition::MAXIMUM_DEPTH`] nested brackets or `not`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// A field has a value, given in lower case.
    Is(Field, String),
    /// The condition is false.
    Not(Box<Condition>),
    /// All conditions are true.
    All(Vec<Condition>),
    /// At least one condition is true.
    Any(Vec<Condition>),
}

impl Condition {
    /// The longest condition, in bytes.
    pub const MAXIMUM_LENGTH: usize = 10_000;

    /// The deepest nesting of brackets and `not`.
    pub const MAXIMUM_DEPTH: usize = 64;

    /// Reads a condition.
    ///
    /// # Errors
    /// [`Error::Catalogue`], which says what is not understood, or that the condition is too long or too deeply nested.
    pub fn parse(text: &str) -> Result<Condition> {
        if text.len() > Condition::MAXIMUM_LENGTH {
            let expected = format!("at most {} bytes", Condition::MAXIMUM_LENGTH);
            return Err(wrong(&expected, &text.len().to_string()));
        }
        let mut words = words(text)?.into_iter().peekable();
        let condition = any(&mut words, 0)?;
        match words.next() {
            None => Ok(condition),
            Some(word) => Err(wrong("the end, 'and' or 'or'", &word.to_string())),
        }
    }

    /// Whether the condition is true for a model. `has` says whether a field of the model has a value, which is given
    /// in lower case.
    pub fn holds(&self, has: &dyn Fn(Field, &str) -> bool) -> bool {
        match self {
            Condition::Is(field, value) => has(*field, value),
            Condition::Not(other) => !other.holds(has),
            Condition::All(parts) => parts.iter().all(|part| part.holds(has)),
            Condition::Any(parts) => parts.iter().any(|part| part.holds(has)),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Open,
    Close,
    And,
    Or,
    Not,
    Term(Field, String),
}

impl fmt::Display for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Open => formatter.write_str("'('"),
            Word::Close => formatter.write_str("')'"),
            Word::And => formatter.write_str("'and'"),
            Word::Or => formatter.write_str("'or'"),
            Word::Not => formatter.write_str("'not'"),
            Word::Term(_, value) => write!(formatter, "a term with '{value}'"),
        }
    }
}

type Words = std::iter::Peekable<std::vec::IntoIter<Word>>;

fn any(words: &mut Words, depth: usize) -> Result<Condition> {
    let mut parts = vec![all(words, depth)?];
    while words.next_if_eq(&Word::Or).is_some() {
        parts.push(all(words, depth)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
}

fn all(words: &mut Words, depth: usize) -> Result<Condition> {
    let mut parts = vec![one(words, depth)?];
    while words.next_if_eq(&Word::And).is_some() {
        parts.push(one(words, depth)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
}

/// Reads a term, a negation or a group in brackets, inside `depth` brackets or `not`.
fn one(words: &mut Words, depth: usize) -> Result<Condition> {
    if depth > Condition::MAXIMUM_DEPTH {
        let most = Condition::MAXIMUM_DEPTH;
        let expected = format!("brackets and 'not' at most {most} deep");
        return Err(wrong(&expected, "deeper ones"));
    }
    match words.next() {
        Some(Word::Term(field, value)) => Ok(Condition::Is(field, value)),
        Some(Word::Not) => Ok(Condition::Not(Box::new(one(words, depth + 1)?))),
        Some(Word::Open) => {
            let inner = any(words, depth + 1)?;
            match words.next() {
                Some(Word::Close) => Ok(inner),
                other => Err(wrong("')'", &came(other))),
            }
        }
        other => Err(wrong("a term such as category:chairs", &came(other))),
    }
}

fn came(word: Option<Word>) -> String {
    word.map_or_else(|| "the end".to_owned(), |word| word.to_string())
}

fn words(text: &str) -> Result<Vec<Word>> {
    let mut rest = text.trim_start();
    let mut words = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (word, left) = match first {
            '(' => (Word::Open, &rest[1..]),
            ')' => (Word::Close, &rest[1..]),
            _ => word(rest)?,
        };
        words.push(word);
        rest = left.trim_start();
    }
    Ok(words)
}

/// The first word, and what follows it.
fn word(text: &str) -> Result<(Word, &str)> {
    let ends = |c: char| c.is_whitespace() || "():\"".contains(c);
    let (name, rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
    let Some(value) = rest.strip_prefix(':') else {
        let word = match name.to_lowercase().as_str() {
            "and" => Word::And,
            "or" => Word::Or,
            "not" => Word::Not,
            _ => return Err(wrong("and, or, not, or a term such as category:chairs", text)),
        };
        return Ok((word, rest));
    };
    let field = match name.to_lowercase().as_str() {
        "category" => Field::Category,
        "tag" => Field::Tag,
        "author" => Field::Author,
        "licence" => Field::Licence,
        other => return Err(wrong("category, tag, author or licence before ':'", other)),
    };
    let (value, rest) = match value.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or_else(|| wrong("a closing quote", text))?,
        None => {
            let ends = |c: char| c.is_whitespace() || "()\"".contains(c);
            value.split_at(value.find(ends).unwrap_or(value.len()))
        }
    };
    if value.is_empty() {
        return Err(wrong(&format!("a value after {name}:"), "none"));
    }
    Ok((Word::Term(field, value.to_lowercase()), rest))
}

fn wrong(expected: &str, came: &str) -> Error {
    let shown: String = came.chars().take(SHOWN).collect();
    let came = match came {
        "" => "nothing".to_owned(),
        _ if shown.len() < came.len() => format!("{shown} ..."),
        _ => shown,
    };
    Error::Catalogue(Details::new(
        expected,
        came,
        "write the filter such as: category:chairs and not (tag:rusty or author:\"A. Smith\")",
    ))
}
