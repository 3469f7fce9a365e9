//! Bootstrap intervals.

use super::quantile;

/// Resamples of a bootstrap interval.
const RESAMPLES: usize = 2_000;

/// The 95% percentile bootstrap interval of a figure over `count` units that are drawn with
/// replacement; `figure` is given which ones. The draws are the same every time.
pub fn interval(count: usize, figure: &dyn Fn(&[usize]) -> f64) -> [f64; 2] {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut figures: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn: Vec<usize> = (0..count).map(|_| random.below(count)).collect();
            figure(&drawn)
        })
        .filter(|value| value.is_finite())
        .collect();
    figures.sort_by(f64::total_cmp);
    [quantile(&figures, 0.025), quantile(&figures, 0.975)]
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % count.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn the_interval_of_a_mean_holds_it_and_narrows_with_more_values() {
        let width = |count: usize| {
            let mean = |drawn: &[usize]| {
                drawn.iter().map(|index| (index % 2) as f64).sum::<f64>() / drawn.len() as f64
            };
            let [low, high] = interval(count, &mean);
            assert!(low < 0.5 && high > 0.5, "{low} {high}");
            high - low
        };
        assert!(width(400) < width(40) / 2.0);
    }
}
