//! Stored sound, read for listening: stretches of interview time at 16 kHz.

use std::ops::Range;

use anyhow::Context;
use engines::{LISTEN_HZ, audio::Resampler};
use interview::{InterviewId, Span, StreamId, Us};
use store::{Anchor, AnchorReason, Store, Stream, StreamKind, sound::Timeline};

/// Most seconds of sound that are read from the store at once.
const READ_S_MAX: u64 = 60;
/// Stretches shorter than this hold nothing that could be heard.
const STRETCH_US_MIN: Us = 20_000;

/// Sound without a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// The stream it was read from.
    pub stream: Option<StreamId>,
    /// Interview time of its first sample.
    pub start_us: Us,
    /// Its samples at [`LISTEN_HZ`].
    pub samples: Vec<f32>,
}

impl Stretch {
    /// The interview time it covers.
    #[must_use]
    pub fn span(&self) -> Span {
        let micros = self.samples.len() as Us * 1_000_000 / Us::from(LISTEN_HZ);
        Span::new(self.start_us, self.start_us + micros)
    }
}

/// One microphone stream and where its samples stand.
struct Source {
    stream: Stream,
    timeline: Timeline,
    /// Positions between which no sample is missing.
    runs: Vec<Range<u64>>,
}

/// The candidate's microphones in one interview.
pub struct Recording {
    sources: Vec<Source>,
    /// Whether the browser applied automatic gain control to any of them.
    pub gain_control: bool,
    /// Whether the browser applied noise suppression to any of them.
    pub noise_suppression: bool,
}

impl Recording {
    /// Looks up the microphone streams of an interview.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(store: &Store, interview: InterviewId) -> anyhow::Result<Self> {
        let mut recording =
            Self { sources: Vec::new(), gain_control: false, noise_suppression: false };
        for stream in store.streams(interview).await? {
            if stream.kind != StreamKind::Microphone || stream.sample_rate == 0 {
                continue;
            }
            let applied = |name: &str| {
                let settings = stream.settings.get("applied").unwrap_or(&stream.settings);
                settings.get(name).and_then(serde_json::Value::as_bool).unwrap_or(false)
            };
            recording.gain_control |= applied("autoGainControl");
            recording.noise_suppression |= applied("noiseSuppression");
            let anchors = store.anchors(stream.id).await?;
            let total = store.sound_samples(stream.id).await?;
            let runs = runs(&anchors, total);
            let timeline = Timeline::new(anchors, stream.sample_rate);
            recording.sources.push(Source { stream, timeline, runs });
        }
        Ok(recording)
    }

    /// Whether there is any stream.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The sound of `span`, in order; what was not recorded is left out.
    ///
    /// # Errors
    /// When stored sound cannot be read or converted.
    pub async fn read(&self, store: &Store, span: Span) -> anyhow::Result<Vec<Stretch>> {
        let mut wanted: Vec<(Us, &Source, Range<u64>)> = Vec::new();
        for source in &self.sources {
            for run in &source.runs {
                let range = within(source, run, span);
                if range.start < range.end {
                    wanted.push((source.timeline.time_us(range.start), source, range));
                }
            }
        }
        wanted.sort_by_key(|(start_us, ..)| *start_us);
        let mut stretches: Vec<Stretch> = Vec::new();
        for (_, source, mut range) in wanted {
            // Two microphones at a time: the one that began earlier is kept to its end.
            if let Some(last) = stretches.last() {
                let free = source.timeline.position(last.span().end_us);
                range.start = range.start.max(free.min(range.end));
            }
            let stretch = source.read(store, range).await?;
            if stretch.span().micros() >= STRETCH_US_MIN {
                stretches.push(stretch);
            }
        }
        Ok(stretches)
    }
}

impl Source {
    async fn read(&self, store: &Store, range: Range<u64>) -> anyhow::Result<Stretch> {
        let rate = self.stream.sample_rate;
        let mut resampler = Resampler::new(rate, LISTEN_HZ)?;
        let mut samples = Vec::new();
        let step = READ_S_MAX * u64::from(rate);
        let mut start = range.start;
        while start < range.end {
            let end = (start + step).min(range.end);
            let sound = store
                .read_sound(self.stream.id, start..end)
                .await
                .with_context(|| format!("the sound of {} cannot be read", self.stream.id))?;
            let sound: Vec<f32> = sound.iter().map(|x| f32::from(*x) / 32_768.0).collect();
            resampler.push(&sound, &mut samples)?;
            start = end;
        }
        resampler.finish(&mut samples)?;
        let start_us = self.timeline.time_us(range.start);
        Ok(Stretch { stream: Some(self.stream.id), start_us, samples })
    }
}

/// The part of a run that sounds inside `span`.
fn within(source: &Source, run: &Range<u64>, span: Span) -> Range<u64> {
    let rate = i128::from(source.stream.sample_rate);
    let begin_us = source.timeline.time_us(run.start);
    let start = source.timeline.position(span.start_us.max(begin_us)).max(run.start);
    let start_us = source.timeline.time_us(start).max(begin_us);
    let left = i128::from((span.end_us - start_us).max(0)) * rate / 1_000_000;
    let end = (start + u64::try_from(left).unwrap_or(0)).min(run.end);
    start..end.max(start)
}

/// Positions without a gap between them.
fn runs(anchors: &[Anchor], total: u64) -> Vec<Range<u64>> {
    let gaps = anchors.iter().filter(|anchor| anchor.reason == AnchorReason::Gap);
    let mut starts: Vec<u64> = std::iter::once(0).chain(gaps.map(|gap| gap.position)).collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(total));
    starts.iter().copied().zip(ends).map(|(start, end)| start..end.min(total)).collect()
}
