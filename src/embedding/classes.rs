//! Probabilities of classes -> values whose dot product says how similar the probabilities of two images are.
//!
//! The dot product of the square roots of probabilities is their Bhattacharyya coefficient: 1 where they are equal, 0
//! where no class is probable in both images. Here probabilities are raised to 5/8 instead of 1/2, so that two
//! uncertain images are less similar than two images that are certain of the same class. Such values differ much in
//! size, often one large value among zeros, and 8 bits would not hold them beside the values of a map. Therefore they
//! are rotated by a Hadamard matrix, which changes no dot product: each new value depends on all classes, and all are
//! about equally large. Signs by Rudin and Shapiro are applied first, so that equal probabilities do not add up in a
//! single value.

/// The number of values for some classes: none, or the next power of 2.
pub(super) fn values(classes: usize) -> usize {
    if classes == 0 { 0 } else { classes.next_power_of_two() }
}

/// The values of probabilities with the sum 1. They are a vector of the given length where one class is certain, and a
/// shorter one otherwise.
pub(super) fn spread(probabilities: &[f32], length: f32) -> Vec<f32> {
    let count = values(probabilities.len());
    let scale = length / (count.max(1) as f32).sqrt();
    let signed = |(at, &value): (usize, &f32)| {
        let value = raised(value) * scale;
        if is_turned(at) { -value } else { value }
    };
    let mut values: Vec<f32> = probabilities.iter().enumerate().map(signed).collect();
    values.resize(count, 0.0);
    hadamard(&mut values);
    values
}

/// A probability to the power of 5/8. It is computed with square roots only, which are equal on every machine.
fn raised(probability: f32) -> f32 {
    let root = probability.max(0.0).sqrt();
    root * root.sqrt().sqrt()
}

/// Whether Rudin and Shapiro's sign is negative: whether `at` has an odd number of pairs of neighbouring bits that are
/// both 1.
fn is_turned(at: usize) -> bool {
    (at & (at >> 1)).count_ones() % 2 == 1
}

/// Multiplies by Hadamard's matrix, by sums and differences of halves; the length is a power of 2.
fn hadamard(values: &mut [f32]) {
    let mut half = 1;
    while half < values.len() {
        for block in values.chunks_exact_mut(2 * half) {
            let (left, right) = block.split_at_mut(half);
            for (a, b) in left.iter_mut().zip(right) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn dot_products_are_those_of_the_probabilities_to_the_power_of_five_eighths() {
        let (a, b) = ([0.25, 0.0, 0.5, 0.0, 0.25], [0.0, 0.5, 0.125, 0.375, 0.0]);
        let (one, other) = (spread(&a, 1.0), spread(&b, 2.0));
        assert_eq!((one.len(), other.len()), (8, 8));
        // 2 x (0.5 x 0.125) ^ (5 / 8) = 2 ^ (1 - 2.5).
        assert!((dot(&one, &other) - 0.353_553).abs() < 1e-6, "{}", dot(&one, &other));
        // 0.25 ^ (5 / 4) x 2 + 0.5 ^ (5 / 4).
        assert!((dot(&one, &one) - 0.774_002).abs() < 1e-6, "{}", dot(&one, &one));
    }

    #[test]
    fn a_certain_class_counts_whole_and_an_uncertain_one_less() {
        let sure = spread(&[0.0, 1.0, 0.0], 2.0);
        assert!((dot(&sure, &sure) - 4.0).abs() < 1e-5);
        let unsure = spread(&[1.0 / 256.0; 256], 1.0);
        // 256 x 256 ^ (-5 / 4) = a quarter.
        assert!((dot(&unsure, &unsure) - 0.25).abs() < 1e-6);
    }

    #[test]
    fn one_class_and_all_classes_are_as_even_as_any() {
        let largest =
            |values: &[f32]| values.iter().fold(0f32, |most, value| most.max(value.abs()));
        let mut sure = vec![0.0; 512];
        sure[77] = 1.0;
        // All values have the same size, 1 / the square root of 512.
        assert!((largest(&spread(&sure, 1.0)) - 0.0442).abs() < 1e-4);
        assert!(largest(&spread(&[1.0 / 512.0; 512], 1.0)) < 0.1);
    }

    #[test]
    fn without_classes_there_are_no_values() {
        assert_eq!((values(0), spread(&[], 1.0)), (0, vec![]));
        assert_eq!((values(1), values(512), values(1000)), (1, 512, 1024));
    }
}
