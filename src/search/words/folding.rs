//! A text -> its words, without case, accents, and letters that not every keyboard has.

/// The most letters of a word that count.
pub(super) const LONGEST: usize = 32;

/// Calls `each` with each folded word of a text. A pair of letters of a script without spaces is a word too; the second
/// argument is true for it, because it is neither the beginning of another word nor mistyped.
pub(in crate::search) fn for_each_word(text: &str, mut each: impl FnMut(&str, bool)) {
    if text.is_ascii() {
        // Most texts are, and nothing else than case counts in them.
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            each(&word[..word.len().min(LONGEST)].to_ascii_lowercase(), false);
        }
        return;
    }
    let mut word = String::new();
    let mut letters = 0;
    let mut run: Vec<char> = Vec::new();
    for letter in folded(&decomposed(text)).chain([' ']) {
        let is_dense = is_dense(letter);
        if !is_dense && !run.is_empty() {
            for_each_pair(&run, &mut each);
            run.clear();
        }
        if (is_dense || !letter.is_alphanumeric()) && !word.is_empty() {
            each(&word, false);
            word.clear();
            letters = 0;
        }
        if is_dense {
            run.push(letter);
        } else if letter.is_alphanumeric() && letters < LONGEST {
            word.push(letter);
            letters += 1;
        }
    }
}

/// Calls `each` with each pair of neighbouring letters, and with the last letter alone, so that every letter begins a
/// word. A single letter may be the beginning of a pair.
fn for_each_pair(run: &[char], each: &mut impl FnMut(&str, bool)) {
    for pair in run.windows(2) {
        each(&pair.iter().collect::<String>(), true);
    }
    if let Some(last) = run.last() {
        each(&last.to_string(), run.len() > 1);
    }
}

/// Whether a letter is of a script that is written without spaces: Thai, Lao, Burmese, Khmer, kana, Han.
fn is_dense(letter: char) -> bool {
    matches!(
        letter,
        '\u{0e00}'..='\u{0eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3134f}'
    )
}

/// Unicode's compatibility decomposition: letters, then the marks on them. Browsers have it, so the page's module does
/// not bring its tables.
fn decomposed(text: &str) -> String {
    #[cfg(target_arch = "wasm32")]
    return js_sys::JsString::from(text).normalize("NFKD").into();
    #[cfg(not(target_arch = "wasm32"))]
    unicode_normalization::UnicodeNormalization::nfkd(text).collect()
}

/// Whether a character is a mark on a letter, such as an accent: the blocks of Latin, Cyrillic, Hebrew and Arabic marks,
/// and those for all scripts.
fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{0300}'..='\u{036f}'
            | '\u{0483}'..='\u{0489}'
            | '\u{0591}'..='\u{05c7}'
            | '\u{0610}'..='\u{061a}'
            | '\u{064b}'..='\u{065f}'
            | '\u{0670}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    let unmarked = text.chars().filter(|letter| !is_mark(*letter));
    // Some capitals become a letter and a mark.
    let small = unmarked.flat_map(char::to_lowercase).filter(|letter| !is_mark(*letter));
    small.flat_map(|letter| {
        let (first, second) = plain(letter);
        [Some(first), second].into_iter().flatten()
    })
}

/// The letters that stand for a letter which not every keyboard has.
fn plain(letter: char) -> (char, Option<char>) {
    match letter {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' => ('d', None),
        'ı' => ('i', None),
        other => (other, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, bool)> {
        let mut words = Vec::new();
        for_each_word(text, |word, is_whole| words.push((word.to_owned(), is_whole)));
        words
    }

    #[test]
    fn case_accents_and_rare_letters_do_not_count() {
        let plain = |text: &str| words(text).into_iter().map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(
            plain("Château-fort, ØRSTED's Straße"),
            ["chateau", "fort", "orsted", "s", "strasse"]
        );
        assert_eq!(
            plain("İstanbul ıldız Łódź Ｆｕｌｌ ﬁsh"),
            ["istanbul", "ildiz", "lodz", "full", "fish"]
        );
        assert_eq!(plain("стул Стул"), ["стул", "стул"]);
        assert_eq!(plain(" ,;- "), [""; 0]);
        assert_eq!(plain(&"a".repeat(40)), ["a".repeat(32)]);
    }

    #[test]
    fn scripts_without_spaces_become_pairs() {
        let expected =
            [("赤い", true), ("い椅", true), ("椅子", true), ("子", true), ("lamp", false)];
        assert_eq!(words("赤い椅子lamp"), expected.map(|(word, pair)| (word.to_owned(), pair)));
        assert_eq!(words("龍"), [("龍".to_owned(), false)]);
    }
}
