//! The curves of profiles: stored value -> linear light, both 0..=1.

use moxcms::ToneReprCurve;

/// `curveType` and `parametricCurveType` of ICC.1, chapters 10.6 and 10.18.
pub(super) enum Curve<'a> {
    /// A table with linear interpolation; an empty one changes nothing.
    Table(&'a [u16]),
    Gamma(f64),
    /// `g, a, b, c, d, e, f` of `(a x + b)^g + e` where `x >= d`, and `c x + f` below.
    Parametric([f64; 7]),
}

impl Curve<'_> {
    pub(super) fn read(curve: &ToneReprCurve) -> Option<Curve<'_>> {
        match curve {
            ToneReprCurve::Lut(values) => match **values {
                [gamma] => Some(Curve::Gamma(f64::from(gamma) / 256.0)),
                _ => Some(Curve::Table(values)),
            },
            ToneReprCurve::Parametric(values) => Curve::parametric(values),
        }
    }

    fn parametric(values: &[f32]) -> Option<Curve<'static>> {
        if values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let value = |at: usize| f64::from(values[at]);
        let (g, a, b) = match values.len() {
            1 => return Some(Curve::Gamma(value(0))),
            3.. => (value(0), value(1), value(2)),
            _ => return None,
        };
        Some(Curve::Parametric(match values.len() {
            3 => [g, a, b, 0.0, -b / a, 0.0, 0.0],
            4 => [g, a, b, 0.0, -b / a, value(3), value(3)],
            5 => [g, a, b, value(3), value(4), 0.0, 0.0],
            7 => [g, a, b, value(3), value(4), value(5), value(6)],
            _ => return None,
        }))
    }

    /// The value at `x`, clamped to 0..=1.
    pub(super) fn at(&self, x: f64) -> f64 {
        let x = x.clamp(0.0, 1.0);
        let y = match *self {
            Curve::Table([]) => x,
            Curve::Table(values) => between(values.len(), x, |at| f64::from(values[at]) / 65_535.0),
            Curve::Gamma(gamma) => libm::pow(x, gamma),
            Curve::Parametric([g, a, b, c, d, e, f]) => match x >= d {
                true => libm::pow((a * x + b).max(0.0), g) + e,
                false => c * x + f,
            },
        };
        if y.is_nan() { 0.0 } else { y.clamp(0.0, 1.0) }
    }
}

/// The value at `x`, 0..=1, of a table of `count` entries, interpolated linearly.
pub(super) fn between(count: usize, x: f64, value: impl Fn(usize) -> f64) -> f64 {
    let place = x.clamp(0.0, 1.0) * (count - 1) as f64;
    let low = (place as usize).min(count.saturating_sub(2));
    let high = (low + 1).min(count - 1);
    value(low) + (value(high) - value(low)) * (place - low as f64)
}
