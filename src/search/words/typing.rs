//! Typing errors: letters that are left out, added, or taken for another one, and two letters in the wrong order.

use super::folding::LONGEST;

/// A word of at least this many letters may have one error, and from the second number on two.
const FORGIVEN: [usize; 2] = [4, 8];

/// A word that is perhaps mistyped.
pub(in crate::search) struct Typed {
    letters: Vec<char>,
    allowed: usize,
}

impl Typed {
    pub(in crate::search) fn new(word: &str) -> Typed {
        let letters: Vec<char> = word.chars().collect();
        let allowed = FORGIVEN.iter().filter(|&&least| letters.len() >= least).count();
        Typed { letters, allowed }
    }

    /// The number of errors if `word` was meant; `None` if there would be more than are allowed.
    pub(in crate::search) fn errors(&self, word: &str) -> Option<usize> {
        // A letter has at least one byte and at most four.
        let (count, allowed) = (self.letters.len(), self.allowed);
        if allowed == 0 || word.len() + allowed < count || word.len() > 4 * (count + allowed) {
            return None;
        }
        let mut meant = ['\0'; LONGEST];
        let mut length = 0;
        for letter in word.chars().take(LONGEST) {
            meant[length] = letter;
            length += 1;
        }
        distance(&self.letters, &meant[..length], allowed)
    }
}

/// The optimal string alignment distance of two words of at most [`LONGEST`] letters, if it is at most `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    // The last three rows of the table of distances between beginnings of both words.
    let mut rows = [[0usize; LONGEST + 1]; 3];
    rows[0] = std::array::from_fn(|at| at);
    for i in 1..=a.len() {
        let (before_last, last, row) = ((i + 1) % 3, (i + 2) % 3, i % 3);
        rows[row][0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            let mut errors =
                (rows[last][j] + 1).min(rows[row][j - 1] + 1).min(rows[last][j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                errors = errors.min(rows[before_last][j - 2] + 1);
            }
            rows[row][j] = errors;
            least = least.min(errors);
        }
        if least > most {
            return None;
        }
    }
    Some(rows[a.len() % 3][b.len()]).filter(|&errors| errors <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_counted_up_to_what_the_length_forgives() {
        let errors = |typed: &str, meant: &str| Typed::new(typed).errors(meant);
        assert_eq!(errors("chiar", "chair"), Some(1));
        assert_eq!(errors("chai", "chair"), Some(1));
        assert_eq!(errors("chaiir", "chair"), Some(1));
        assert_eq!(errors("choir", "chair"), Some(1));
        assert_eq!(errors("choar", "chair"), None, "two in five letters");
        assert_eq!(errors("cra", "car"), None, "none in three letters");
        assert_eq!(errors("lihgthuose", "lighthouse"), Some(2));
        assert_eq!(errors("lihgthuoes", "lighthouse"), None);
        assert_eq!(errors("стлу", "стул"), Some(1));
    }
}
