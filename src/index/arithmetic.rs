//! Adaptive binary arithmetic coding of a few hundred integers.
//!
//! The coder of networks and codebooks ([`entropy`](crate::network::entropy)) stores its tables of frequencies, which
//! would be longer than the numbers that are coded here. This coder learns the frequencies while it codes. Each
//! decision, such as "greater than 2", has a probability. Writer and reader learn it in the same way and in integers,
//! so that every machine reads the same numbers.

/// The number of decisions after which the counts of a probability are halved, so that recent ones count more.
const MEMORY: u16 = 255;

/// From this size on, all further decisions on a number's size share one probability.
const SIZES: usize = 14;

/// The most bytes that a reader may read beyond the last one written.
const AHEAD: usize = 3;

/// The numbers of contexts, by the size of the previous numbers and by the size of a neighbour.
const CONTEXTS: usize = 12;
const NEIGHBOURS: usize = 3;

/// The largest absolute value of a number.
pub(super) const LARGEST: u32 = 1 << 14;

/// The counts that estimate the probability of "yes" (Krichevsky and Trofimov's estimate).
#[derive(Clone, Copy, Default)]
struct Chance {
    yes: u16,
    all: u16,
}

impl Chance {
    /// The probability in 1/2^16, never 0 and never 1.
    fn value(self) -> u32 {
        (2 * u32::from(self.yes) + 1) * (1 << 16) / (2 * u32::from(self.all) + 2)
    }

    fn learn(&mut self, yes: bool) {
        if self.all == MEMORY {
            (self.yes, self.all) = (self.yes / 2, self.all / 2);
        }
        self.yes += u16::from(yes);
        self.all += 1;
    }
}

/// The ends of the interval after all decisions so far.
struct Interval {
    low: u32,
    high: u32,
}

impl Interval {
    const WHOLE: Interval = Interval { low: 0, high: u32::MAX };

    /// The last value of the interval that means "yes".
    fn cut(&self, chance: Chance) -> u32 {
        let width = u64::from(self.high - self.low);
        self.low + ((width * u64::from(chance.value())) >> 16) as u32
    }

    fn narrow(&mut self, cut: u32, yes: bool) {
        if yes {
            self.high = cut;
        } else {
            self.low = cut + 1;
        }
    }

    /// Returns and removes the next byte once it is determined.
    fn settled(&mut self) -> Option<u8> {
        let byte = (self.low >> 24) as u8;
        (self.low >> 24 == self.high >> 24).then(|| {
            self.low <<= 8;
            self.high = self.high << 8 | 255;
            byte
        })
    }
}

/// Codes decisions: a writer stores `yes`, a reader ignores it and returns the stored decision.
trait Coder {
    fn decide(&mut self, chance: &mut Chance, yes: bool) -> bool;

    /// Whether a reader has passed the end of the written bytes, so that there are no further decisions.
    fn is_lost(&self) -> bool {
        false
    }
}

struct Writer {
    interval: Interval,
    bytes: Vec<u8>,
}

impl Coder for Writer {
    fn decide(&mut self, chance: &mut Chance, yes: bool) -> bool {
        self.interval.narrow(self.interval.cut(*chance), yes);
        chance.learn(yes);
        self.bytes.extend(std::iter::from_fn(|| self.interval.settled()));
        yes
    }
}

impl Writer {
    /// Ends the bytes. A reader takes zeros for the bytes after them.
    fn finish(mut self) -> Vec<u8> {
        // The ends of the interval differ in their first byte, so this byte followed by zeros lies between them.
        self.bytes.push((self.interval.low >> 24) as u8 + 1);
        self.bytes
    }
}

struct Reader<'a> {
    interval: Interval,
    came: u32,
    rest: std::slice::Iter<'a, u8>,
    /// The number of bytes read beyond the end.
    missing: usize,
}

impl Reader<'_> {
    fn new(bytes: &[u8]) -> Reader<'_> {
        let mut reader =
            Reader { interval: Interval::WHOLE, came: 0, rest: bytes.iter(), missing: 0 };
        (0..4).for_each(|_| reader.take());
        reader
    }

    fn take(&mut self) {
        let next = self.rest.next().copied();
        self.missing += usize::from(next.is_none());
        self.came = self.came << 8 | u32::from(next.unwrap_or_default());
    }
}

impl Coder for Reader<'_> {
    fn decide(&mut self, chance: &mut Chance, _: bool) -> bool {
        let cut = self.interval.cut(*chance);
        let yes = self.came <= cut;
        self.interval.narrow(cut, yes);
        chance.learn(yes);
        while self.interval.settled().is_some() {
            self.take();
        }
        yes
    }

    fn is_lost(&self) -> bool {
        self.missing > AHEAD
    }
}

