//! [`FeatureMap`](super::FeatureMap) -> the probability of each class: the mean over all positions, one linear layer,
//! softmax.
//!
//! VGG16's three fully connected layers have 124 million weights; this layer has one for each channel and class. It is
//! less certain, which matters little here: the probabilities are only compared, and no class is shown to the user.

/// A linear layer over the means of a feature map, followed by softmax.
pub(super) struct Classifier {
    /// `[classes, channels] f32`.
    weights: Vec<f32>,
    /// `[classes] f32`.
    bias: Vec<f32>,
}

impl Classifier {
    /// Takes weights `[classes, channels]` and a bias `[classes]`, whose shape has been checked.
    pub(super) fn new(weights: Vec<f32>, bias: Vec<f32>) -> Classifier {
        Classifier { weights, bias }
    }

    /// The number of classes.
    pub(super) fn classes(&self) -> usize {
        self.bias.len()
    }

    /// The probability of each class, `[classes] f32` with the sum 1, from the values of a map `[positions, channels]`.
    /// They are NaN where the weights are so large that the linear layer overflows.
    pub(super) fn probabilities(&self, map: &[f32]) -> Vec<f32> {
        let channels = self.weights.len() / self.bias.len();
        let places = map.len() / channels;
        let mut means = vec![0f32; channels];
        for place in map.chunks_exact(channels) {
            means.iter_mut().zip(place).for_each(|(mean, value)| *mean += value / places as f32);
        }
        let answer = |(weights, bias): (&[f32], &f32)| {
            weights.iter().zip(&means).map(|(weight, mean)| weight * mean).sum::<f32>() + bias
        };
        let answers: Vec<f32> =
            self.weights.chunks_exact(channels).zip(&self.bias).map(answer).collect();
        softmax(&answers)
    }

    /// What each position of a map `[positions, channels]` adds to the answers of the classes, which count by their
    /// probabilities: `[positions] f32`.
    pub(super) fn activations(&self, map: &[f32], probabilities: &[f32]) -> Vec<f32> {
        let channels = self.weights.len() / self.bias.len();
        let mut wanted = vec![0f32; channels];
        for (weights, probability) in self.weights.chunks_exact(channels).zip(probabilities) {
            wanted.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight * probability);
        }
        let activation = |place: &[f32]| place.iter().zip(&wanted).map(|(a, b)| a * b).sum();
        map.chunks_exact(channels).map(activation).collect()
    }

    /// What each position of a map `[positions, channels]` adds to the answer of that class to which it adds most:
    /// `[positions] f32`.
    pub(super) fn answers(&self, map: &[f32]) -> Vec<f32> {
        let channels = self.weights.len() / self.bias.len();
        let best = |place: &[f32]| {
            let added = self.weights.chunks_exact(channels).map(|weights| dot(weights, place));
            added.fold(f32::NEG_INFINITY, f32::max)
        };
        map.chunks_exact(channels).map(best).collect()
    }
}

/// The dot product. It is summed in lanes, as vector instructions need it, because VGG16's map has 13 million products.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (lanes_of_a, rest_of_a) = a.as_chunks::<8>();
    let (lanes_of_b, rest_of_b) = b.as_chunks::<8>();
    let mut sums = [0f32; 8];
    for (a, b) in lanes_of_a.iter().zip(lanes_of_b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = rest_of_a.iter().zip(rest_of_b).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

/// Softmax. The largest value is subtracted from all values, so that no power overflows.
fn softmax(answers: &[f32]) -> Vec<f32> {
    let largest = answers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = answers.iter().map(|answer| (answer - largest).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(weights: [f32; 4], bias: [f32; 2]) -> Classifier {
        Classifier::new(weights.to_vec(), bias.to_vec())
    }

    #[test]
    fn the_means_over_all_places_decide() {
        // Means 2 and 0.5; answers 2 - 1 = 1 and 2 - 1 + ln 3 = 1 + ln 3.
        let classifier = of([1.0, -2.0, 1.5, -4.0], [0.0, 3f32.ln()]);
        let probabilities = classifier.probabilities(&[3.0, 0.0, 1.0, 1.0]);
        assert!((probabilities[0] - 0.25).abs() < 1e-6, "{probabilities:?}");
        assert!((probabilities[1] - 0.75).abs() < 1e-6, "{probabilities:?}");
    }

    #[test]
    fn a_position_counts_by_the_classes_that_are_probable() {
        let classifier = of([1.0, -2.0, 1.5, -4.0], [0.0, 0.0]);
        // The weights of half of each class are 1.25 and -3.
        assert_eq!(classifier.activations(&[2.0, 0.0, 0.0, 1.0], &[0.5, 0.5]), [2.5, -3.0]);
    }

    #[test]
    fn a_position_answers_for_the_class_to_which_it_adds_most() {
        let classifier = of([1.0, -2.0, 1.5, -4.0], [9.0, 0.0]);
        // 2 and 3, -2 and -4, 1 - 2 and 1.5 - 4.
        assert_eq!(classifier.answers(&[2.0, 0.0, 0.0, 1.0, 1.0, 1.0]), [3.0, -2.0, -1.0]);
        let ones = Classifier::new(vec![1.0; 19], vec![0.0]);
        let map: Vec<f32> = (0..19).map(|at| at as f32).collect();
        assert_eq!(ones.answers(&map), [171.0], "lanes and what is left of them");
    }

    #[test]
    fn large_answers_do_not_overflow() {
        let classifier = of([1e30, 0.0, 0.0, 1e30], [0.0, 0.0]);
        assert_eq!(classifier.probabilities(&[1.0, 0.5]), [1.0, 0.0]);
        assert!(of([f32::MAX; 4], [0.0; 2]).probabilities(&[9.0, 9.0])[0].is_nan());
    }
}
