//! Entropy coding of 8-bit codes by asymmetric numeral systems (Duda 2009), in the format of `constriction`. It stores
//! the weights of networks and the vectors of codebooks. `constriction` encodes; this module decodes, in a faster loop,
//! because the page waits for it at its start.
//!
//! Rows are output channels, or vectors. Rows with similar distributions share a table of frequencies:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | tables u8, 1..=16 |
//! | rows | the table of each row u8 |
//! | tables x ... | first and last code, each i8, then a frequency u16 for each code from first to last, with the sum 4096 |
//! | 4 x 4 | words of each lane u32 |
//! | words x 4 | the words u32 of each lane's coder, lane after lane |
//!
//! A lane is a quarter of the rows, rounded up. Decoding a code needs the code before it in its lane, so decoding four
//! lanes at once is faster than one.

use super::reader::{Reader, damaged};
use crate::error::{Error, Result};

/// Frequencies are multiples of 2^-12, so that a table of all quantiles fits into the first cache.
const PRECISION: usize = 12;

const MAXIMUM_TABLES: usize = 16;

/// The number of lanes that are decoded at once.
const LANES: usize = 4;

/// Decodes `rows` rows of `length` codes, both at least 1. The caller has checked that their product may be allocated.
///
/// # Errors
/// [`crate::error::Error::Network`] where a table is wrong, or where words are left after the last code.
pub(crate) fn decode(reader: &mut Reader<'_>, rows: usize, length: usize) -> Result<Vec<i8>> {
    let count = usize::from(reader.take(1, "the number of tables")?[0]);
    if !(1..=MAXIMUM_TABLES).contains(&count) {
        return Err(damaged(&format!("1 to {MAXIMUM_TABLES} tables"), &count.to_string()));
    }
    let table_of = reader.take(rows, "the rows' tables")?;
    if table_of.iter().any(|&table| usize::from(table) >= count) {
        return Err(not_codes());
    }
    let tables: Vec<_> = (0..count).map(|_| read_table(reader)).collect::<Result<_>>()?;
    let words = [(); LANES].map(|()| reader.number("the number of words"));
    let mut decoders = Vec::with_capacity(LANES);
    for words in words {
        let words = reader.take(words?.saturating_mul(4), "the codes")?.as_chunks::<4>().0;
        decoders.push(Decoder::new(words).ok_or_else(not_codes)?);
    }
    let mut codes = vec![0; rows * length];
    let quarter = rows.div_ceil(LANES);
    for row in 0..quarter {
        let quarters = codes.chunks_mut(quarter * length).zip(table_of.chunks(quarter));
        // The last lanes may have fewer rows.
        let lanes = quarters.zip(&mut decoders).filter_map(|((codes, table_of), decoder)| {
            let table = &tables[usize::from(*table_of.get(row)?)];
            Some(Lane { table, decoder, codes: &mut codes[row * length..][..length] })
        });
        match <[_; LANES]>::try_from(lanes.collect::<Vec<_>>()) {
            Ok(lanes) => decode_lanes(lanes),
            Err(few) => few.into_iter().for_each(|lane| decode_lanes([lane])),
        }
    }
    match decoders.iter().all(|decoder| decoder.state == 0) {
        true => Ok(codes),
        false => Err(not_codes()),
    }
}

/// An entry for each quantile: the code i8 in bits 24..32, the offset of the quantile from the code's first quantile in
/// bits 12..24, the code's frequency in bits 0..12. Decoding a code is one lookup in 16 kB.
type Table = [u32; 1 << PRECISION];

/// The state of the coder, at least 2^32 while words are left, and the words, which are read from the last to the
/// first.
struct Decoder<'a> {
    state: u64,
    words: &'a [[u8; 4]],
}