/// The state that is learnt from the numbers.
struct Numbers {
    chances: Vec<[Chance; SIZES + 1]>,
    /// Eight times the moving average of the sizes of the previous numbers.
    sizes: u32,
}

impl Numbers {
    fn new() -> Numbers {
        Numbers { chances: vec![Default::default(); CONTEXTS * NEIGHBOURS], sizes: 0 }
    }

    /// Codes the next number, which a reader ignores. `neighbour` is an earlier number of probably similar size.
    fn code(&mut self, coder: &mut impl Coder, neighbour: i32, number: i32) -> i32 {
        let context = (u32::BITS - self.sizes.leading_zeros()) as usize;
        let beside = (neighbour.unsigned_abs() as usize).min(NEIGHBOURS - 1);
        let chances = &mut self.chances[context.min(CONTEXTS - 1) * NEIGHBOURS + beside];
        let mut size = 0;
        while size < LARGEST
            && !coder.is_lost()
            && coder.decide(&mut chances[(size as usize).min(SIZES)], size < number.unsigned_abs())
        {
            size += 1;
        }
        self.sizes = self.sizes - self.sizes / 8 + size;
        // Both signs are equally probable.
        let negative = size > 0 && coder.decide(&mut Chance::default(), number < 0);
        if negative { -(size as i32) } else { size as i32 }
    }
}

/// The number `stride` places before the next one; 0 where there is none.
fn neighbour(before: &[i32], stride: usize) -> i32 {
    before.len().checked_sub(stride).and_then(|at| before.get(at)).copied().unwrap_or_default()
}

/// Writes numbers of at most [`LARGEST`] in absolute value. Numbers that are `stride` apart probably have a similar
/// size.
pub(super) fn encode(numbers: &[i32], stride: usize) -> Vec<u8> {
    let mut writer = Writer { interval: Interval::WHOLE, bytes: Vec::new() };
    let mut known = Numbers::new();
    for (at, &number) in numbers.iter().enumerate() {
        known.code(&mut writer, neighbour(&numbers[..at], stride), number);
    }
    writer.finish()
}

/// Reads the first `count` numbers. Returns `None` where the bytes end before them. The number of bytes limits the
/// time: each has at most about 2,800 decisions, because no probability exceeds 511/512.
pub(super) fn decode(bytes: &[u8], count: usize, stride: usize) -> Option<Vec<i32>> {
    let mut reader = Reader::new(bytes);
    let mut known = Numbers::new();
    let mut numbers = Vec::with_capacity(count);
    for _ in 0..count {
        if reader.is_lost() {
            return None;
        }
        let beside = neighbour(&numbers, stride);
        numbers.push(known.code(&mut reader, beside, 0));
    }
    (!reader.is_lost()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_rare_ones_cost_little() {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        // Nine of ten numbers are zero.
        let mut numbers: Vec<i32> = (0..4000)
            .map(|_| if random() % 10 == 0 { random() as i32 % 9 - 4 } else { 0 })
            .collect();
        numbers[7] = LARGEST as i32;
        numbers[8] = -(LARGEST as i32);
        for stride in [0, 1, 128, 5000] {
            let bytes = encode(&numbers, stride);
            assert_eq!(decode(&bytes, numbers.len(), stride).unwrap(), numbers);
            assert_eq!(decode(&bytes, 100, stride).unwrap(), numbers[..100]);
            assert!(bytes.len() < 450, "{} bytes", bytes.len());
        }
        assert_eq!(decode(&encode(&[], 0), 0, 0), Some(vec![]));
        assert_eq!(decode(&encode(&[0; 5000], 0), 5000, 0), Some(vec![0; 5000]));
    }

    #[test]
    fn numbers_that_were_not_written_are_not_made_up() {
        let numbers: Vec<i32> = (0..300).map(|at| at % 7 - 3).collect();
        let bytes = encode(&numbers, 0);
        // The reader does not notice when only a few bytes are cut off; the digest of the code does.
        for length in 0..bytes.len() - 8 {
            assert_eq!(decode(&bytes[..length], 300, 0), None, "{length} of {}", bytes.len());
        }
        // Endless zeros would be read as endless numbers of the largest size.
        for length in 0..20 {
            assert_eq!(decode(&vec![0; length], 100_000, 0), None, "{length}");
        }
    }
}
