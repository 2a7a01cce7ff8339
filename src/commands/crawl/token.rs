//! The token by which Sketchfab knows who asks.

use std::fmt;

/// What proves to the API who asks. It is never printed: not even by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Reads a token, as it stands in a file or in the environment.
    ///
    /// # Errors
    /// A sentence without the token, where the text cannot be one.
    pub fn new(text: &str) -> std::result::Result<Token, String> {
        let token = text.trim();
        // A short word would be struck out of everything that is printed.
        if token.len() < 8 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let length = token.chars().count();
            return Err(format!("8 or more letters and digits, found {length} characters"));
        }
        Ok(Token(token.to_owned()))
    }

    /// The value of the header that shows it.
    pub(super) fn header(&self) -> String {
        format!("Token {}", self.0)
    }

    /// Text that a server sent, in which it may have repeated the token.
    pub(super) fn struck_from(&self, text: String) -> String {
        if text.contains(&self.0) { text.replace(&self.0, "[token]") } else { text }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::new(" 0123456789abcdef\n").unwrap();
        assert_eq!(format!("{token:?}"), "[token]");
        assert_eq!(token.struck_from("a 0123456789abcdef b".to_owned()), "a [token] b");
        for wrong in ["", "short", "two words of it", "0123456789\u{e9}"] {
            let sentence = Token::new(wrong).unwrap_err();
            assert!(wrong.is_empty() || !sentence.contains(wrong), "{sentence}");
        }
    }
}