impl<'a> Decoder<'a> {
    /// Starts with the last words. Returns `None` where the last word is zero, which no encoder writes.
    fn new(words: &'a [[u8; 4]]) -> Option<Decoder<'a>> {
        let mut decoder = Decoder { state: 0, words };
        while decoder.state < 1 << 32 && !decoder.words.is_empty() {
            decoder.refill();
            if decoder.state == 0 {
                return None;
            }
        }
        Some(decoder)
    }

    #[inline]
    fn refill(&mut self) {
        if let Some((&word, left)) = self.words.split_last() {
            self.state = self.state << 32 | u64::from(u32::from_le_bytes(word));
            self.words = left;
        }
    }
}

/// A row that is decoded together with other rows of the same length.
struct Lane<'a, 'b> {
    table: &'b Table,
    decoder: &'b mut Decoder<'a>,
    codes: &'b mut [i8],
}

/// Decodes one row of each lane. It is not inlined, because a browser switches to its optimised code only between
/// calls.
#[inline(never)]
fn decode_lanes<const N: usize>(mut lanes: [Lane<'_, '_>; N]) {
    const MASK: u64 = (1 << PRECISION) - 1;
    let mut decoders = lanes.each_ref().map(|lane| Decoder { ..*lane.decoder });
    for at in 0..lanes[0].codes.len() {
        for (lane, decoder) in lanes.iter_mut().zip(&mut decoders) {
            let entry = lane.table[(decoder.state & MASK) as usize];
            let [frequency, behind] =
                [entry, entry >> PRECISION].map(|bits| u64::from(bits) & MASK);
            lane.codes[at] = (entry >> (2 * PRECISION)) as i8;
            decoder.state = (decoder.state >> PRECISION) * frequency + behind;
            if decoder.state < 1 << 32 {
                decoder.refill();
            }
        }
    }
    for (lane, decoder) in lanes.into_iter().zip(decoders) {
        *lane.decoder = decoder;
    }
}

fn read_table(reader: &mut Reader<'_>) -> Result<Table> {
    let ends = reader.take(2, "a table")?;
    let (first, last) = (ends[0] as i8, ends[1] as i8);
    let count = usize::try_from(i32::from(last) - i32::from(first) + 1).map_err(|_| not_codes())?;
    // A table of one code would decode any number of codes from no bytes.
    if count < 2 {
        return Err(not_codes());
    }
    let frequencies = reader.take(2 * count, "frequencies")?.as_chunks::<2>().0;
    let mut table = [0; 1 << PRECISION];
    let mut left = &mut table[..];
    for (code, &frequency) in (first..=last).zip(frequencies) {
        let frequency = u16::from_le_bytes(frequency);
        if frequency == 0 {
            return Err(not_codes());
        }
        let (own, rest) =
            left.split_at_mut_checked(usize::from(frequency)).ok_or_else(not_codes)?;
        let both = u32::from(code as u8) << (2 * PRECISION) | u32::from(frequency);
        own.iter_mut().zip(0..).for_each(|(entry, behind)| *entry = both | behind << PRECISION);
        left = rest;
    }
    if left.is_empty() { Ok(table) } else { Err(not_codes()) }
}

fn not_codes() -> Error {
    damaged("entropy-coded values", "damaged ones")
}

pub(crate) use encoder::encode;

mod encoder {
    use constriction::stream::model::SmallContiguousCategoricalEntropyModel;
    use constriction::stream::stack::DefaultAnsCoder;

    use super::{LANES, MAXIMUM_TABLES, PRECISION};

    /// The number of occurrences of each code, from -128 on.
    type Counts = [u64; 256];

    /// The table of each row, and the tables.
    type Shared = (Vec<u8>, Vec<Table>);

    /// Writes rows of `length` codes.
    pub(crate) fn encode(codes: &[i8], length: usize) -> Vec<u8> {
        let rows: Vec<&[i8]> = codes.chunks_exact(length).collect();
        let counts: Vec<Counts> = rows.iter().map(|row| count(row)).collect();
        let sharings = (0..).map(|power| 1 << power).take_while(|&n| n <= MAXIMUM_TABLES);
        let candidates = sharings.map(|tables| share(&counts, tables));
        let bits = |(_, tables): &Shared| tables.iter().map(|table| table.bits).sum::<f64>();
        let best = candidates.min_by(|a, b| bits(a).total_cmp(&bits(b)));
        let (table_of, tables) = best.unwrap_or_default();
        let quarter = rows.len().div_ceil(LANES);
        let mut lanes: Vec<Vec<u32>> = rows
            .chunks(quarter)
            .zip(table_of.chunks(quarter))
            .map(|(rows, table_of)| {
                let mut coder = DefaultAnsCoder::new();
                for (row, &table) in rows.iter().zip(table_of).rev() {
                    tables[usize::from(table)].encode(&mut coder, row);
                }
                let Ok(words) = coder.into_compressed();
                words
            })
            .collect();
        lanes.resize(LANES, Vec::new());
        let mut bytes = vec![tables.len() as u8];
        bytes.extend(&table_of);
        bytes.extend(tables.iter().flat_map(Table::bytes));
        bytes.extend(lanes.iter().flat_map(|words| (words.len() as u32).to_le_bytes()));
        bytes.extend(lanes.iter().flatten().flat_map(|word| word.to_le_bytes()));
        bytes
    }

