//! The signs of sentences, for the fit of what they are worth.
#![expect(clippy::print_stdout, reason = "the fit reads it")]

use std::io::stdin;

use conversation::turn_end::{Sign, signs};

/// Reads sentences, one a line, and prints as JSON the names of the signs and which each sentence shows.
pub(super) fn run() -> anyhow::Result<()> {
    let names = Sign::ALL.map(|(_, name)| name);
    let shown: Vec<_> =
        stdin().lines().map(|line| Ok(signs(&line?))).collect::<anyhow::Result<_>>()?;
    println!("{}", serde_json::json!({ "names": names, "shown": shown }));
    Ok(())
}
