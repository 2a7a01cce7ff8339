//! The segments of a JPEG around its compressed samples, by ITU-T T.81, annex B.

use std::ops::Range;

use super::super::decode::damaged;
use crate::error::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Sequential,
    Progressive,
    Lossless,
    Hierarchical,
    Arithmetic,
}

/// The colour model of the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    Grey,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}

#[derive(Debug)]
pub(super) struct Component {
    name: u8,
    /// Samples per unit, horizontally and vertically.
    pub(super) across: u8,
    pub(super) down: u8,
}

#[derive(Debug)]
pub(super) struct Headers<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) precision: u8,
    pub(super) coding: Coding,
    pub(super) model: Model,
    pub(super) components: Vec<Component>,
    pub(super) components_in_first_scan: usize,
    pub(super) scans: usize,
    /// Adobe's colour transform, where its segment is whole.
    pub(super) adobe: Option<u8>,
    pub(super) has_short_adobe: bool,
    /// The first EXIF block.
    pub(super) exif: Option<&'a [u8]>,
    /// The parts of the colour profile: the part's number, the number of parts, and its bytes.
    profile: Vec<(u8, u8, &'a [u8])>,
    /// The length of the picture in bytes; phones append a film to it.
    pub(super) length: usize,
    /// Whether the end marker is there.
    pub(super) ended: bool,
}

impl<'a> Headers<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Headers<'a>> {
        let mut headers = Headers {
            width: 0,
            height: 0,
            precision: 0,
            coding: Coding::Sequential,
            model: Model::Grey,
            components: Vec::new(),
            components_in_first_scan: 0,
            scans: 0,
            adobe: None,
            has_short_adobe: false,
            exif: None,
            profile: Vec::new(),
            length: bytes.len(),
            ended: false,
        };
        let mut is_jfif = false;
        let mut at = 2;
        while let Some((marker, body)) = segment(bytes, at) {
            let content = &bytes[body.clone()];
            at = body.end;
            match marker {
                0xd9 => {
                    (headers.length, headers.ended) = (body.end, true);
                    break;
                }
                0xda => {
                    headers.scans += 1;
                    if headers.scans == 1 {
                        headers.components_in_first_scan =
                            content.first().copied().unwrap_or(0).into();
                    }
                    at = end_of_scan(bytes, at);
                }
                0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                    if headers.components.is_empty() {
                        headers.frame(marker, content)?;
                    }
                }
                0xe0 => is_jfif |= content.starts_with(b"JFIF\0"),
                0xee if content.starts_with(b"Adobe") => match content.get(11) {
                    Some(&transform) => headers.adobe = Some(transform),
                    None => headers.has_short_adobe = true,
                },
                _ => headers.metadata(marker, content),
            }
        }
        if headers.components.is_empty() || headers.scans == 0 {
            return Err(damaged("a JPEG that ends before its picture"));
        }
        headers.model = headers.model(is_jfif);
        Ok(headers)
    }

    /// The colour profile, or `None` where a part is missing.
    pub(super) fn profile(&self) -> Option<Vec<u8>> {
        let &(_, count, _) = self.profile.first()?;
        let part = |number: u8| {
            let is_it = |part: &&(u8, u8, &'a [u8])| part.0 == number && part.1 == count;
            self.profile.iter().find(is_it).map(|part| part.2)
        };
        let parts: Option<Vec<&[u8]>> = (1..=count).map(part).collect();
        parts.map(|parts| parts.concat())
    }

    /// Whether its components are named R, G and B.
    pub(super) fn is_named_rgb(&self) -> bool {
        self.components.iter().map(|component| component.name).eq(*b"RGB")
    }

    fn frame(&mut self, marker: u8, content: &[u8]) -> Result<()> {
        let &[precision, h1, h0, w1, w0, count, ref components @ ..] = content else {
            return Err(damaged("a JPEG whose frame header is cut short"));
        };
        self.precision = precision;
        self.height = u16::from_be_bytes([h1, h0]).into();
        self.width = u16::from_be_bytes([w1, w0]).into();
        self.coding = match marker {
            0xc0 | 0xc1 => Coding::Sequential,
            0xc2 => Coding::Progressive,
            0xc3 => Coding::Lossless,
            0xc5..=0xc7 | 0xcd..=0xcf => Coding::Hierarchical,
            _ => Coding::Arithmetic,
        };
        let (components, _) = components.as_chunks::<3>();
        let component = |&[name, sampling, _]: &[u8; 3]| Component {
            name,
            across: sampling >> 4,
            down: sampling & 15,
        };
        self.components = components.iter().take(count.into()).map(component).collect();
        match self.components.len() == usize::from(count) && count > 0 {
            true => Ok(()),
            false => Err(damaged("a JPEG whose frame header is cut short")),
        }
    }

    fn metadata(&mut self, marker: u8, content: &'a [u8]) {
        if marker == 0xe1 && self.exif.is_none() && content.starts_with(b"Exif\0\0") {
            self.exif = Some(content);
        }
        let profile = (marker == 0xe2).then(|| content.strip_prefix(b"ICC_PROFILE\0")).flatten();
        if let Some(&[number, count, ref part @ ..]) = profile {
            self.profile.push((number, count, part));
        }
    }

    /// Guesses the colour model as libjpeg does, which browsers use.
    fn model(&self, is_jfif: bool) -> Model {
        match (self.components.len(), self.adobe) {
            (1, _) => Model::Grey,
            (4, None | Some(0)) => Model::Cmyk,
            (4, _) => Model::Ycck,
            (_, _) if is_jfif => Model::YCbCr,
            (_, Some(0)) => Model::Rgb,
            (_, None) if self.is_named_rgb() => Model::Rgb,
            _ => Model::YCbCr,
        }
    }
}

/// The next segment from `at` on: its marker and the range of its content.
fn segment(bytes: &[u8], mut at: usize) -> Option<(u8, Range<usize>)> {
    loop {
        // Stray bytes between segments are skipped, as in libjpeg.
        at += memchr::memchr(0xff, bytes.get(at..)?)?;
        while *bytes.get(at)? == 0xff {
            at += 1;
        }
        let marker = bytes[at];
        at += 1;
        match marker {
            0xd9 => return Some((marker, at..at)),
            0 | 1 | 0xd0..=0xd8 => {}
            _ => {
                let length = u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
                let end = at + usize::from(length).max(2);
                return (end <= bytes.len()).then_some((marker, at + 2..end));
            }
        }
    }
}

/// The end of the compressed samples that begin at `at`: the next marker that may follow a scan.
fn end_of_scan(bytes: &[u8], at: usize) -> usize {
    let is_end = |&found: &usize| {
        let next = bytes.get(at + found + 1);
        next.is_some_and(|next| matches!(next, 0xc4 | 0xd9..=0xdd | 0xe0..=0xef | 0xfe))
    };
    memchr::memchr_iter(0xff, &bytes[at..]).find(is_end).map_or(bytes.len(), |found| at + found)
}
