//! The weights of the turn end, as data.

use super::{Weights, closing::Sign};

/// With the sound model's probability: a logistic regression on the development half of `evals/turns`,
/// by `evals/turns/fit.py` (5,460 moments of silence of 80 turns, one every 100 ms; log loss 0.338). That
/// half is mostly synthetic speech; no weight was set on the other. `unknown`, `half_said`, `open`, `closed`
/// and `beginning` have too few examples there, or only ones that a writer put there, and are conventions,
/// as is `cut_off`. `closing` is 1, as what it weighs is in logits already; the others were fitted without it,
/// and the 14 answers of that half are too few to say how much more or less it is worth. The sound weighs little: beside the words it tells next to nothing in those recordings.
pub(super) const HEARD: Weights = Weights {
    bias: -1.37,
    sound: 0.07,
    silence: 1.0,
    unknown: -0.3,
    trailing: -1.29,
    half_said: -1.5,
    open: -0.7,
    complete: -0.14,
    closed: 1.0,
    closing: 1.0,
    beginning: -1.4,
    middle: -0.2,
    result_given: 2.26,
    cut_off: -0.5,
};

/// Without a sound model, where there are no recordings to fit to: set so that the waits come out as
/// intended at the standard threshold (a convention).
pub(super) const UNHEARD: Weights = Weights {
    bias: 0.207,
    sound: 0.0,
    silence: 1.0,
    unknown: -0.3,
    trailing: -2.6,
    half_said: -1.5,
    open: -0.3,
    complete: 0.2,
    closed: 1.6,
    closing: 0.0,
    beginning: -1.4,
    middle: -1.7,
    result_given: 0.5,
    cut_off: -0.5,
};

/// What each sign of an ending is worth, in the order of [`Sign::ALL`]: a logistic regression (ridge 3) on the
/// 1,161 sentences of the development half of `evals/gold`, by `evals/turns/fit.py`. 257 of them are the last
/// of their answer or were labelled as telling its result or what came of it; left out by question, the
/// area under the curve is 0.65. No recording and no answer of `evals/turns` was used.
pub(super) const CLOSING: [f64; Sign::COUNT] =
    [-0.88, 0.59, 0.31, 0.99, 1.26, 0.55, 0.33, 0.34, -0.32, -0.25, -0.15, 0.16, -0.56];

/// What the signs of a sentence are worth on average there.
pub(super) const CLOSING_MEAN: f64 = 0.07;
