//! One answer in a recording, read piece by piece: words and measures of an hour of speech take tens
//! of megabytes.

use std::{
    io::IsTerminal,
    path::Path,
    time::{Duration, Instant},
};

use analysis::{
    Switches,
    features::sound::{Listened, Reliability, Tracker, measure},
};
use engines::audio::{Decoder, Position};
use indicatif::{ProgressBar, ProgressStyle};
use interview::{Answer, AnswerId, InterviewId, Mode, Question, Span};

use super::{Fault, Given, audio_fault};
use crate::jobs::hearing::{Instruments, Listener};

/// Where nobody watches, how far it is gets told this often.
const TELL_EVERY: Duration = Duration::from_secs(20);

/// Reads, hears and measures the answer to `question` in the file at `path`, which `decoder` has open.
pub(super) fn read(
    mut decoder: Decoder,
    path: &Path,
    question: Question,
    instruments: &Instruments,
) -> Result<Given, Fault> {
    let mut listener = Listener::new(instruments, instruments.recogniser.clone(), 0)?.patient();
    let mut tracker = Tracker::new(0);
    let mut progress = Progress::new(path);
    while let Some(samples) = decoder.next_chunk().map_err(|error| audio_fault(&error))? {
        tracker.push(samples);
        listener.push(samples)?;
        progress.tell(decoder.position());
    }
    progress.done();
    let heard = listener.finish()?;
    let words = heard.words();
    let (damage, seconds) = (decoder.damage(), decoder.position().seconds);
    let mut warnings = Vec::new();
    if !damage.is_none() {
        warnings.push(format!("{damage}; what could be read of it is analysed"));
    }
    let sound = measure(&Listened {
        tracks: &[tracker.finish()],
        question_end_us: None,
        words: &words,
        voiced: &heard.voiced,
        reliability: Reliability {
            coded_bits_per_s: decoder.opus_bits_per_s(),
            ..Reliability::default()
        },
        switches: &Switches::default(),
    });
    let said = words.iter().filter_map(|word| word.span);
    let span = said.chain(heard.voiced.iter().copied()).reduce(Span::join);
    let answer = Answer {
        id: AnswerId::new(1, [0; 10]),
        interview: InterviewId::new(0, [0; 10]),
        item: Some(0),
        attempt: 1,
        question,
        mode: Mode::Spoken,
        words,
        turn_starts: Vec::new(),
        probes: Vec::new(),
        span,
        edited_share: 0.0,
    };
    Ok(Given { answers: vec![answer], sounds: vec![Some(sound)], seconds: Some(seconds), warnings })
}

/// How far it is, on standard error: a bar for a person, lines for a log.
struct Progress {
    name: String,
    bar: ProgressBar,
    watched: bool,
    told: Instant,
}

impl Progress {
    fn new(path: &Path) -> Self {
        let watched = std::io::stderr().is_terminal();
        let bar = if watched { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {percent}% {msg}") {
            bar.set_style(style);
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        bar.set_prefix(name.clone());
        Self { name, bar, watched, told: Instant::now() }
    }

    fn tell(&mut self, position: Position) {
        let minutes = position.seconds / 60.0;
        if self.watched {
            self.bar.set_length(position.bytes_total);
            self.bar.set_position(position.bytes_read);
            self.bar.set_message(format!("{minutes:.1} min heard"));
        } else if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            let percent = 100 * position.bytes_read / position.bytes_total.max(1);
            eprintln!("{}: {percent}% read, {minutes:.1} min heard", self.name);
        }
    }

    fn done(&self) {
        self.bar.finish_and_clear();
    }
}
