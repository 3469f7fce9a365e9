//! From stream positions to interview time and back.

use interview::Us;

use crate::streams::Anchor;

/// One stream's clock, pieced together from its anchors: between two of them the stream runs at its
/// own rate, at each it is set to what was measured; it never runs backwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    anchors: Vec<Anchor>,
    sample_rate: u32,
}

impl Timeline {
    /// The clock of a stream with these anchors. Without any, position 0 is interview time 0.
    #[must_use]
    pub fn new(mut anchors: Vec<Anchor>, sample_rate: u32) -> Self {
        anchors.sort_by_key(|anchor| anchor.position);
        let mut latest_us = Us::MIN;
        for anchor in &mut anchors {
            latest_us = latest_us.max(anchor.at_us);
            anchor.at_us = latest_us;
        }
        Self { anchors, sample_rate: sample_rate.max(1) }
    }

    /// Interview time of a position.
    #[must_use]
    pub fn time_us(&self, position: u64) -> Us {
        let after = self.anchors.partition_point(|anchor| anchor.position <= position);
        let (from, at_us) = self.anchor(after);
        let samples = i128::from(position) - i128::from(from);
        let micros = samples * 1_000_000 / i128::from(self.sample_rate);
        at_us.saturating_add(micros as Us)
    }

    /// The position that stands at an interview time; 0 before the stream began.
    #[must_use]
    pub fn position(&self, time_us: Us) -> u64 {
        let after = self.anchors.partition_point(|anchor| anchor.at_us <= time_us);
        let (from, at_us) = self.anchor(after);
        let micros = i128::from(time_us) - i128::from(at_us);
        let samples = micros * i128::from(self.sample_rate) / 1_000_000;
        let position = (i128::from(from) + samples).clamp(0, i128::from(u64::MAX)) as u64;
        match self.anchors.get(after) {
            Some(next) => position.min(next.position),
            None => position,
        }
    }

    /// The anchor that counts when `after` of them are not later.
    fn anchor(&self, after: usize) -> (u64, Us) {
        self.anchors
            .get(after.saturating_sub(1))
            .map_or((0, 0), |anchor| (anchor.position, anchor.at_us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::AnchorReason;

    #[test]
    fn positions_and_times_agree_across_a_gap_and_a_drifting_clock() {
        let anchor = |position, at_us| Anchor { position, at_us, reason: AnchorReason::Start };
        let timeline = Timeline::new(
            vec![anchor(0, 500_000), anchor(24_000, 1_500_100), anchor(48_000, 9_000_000)],
            24_000,
        );
        for (position, time_us) in
            [(0, 500_000), (12_000, 1_000_000), (24_000, 1_500_100), (60_000, 9_500_000)]
        {
            assert_eq!(timeline.time_us(position), time_us);
            assert_eq!(timeline.position(time_us), position);
        }
        assert_eq!(timeline.position(0), 0);
        assert_eq!(timeline.position(5_000_000), 48_000, "inside the gap: where it ends");
    }

    #[test]
    fn without_anchors_a_stream_begins_with_the_interview() {
        let timeline = Timeline::new(Vec::new(), 48_000);
        assert_eq!(timeline.time_us(48_000), 1_000_000);
        assert_eq!(timeline.position(1_000_000), 48_000);
    }
}