    /// Sorts the rows by the spread of their codes and cuts them into runs that share a table.
    fn share(counts: &[Counts], tables: usize) -> Shared {
        let spread = |row: usize| -> u64 {
            counts[row]
                .iter()
                .zip(-128i64..)
                .map(|(&count, code)| count * code.unsigned_abs())
                .sum()
        };
        let mut order: Vec<usize> = (0..counts.len()).collect();
        order.sort_by_key(|&row| spread(row));
        let mut table_of = vec![0; counts.len()];
        let runs = order.chunks(counts.len().div_ceil(tables));
        let tables = runs.enumerate().map(|(table, rows)| {
            let mut together = [0; 256];
            for &row in rows {
                table_of[row] = table as u8;
                together.iter_mut().zip(&counts[row]).for_each(|(sum, count)| *sum += count);
            }
            Table::of(&together)
        });
        let tables = tables.collect();
        (table_of, tables)
    }

    fn count(row: &[i8]) -> Counts {
        let mut counts = [0; 256];
        row.iter().for_each(|&code| counts[(i16::from(code) + 128) as usize] += 1);
        counts
    }

    struct Table {
        first: i8,
        frequencies: Vec<u16>,
        /// The size of the table and of the codes that use it.
        bits: f64,
    }

    impl Table {
        /// At least two frequencies, none of them zero, with the sum 4096, as the coder requires.
        fn of(counts: &Counts) -> Table {
            let used: Vec<usize> = (0..256).filter(|&code| counts[code] > 0).collect();
            let (first, last) = (used[0].min(254), used[used.len() - 1]);
            let counts = &counts[first..=last.max(first + 1)];
            let total: u64 = counts.iter().sum();
            let whole = 1u64 << PRECISION;
            let rounded = counts.iter().map(|count| (count * whole + total / 2) / total);
            let mut frequencies: Vec<u16> = rounded.map(|f| f.max(1) as u16).collect();
            balance(&mut frequencies);
            let cost = |(&count, &f): (&u64, &u16)| {
                count as f64 * (PRECISION as f64 - f64::from(f).log2())
            };
            let bits: f64 = counts.iter().zip(&frequencies).map(cost).sum();
            let first = (first as i16 - 128) as i8;
            Table { first, bits: bits + 16.0 * (1 + frequencies.len()) as f64, frequencies }
        }

        fn encode(&self, coder: &mut DefaultAnsCoder, row: &[i8]) {
            let model =
                SmallContiguousCategoricalEntropyModel::from_nonzero_fixed_point_probabilities(
                    &self.frequencies,
                    false,
                )
                .expect("the sum of balanced frequencies is 4096");
            let symbols =
                row.iter().map(|&code| (i16::from(code) - i16::from(self.first)) as usize);
            coder
                .encode_iid_symbols_reverse(symbols, &model)
                .expect("every code lies in its row's table");
        }

        fn bytes(&self) -> Vec<u8> {
            let last = i16::from(self.first) + self.frequencies.len() as i16 - 1;
            let frequencies = self.frequencies.iter().flat_map(|f| f.to_le_bytes());
            [self.first as u8, last as i8 as u8].into_iter().chain(frequencies).collect()
        }
    }

