//! Golden features read plainly, without the library that is held against them.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use serde::Deserialize;

/// What another engine made of an image: see models/golden_format.py.
#[derive(Deserialize)]
pub struct Golden {
    pub shape: [usize; 3],
    pub sum: f64,
    pub norm: f64,
    pub largest: f64,
    pub every: usize,
    pub values: Vec<f64>,
}

impl Golden {
    pub fn read(json: &str) -> Golden {
        serde_json::from_str(json).unwrap()
    }

    /// Holds features against every kept value and against the sums over all of them.
    pub fn check(&self, name: &str, features: &[f32], bound: f64) {
        assert_eq!(features.len(), self.shape.iter().product::<usize>());
        let kept: Vec<f32> = features.iter().copied().step_by(self.every).collect();
        assert_eq!(kept.len(), self.values.len());
        let differences = kept.iter().zip(&self.values).map(|(a, b)| (f64::from(*a) - b).abs());
        let error = differences.fold(0.0, f64::max) / self.largest;
        let sum: f64 = features.iter().copied().map(f64::from).sum();
        let norm = features.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
        println!("{name}: relative error {error:.1e}");
        assert!(error < bound, "{name}: relative error {error}");
        for (ours, golden) in [(sum, self.sum), (norm, self.norm)] {
            assert!((ours / golden - 1.0).abs() < bound, "{name}: {ours} instead of {golden}");
        }
    }
}
