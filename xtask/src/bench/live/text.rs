//! What `cargo xtask bench live` writes into the reference.

use std::fmt::Write as _;

use super::{Climb, Round};
use crate::bench::quantile;

/// A round in one line.
pub fn round(round: &Round) -> String {
    format!(
        "{} at once: dead air p50 {}, p90 {} over {} answers, {} cut off; words p50 {}, p95 {}; {:.2} processors; {:.0} MB",
        round.number,
        seconds(&round.dead_air_s, 0.5),
        seconds(&round.dead_air_s, 0.9),
        round.dead_air_s.len(),
        round.cuts,
        seconds(&round.words_s, 0.5),
        seconds(&round.words_s, 0.95),
        round.cores,
        round.memory_bytes as f64 / 1e6,
    )
}

/// The section of the reference.
pub fn section(length_s: f64, climbs: &[Climb]) -> String {
    let mut text = format!(
        "## Many at once\n\n\
         `cargo xtask bench live` lets one candidate after another more talk to a server of its own, in real time, {length_s:.0} s \
         each round, until the median dead air is twice that of one; then as many to Pipecat on the same machine, with \
         the same answers in the same voice. {} processors.\n\n\
         - **Dead air** is from the last voiced sample of an answer to the first audible sample of the reply.\n\
         - **Greenroom** speaks its lines, makes captions every 0.4 s while somebody talks, finds accurate words, and looks at what an \
         answer lacks. Words: from the end of an answer until its captions hold all its words but one. The language model is off.\n\
         - **Pipecat** 1.14.0 runs Silero, Smart Turn v3 and the same weights of Whisper through faster-whisper, on the stretches of \
         speech that its voice activity cuts; its reply is canned, is not spoken and does not wait for the words. It makes no \
         captions while somebody talks. Words: from the end of a stretch until it is recognised.\n\n",
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    );
    capacity(&mut text, climbs);
    text.push_str(
        "\n| listener | at once | dead air p50, s | p90, s | answers | cut off | words p50, s | p95, s | processors | MB |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for climb in climbs {
        for round in &climb.rounds {
            let value = |values: &[f64], q| seconds(values, q).replace(" s", "");
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {:.2} | {:.0} |",
                climb.listener,
                round.number,
                value(&round.dead_air_s, 0.5),
                value(&round.dead_air_s, 0.9),
                round.dead_air_s.len(),
                round.cuts,
                value(&round.words_s, 0.5),
                value(&round.words_s, 0.95),
                round.cores,
                round.memory_bytes as f64 / 1e6,
            );
        }
    }
    text
}

fn capacity(text: &mut String, climbs: &[Climb]) {
    text.push_str("| measure | goal | reached |\n| --- | --- | --- |\n");
    let Some((own, others)) = climbs.split_first() else { return };
    let _ = writeln!(
        text,
        "| live interviews at once before dead air doubles | >= 3 | {} |",
        held(own)
    );
    for other in others {
        let ratio = own.held() as f64 / other.held().max(1) as f64;
        let _ = writeln!(
            text,
            "| the same over {}: {} | >= 1.5 | {ratio:.2} |",
            other.listener,
            held(other)
        );
    }
    if let Some(alone) = own.rounds.first() {
        let _ = writeln!(
            text,
            "| captions behind speech p95, one candidate | <= 1 s | {} |",
            seconds(&alone.words_s, 0.95)
        );
    }
}

/// How many it holds; more may be possible where it was not brought to its limit.
fn held(climb: &Climb) -> String {
    let least = if climb.broke() { "" } else { "at least " };
    format!("{least}{}", climb.held())
}

fn seconds(values: &[f64], q: f64) -> String {
    if values.is_empty() { "none".to_owned() } else { format!("{:.2} s", quantile(values, q)) }
}