    /// Makes the sum of rounded frequencies 4096. The largest frequency is changed, where a change costs least.
    fn balance(frequencies: &mut [u16]) {
        loop {
            let total: i32 = frequencies.iter().map(|&f| i32::from(f)).sum();
            let missing = (1 << PRECISION) - total;
            let Some(largest) = frequencies.iter_mut().max() else { return };
            match missing {
                0 => return,
                // At most half at once, so that the change is spread over several frequencies.
                few => *largest = (i32::from(*largest) + few.max(-i32::from(*largest) / 2)) as u16,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use constriction::stream::Decode;
    use constriction::stream::model::SmallContiguousLookupDecoderModel;
    use constriction::stream::stack::DefaultAnsCoder;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Random frequencies, none of them zero, with the sum 4096; and the bytes of their table.
    fn table(random: &mut fastrand::Rng) -> (i8, Vec<u16>, Vec<u8>) {
        let count = random.usize(2..=256);
        let mut cuts = random.choose_multiple(1..1u16 << PRECISION, count - 1);
        cuts.sort_unstable();
        let ends = cuts.iter().copied().chain([1 << PRECISION]);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        let frequencies: Vec<u16> = ends.zip(starts).map(|(end, start)| end - start).collect();
        let first = random.i16(-128..=128 - count as i16) as i8;
        let last = (i16::from(first) + count as i16 - 1) as i8;
        let bytes = frequencies.iter().flat_map(|frequency| frequency.to_le_bytes());
        let bytes = [first as u8, last as u8].into_iter().chain(bytes).collect();
        (first, frequencies, bytes)
    }

    /// The 64 codes that `constriction` decodes from words, and whether it has used all words.
    fn by_reference(first: i8, frequencies: &[u16], words: &[u32]) -> (Vec<i8>, bool) {
        let model = SmallContiguousLookupDecoderModel::from_nonzero_fixed_point_probabilities(
            frequencies.iter().copied(),
            false,
        )
        .unwrap();
        let mut reference = DefaultAnsCoder::from_compressed(words.to_vec()).unwrap();
        // After the last word both decoders go on with their state.
        let symbols = reference.decode_iid_symbols(64, &model);
        let code = |symbol: usize| first.wrapping_add_unsigned(symbol as u8);
        (symbols.map(|symbol| code(symbol.unwrap())).collect(), reference.is_empty())
    }

    #[test]
    fn any_words_are_decoded_as_constriction_decodes_them_alone_and_with_others() {
        let mut random = fastrand::Rng::with_seed(12);
        for round in 0..200 {
            let tables: [_; LANES] = std::array::from_fn(|_| table(&mut random));
            let words: [Vec<u32>; LANES] = std::array::from_fn(|lane| {
                (0..(round + lane) % 9).map(|_| random.u32(1..)).collect()
            });
            let bytes = words
                .each_ref()
                .map(|words| words.iter().map(|word| word.to_le_bytes()).collect::<Vec<[u8; 4]>>());
            let ours =
                tables.each_ref().map(|(_, _, bytes)| read_table(&mut Reader::new(bytes)).unwrap());
            let expected: Vec<(Vec<i8>, bool)> = (0..LANES)
                .map(|lane| by_reference(tables[lane].0, &tables[lane].1, &words[lane]))
                .collect();
            let mut decoders = bytes.each_ref().map(|bytes| Decoder::new(bytes).unwrap());
            let mut codes = [[0; 64]; LANES];
            let mut lanes = ours
                .iter()
                .zip(&mut decoders)
                .zip(&mut codes)
                .map(|((table, decoder), codes)| Lane { table, decoder, codes });
            decode_lanes(std::array::from_fn::<_, LANES, _>(|_| lanes.next().unwrap()));
            for (lane, (expected, is_empty)) in expected.iter().enumerate() {
                assert_eq!(codes[lane][..], *expected);
                assert_eq!(decoders[lane].state == 0, *is_empty);
                let mut decoder = Decoder::new(&bytes[lane]).unwrap();
                let mut alone = [0; 64];
                let table = &ours[lane];
                decode_lanes([Lane { table, decoder: &mut decoder, codes: &mut alone }]);
                assert_eq!((alone, decoder.state), (codes[lane], decoders[lane].state));
            }
        }
        let ends_in_zero = [[1, 0, 0, 0], [0; 4]];
        assert!(Decoder::new(&ends_in_zero).is_none());
        assert!(DefaultAnsCoder::from_compressed(vec![1, 0]).is_err());
    }

    #[test]
    fn any_number_of_rows_comes_out_as_it_went_in() {
        let mut random = fastrand::Rng::with_seed(13);
        for rows in 1..=5 * LANES {
            let (length, spread) = (random.usize(1..50), random.i8(1..100));
            let codes: Vec<i8> = (0..rows * length).map(|_| random.i8(-spread..=spread)).collect();
            let bytes = encode(&codes, length);
            let mut reader = Reader::new(&bytes);
            assert_eq!(decode(&mut reader, rows, length).unwrap(), codes);
            assert!(reader.is_empty());
        }
    }

    #[test]
    fn frequencies_that_are_zero_or_not_4096_in_all_are_refused() {
        let table = |frequencies: [u16; 3]| {
            let bytes = frequencies.iter().flat_map(|frequency| frequency.to_le_bytes());
            let bytes: Vec<u8> = [7, 9].into_iter().chain(bytes).collect();
            read_table(&mut Reader::new(&bytes)).is_ok()
        };
        assert!(table([1, 4094, 1]));
        for wrong in [[0, 4095, 1], [1, 4095, 0], [1, 4094, 2], [1, 4094, 0], [4096, 1, 1]] {
            assert!(!table(wrong), "{wrong:?}");
        }
    }
}
