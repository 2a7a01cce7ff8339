//! Multiplies a block of rows with another in integers. The result is exact and therefore equal on every machine.

/// The width of rows is a multiple of this.
pub(super) const LANES: usize = 16;

/// Queries that are multiplied at the same time. The number of queries is a multiple of this.
const QUERIES: usize = 2;

/// Other rows that are multiplied at the same time. Their number is a multiple of this.
pub(super) const OTHERS: usize = 4;

/// Computes the dot products `[queries, others]` of rows of `width` values, each -127..=127.
///
/// # Panics
/// Where the width or a number of rows is not such a multiple.
pub(super) fn multiply(width: usize, queries: &[i16], others: &[i16], products: &mut [i32]) {
    assert!(width > 0 && width.is_multiple_of(LANES), "rows of whole lanes");
    assert!(queries.len().is_multiple_of(QUERIES * width), "whole pairs of queries");
    assert!(others.len().is_multiple_of(OTHERS * width), "whole fours of others");
    let pairs = (queries.len() / width) * (others.len() / width);
    assert_eq!(products.len(), pairs, "a product for each pair");
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: the machine has AVX2, and the lengths were checked above.
        return unsafe { x86::multiply(width, queries, others, products) };
    }
    portable(width, queries, others, products);
}

/// Computes the same by the definition, for machines without a special kernel.
fn portable(width: usize, queries: &[i16], others: &[i16], products: &mut [i32]) {
    let count = others.len() / width;
    for (query, products) in queries.chunks_exact(width).zip(products.chunks_exact_mut(count)) {
        for (other, product) in others.chunks_exact(width).zip(products) {
            let pairs = query.iter().zip(other);
            *product = pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{LANES, OTHERS, QUERIES};

    /// # Safety
    /// The machine must have AVX2, `width` must be a multiple of [`LANES`], the numbers of queries and of others must
    /// be multiples of [`QUERIES`] and [`OTHERS`], and `products` must have one value for each pair of them.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn multiply(
        width: usize,
        queries: &[i16],
        others: &[i16],
        products: &mut [i32],
    ) {
        let count = others.len() / width;
        let pairs = queries.chunks_exact(QUERIES * width);
        for (pair, products) in pairs.zip(products.chunks_exact_mut(QUERIES * count)) {
            for (at, four) in others.chunks_exact(OTHERS * width).enumerate() {
                let mut sums = [[_mm256_setzero_si256(); QUERIES]; OTHERS];
                for step in (0..width).step_by(LANES) {
                    // SAFETY: `row` is less than the number of rows in the chunk, and `step` + LANES is
                    // at most `width`, so the 16 values lie within the chunk.
                    let load = |rows: &[i16], row: usize| unsafe {
                        _mm256_loadu_si256(rows.as_ptr().add(row * width + step).cast())
                    };
                    let pair = [load(pair, 0), load(pair, 1)];
                    for (other, sums) in sums.iter_mut().enumerate() {
                        let values = load(four, other);
                        for (sum, query) in sums.iter_mut().zip(pair) {
                            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(query, values));
                        }
                    }
                }
                for (other, sums) in sums.iter().enumerate() {
                    for (query, &lanes) in sums.iter().enumerate() {
                        products[query * count + at * OTHERS + other] = sum(lanes);
                    }
                }
            }
        }
    }

    #[target_feature(enable = "avx2")]
    fn sum(lanes: __m256i) -> i32 {
        let four =
            _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256::<1>(lanes));
        let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b1110>(four));
        _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<1>(two)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machines_products_are_those_of_the_definition() {
        let mut random = fastrand::Rng::with_seed(8);
        for (width, queries, others) in [(16, 2, 4), (48, 6, 12), (512, 64, 8), (6272, 2, 8)] {
            let mut rows = |count: usize| -> Vec<i16> {
                (0..count * width).map(|_| random.i16(-127..=127)).collect()
            };
            let (left, right) = (rows(queries), rows(others));
            let mut products = [vec![1; queries * others], vec![2; queries * others]];
            multiply(width, &left, &right, &mut products[0]);
            portable(width, &left, &right, &mut products[1]);
            assert_eq!(products[0], products[1], "{width}, {queries}, {others}");
        }
    }

    #[test]
    fn the_widest_rows_of_the_largest_values_do_not_overflow() {
        let width = 100_000usize.next_multiple_of(LANES);
        let mut products = [0; 8];
        multiply(width, &vec![-127; 2 * width], &vec![-127; 4 * width], &mut products);
        assert_eq!(products, [127 * 127 * width as i32; 8]);
    }
}
