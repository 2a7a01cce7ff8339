//! Bytes of a text file -> text, in the encodings that spreadsheets and shells write.

use std::borrow::Cow;
use std::path::Path;

use crate::error::{Details, Error, Result};

/// How files begin that are no text, what they are, and what to do about it.
const OTHERS: [(&[u8], &str, &str); 2] = [
    (&[0x1f, 0x8b], "a file packed by gzip", "unpack it first, with gunzip"),
    (b"PK\x03\x04", "a workbook or another packed file", "save its sheet as CSV, in UTF-8"),
];

/// Text that was read.
pub(crate) struct Text<'a> {
    /// The text, with `\n` as the only line end. It is not copied where it is the file's bytes.
    pub(crate) text: Cow<'a, str>,
    /// Whether some bytes could not be decoded; `U+FFFD` replaces them.
    pub(crate) is_damaged: bool,
}

/// Decodes UTF-8, with or without a byte order mark, and UTF-16 of either byte order, which it recognises by the mark
/// or by a zero byte in the first character.
///
/// # Errors
/// [`Error::Catalogue`] for a file that is no text, and for a file in another encoding, with the first line that shows
/// it. If the file also has valid characters of UTF-8 beyond ASCII, it counts as damaged UTF-8, not as another
/// encoding.
pub(crate) fn decode<'a>(path: &Path, bytes: &'a [u8]) -> Result<Text<'a>> {
    if let Some((_, came, advice)) = OTHERS.iter().find(|(start, ..)| bytes.starts_with(start)) {
        return Err(wrong(path, "text", came, advice));
    }
    let (text, is_damaged) = match *bytes {
        [0xff, 0xfe, ..] => utf_16(&bytes[2..], u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf_16(&bytes[2..], u16::from_be_bytes),
        [1..=255, 0, ..] => utf_16(bytes, u16::from_le_bytes),
        [0, 1..=255, ..] => utf_16(bytes, u16::from_be_bytes),
        _ => utf_8(path, bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))?,
    };
    let text = match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        false => text,
    };
    Ok(Text { text, is_damaged })
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (Cow<'static, str>, bool) {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let letters = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let mut is_damaged = !rest.is_empty();
    let text = letters.map(|letter| {
        is_damaged |= letter.is_err();
        letter.unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    (text.collect::<String>().into(), is_damaged)
}

fn utf_8<'a>(path: &Path, bytes: &'a [u8]) -> Result<(Cow<'a, str>, bool)> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok((text.into(), false)),
        Err(error) => error,
    };
    if bytes.utf8_chunks().all(|chunk| chunk.valid().is_ascii()) {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        let came = format!("letters of another encoding in line {line}");
        let advice = "save it as UTF-8; spreadsheets call it \"CSV UTF-8\"";
        return Err(wrong(path, "text in UTF-8 or UTF-16", &came, advice));
    }
    Ok((String::from_utf8_lossy(bytes), true))
}

fn wrong(path: &Path, expected: &str, came: &str, advice: &str) -> Error {
    Error::Catalogue(Details::new(format!("{expected} in {}", path.display()), came, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, bool) {
        let Text { text, is_damaged } = decode(Path::new("list"), bytes).unwrap();
        (text.into_owned(), is_damaged)
    }

    #[test]
    fn every_encoding_says_the_same() {
        let text = "uid,name\nk1,Stühle 椅子 🪑\n";
        let [little, big] = [u16::to_le_bytes, u16::to_be_bytes]
            .map(|bytes| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>());
        let windows = text.replace('\n', "\r\n");
        let old = text.replace('\n', "\r");
        for bytes in [
            text.as_bytes(),
            &[b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            &[b"\xff\xfe", &little[..]].concat(),
            &[b"\xfe\xff", &big[..]].concat(),
            &little,
            &big,
            windows.as_bytes(),
            old.as_bytes(),
        ] {
            assert_eq!(read(bytes), (text.to_owned(), false), "{bytes:?}");
        }
        assert_eq!(read(b""), (String::new(), false));
    }

    #[test]
    fn another_encoding_is_told_by_its_line_and_damage_is_not_taken_for_one() {
        let Err(error) = decode(Path::new("list"), b"uid,name\na,One\nb,St\xfchle\n") else {
            panic!("Latin-1")
        };
        let said = error.to_string();
        assert!(said.contains("in list, found letters of another encoding in line 3;"), "{said}");
        let bytes = "uid,name\na,Stühle\nb,".as_bytes();
        let (text, is_damaged) = read(&[bytes, b"\xfc\n"].concat());
        assert_eq!((&*text, is_damaged), ("uid,name\na,Stühle\nb,\u{fffd}\n", true));
        assert_eq!(read(b"\xff\xfea\0\0\xd8b\0c"), ("a\u{fffd}b".to_owned(), true));
    }

    #[test]
    fn what_is_no_text_is_told_what_it_is() {
        for (bytes, came) in
            [(&b"\x1f\x8b\x08"[..], "packed by gzip"), (b"PK\x03\x04", "a workbook")]
        {
            let Err(error) = decode(Path::new("list"), bytes) else { panic!("{came}") };
            assert!(error.to_string().contains(came), "{error}");
        }
    }
}
