//! Requests that are said or typed like anything else: "could you repeat that?", "let's skip this
//! one". Only a whole short utterance is a request; the same words inside an answer are the answer.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::wording::tokens;

/// The most words a spoken request has; longer utterances are answers.
pub const WORDS_MAX: usize = 14;

/// What the candidate wants of the interviewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// The question again.
    Repeat,
    /// This question later.
    Later,
    /// Not this question.
    Skip,
    /// The end of the interview.
    Stop,
    /// The answer is complete; or no more questions.
    Done,
    /// Time.
    Wait,
    /// Yes, to an offer.
    Yes,
    /// No, to an offer.
    No,
}

/// Words that carry courtesy and hesitation; a request is recognised without them.
const COURTESY: &[&str] = &[
    "sorry", "please", "um", "umm", "uh", "er", "erm", "oh", "hm", "hmm", "okay", "ok", "well",
    "hey", "hi", "so", "and", "but", "actually", "just", "maybe", "kindly", "possibly", "perhaps",
    "yeah", "could", "can", "would", "will", "may", "might", "you", "we", "i", "i'd", "let's",
    "lets", "let", "us", "me", "think", "to", "like", "want", "for", "mind", "do", "if", "be",
    "great", "that'd", "quickly", "really", "now", "then", "afraid", "i'm", "am",
];

const REPEAT: &[&str] = &[
    "repeat",
    "repeat that",
    "repeat it",
    "repeat this",
    "repeat the question",
    "repeat question",
    "repeat your question",
    "repeat that again",
    "repeat the question again",
    "repeating that",
    "repeating the question",
    "repeat that one more time",
    "repeat the last question",
    "repeat the last part",
    "say that again",
    "say it again",
    "say again",
    "say the question again",
    "say that one more time",
    "ask that again",
    "ask it again",
    "ask again",
    "ask the question again",
    "hear that again",
    "hear it again",
    "hear the question again",
    "have the question again",
    "have that again",
    "get the question again",
    "read it again",
    "read the question again",
    "again",
    "come again",
    "one more time",
    "once more",
    "pardon",
    "pardon my",
    "excuse",
    "what",
    "what was that",
    "what was it",
    "what was the question",
    "what was the question again",
    "what was your question",
    "what was your question again",
    "what was that again",
    "what did say",
    "what did ask",
    "what is the question",
    "what's the question",
    "what's the question again",
    "the question again",
    "didn't hear that",
    "didn't hear the question",
    "didn't hear",
    "didn't hear it",
    "didn't catch that",
    "didn't quite catch that",
    "didn't catch it",
    "didn't catch the question",
    "didn't get that",
    "didn't quite get that",
    "did not catch that",
    "did not hear that",
    "couldn't hear that",
    "couldn't hear",
    "missed that",
    "missed the question",
    "missed it",
    "missed the last part",
    "rephrase",
    "rephrase that",
    "rephrase it",
    "rephrase the question",
    "didn't understand the question",
    "don't understand the question",
    "didn't understand that",
    "forgot the question",
    "i've forgotten the question",
    "have forgotten the question",
    "clarify the question",
    "clarify that",
];

const LATER: &[&str] = &[
    "come back that",
    "come back it",
    "come back this",
    "come back this one",
    "come back that one",
    "come back this later",
    "come back that later",
    "come back it later",
    "come back that one later",
    "come back this one later",
    "come back this question",
    "come back this question later",
    "come back that question",
    "go back that later",
    "return that later",
    "return this later",
    "return it later",
    "answer that later",
    "answer this later",
    "answer this one later",
    "do this later",
    "do that later",
    "later",
    "leave that later",
    "leave this one later",
    "leave it later",
    "circle back that",
    "circle back this",
    "circle back this one",
    "get back that later",
];

const SKIP: &[&str] = &[
    "skip",
    "skip it",
    "skip that",
    "skip this",
    "skip this one",
    "skip that one",
    "skip this question",
    "skip the question",
    "skip that question",
    "pass",
    "pass on that",
    "pass on this",
    "pass on that one",
    "pass on this one",
    "next",
    "next question",
    "the next question",
    "next one",
    "move on",
    "move on the next question",
    "move on the next one",
    "go the next question",
    "go on the next question",
    "go next question",
    "have the next question",
    "no answer that",
    "don't have an answer",
    "don't have an answer that",
    "don't have an answer this",
    "don't have one",
    "don't know",
    "no idea",
    "have no idea",
    "have nothing that",
    "can't answer that",
    "can't answer this",
    "can't answer that one",
    "don't have an example",
    "don't have an example that",
    "don't have an example of that",
    "don't have a good example",
    "can't of an example",
    "can't of anything",
    "can't of one",
    "nothing comes mind",
    "prefer not answer",
    "prefer not answer that",
    "prefer not say",
    "rather not answer",
    "rather not answer that",
    "rather not say",
    "different question",
    "have a different question",
    "ask a different question",
    "try another question",
    "another question",
];

const STOP: &[&str] = &[
    "stop",
    "stop here",
    "stop the interview",
    "stop it here",
    "stop this",
    "stop there",
    "stop this here",
    "stop the interview here",
    "end the interview",
    "end here",
    "end it here",
    "end this",
    "end this here",
    "end the interview here",
    "finish here",
    "finish the interview",
    "quit",
    "quit the interview",
    "cancel the interview",
    "have stop",
    "have go",
    "need stop",
    "need stop here",
    "need go",
    "need leave",
    "have leave",
    "got go",
    "wish stop",
    "abort the interview",
    "call it a day",
    "leave the interview",
];

const DONE: &[&str] = &[
    "that's it",
    "that's all",
    "that is all",
    "that is it",
    "that's all from",
    "that's about it",
    "that's pretty much it",
    "that's everything",
    "that's my answer",
    "that is my answer",
    "done",
    "finished",
    "that's it from",
    "that's all have",
    "that's all i've got",
    "that's the end",
    "that was it",
    "that was all",
    "nothing else",
    "nothing add",
    "have nothing add",
    "nothing more add",
    "nothing more",
    "no more questions",
    "no questions",
    "no further questions",
    "no other questions",
    "no that's all",
    "no that's it",
    "no that's everything",
    "no thank",
    "no thanks",
    "no nothing else",
    "no more",
    "don't have any questions",
    "don't have any",
    "don't have any more questions",
    "no i'm good",
    "no good",
    "no i'm done",
    "no done",
    "don't so",
    "no don't so",
    "i've finished",
    "have finished",
    "all done",
    "that's all thank",
    "that's all thanks",
    "that's it thank",
    "that's it thanks",
    "no that's all thank",
    "no that's all thanks",
    "no that's it thank",
    "no that's it thanks",
    "no all good",
    "all good",
    "none",
    "no none",
    "have no questions",
    "have no more questions",
    "have no further questions",
];

const WAIT: &[&str] = &[
    "wait",
    "hold on",
    "hang on",
    "one second",
    "one sec",
    "a second",
    "a sec",
    "give a second",
    "give a sec",
    "give a moment",
    "give a minute",
    "give one second",
    "give one moment",
    "a moment",
    "one moment",
    "a minute",
    "one minute",
    "need a moment",
    "need a second",
    "need a minute",
    "have a moment",
    "have a second",
    "have a minute",
    "take a moment",
    "take a second",
    "take a minute",
    "bear with",
    "about that",
    "about it",
    "about that a second",
    "about that a moment",
    "about this",
    "a second about that",
    "a moment about that",
    "see",
    "still thinking",
    "thinking",
    "need",
    "need more time",
    "need some time",
    "wait a second",
    "wait a moment",
    "wait a minute",
];

const YES: &[&str] = &[
    "yes",
    "yep",
    "sure",
    "yes that help",
    "yes help",
    "yes thanks",
    "yes thank",
    "of course",
    "yes of course",
];

const NO: &[&str] = &[
    "no",
    "nope",
    "no it's fine",
    "no it's okay",
    "no fine",
    "no good",
    "no thanks",
    "no thank",
    "no need",
    "no got it",
    "it's fine",
    "it's okay",
    "no thinking",
    "no still thinking",
    "no that's fine",
    "no that's okay",
    "no i've got it",
];

/// What a whole utterance asks for, or `None` when it is not a request.
#[must_use]
pub fn understand(text: &str) -> Option<Request> {
    let words: Vec<String> = tokens(text)
        .into_iter()
        .map(|word| match word.as_str() {
            "cannot" => "can't".to_owned(),
            "im" => "i'm".to_owned(),
            "dont" => "don't".to_owned(),
            "thats" => "that's".to_owned(),
            _ => word,
        })
        .collect();
    if words.is_empty() || words.len() > WORDS_MAX {
        return None;
    }
    let plain: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !COURTESY.contains(word)).collect();
    if let Some(request) = PHRASES.get(&plain.join(" ")) {
        return Some(*request);
    }
    match words.join(" ").as_str() {
        "sorry" | "i'm sorry" | "oh sorry" | "um sorry" | "sorry sorry" => Some(Request::Repeat),
        "let me think" | "let me just think" | "just let me think" => Some(Request::Wait),
        "yeah" | "yes please" | "yeah please" | "please" | "please do" | "yes you could" => {
            Some(Request::Yes)
        }
        _ => None,
    }
}

/// Whether an utterance turns down the offer to ask something: it begins with a no and asks nothing.
#[must_use]
pub fn declines(text: &str) -> bool {
    let words = tokens(text);
    let plain = words.iter().find(|word| !COURTESY.contains(&word.as_str()));
    let no = plain.is_some_and(|word| {
        ["no", "nope", "nothing", "none", "not", "don't"].contains(&word.as_str())
    });
    let asks = ["what", "how", "who", "when", "where", "which", "why", "whether", "about"];
    let covered = words.iter().any(|word| word == "covered");
    (no || covered)
        && words.len() <= WORDS_MAX
        && !text.contains('?')
        && !words.iter().any(|word| asks.contains(&word.as_str()))
}

/// Every phrase without the words of courtesy, which are left out of what was said as well.
static PHRASES: LazyLock<HashMap<String, Request>> = LazyLock::new(|| {
    let tables: [(&[&str], Request); 8] = [
        (REPEAT, Request::Repeat),
        (LATER, Request::Later),
        (SKIP, Request::Skip),
        (STOP, Request::Stop),
        (DONE, Request::Done),
        (WAIT, Request::Wait),
        (YES, Request::Yes),
        (NO, Request::No),
    ];
    let mut phrases = HashMap::new();
    for (table, request) in tables {
        for phrase in table {
            let plain: Vec<&str> =
                phrase.split(' ').filter(|word| !COURTESY.contains(word)).collect();
            if !plain.is_empty() {
                // Where two tables share a phrase, the first one counts.
                phrases.entry(plain.join(" ")).or_insert(request);
            }
        }
    }
    phrases
});

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: Option<Request>, texts: &[&str]) {
        for text in texts {
            assert_eq!(understand(text), request, "{text}");
        }
    }

    #[test]
    fn requests_are_understood_in_many_wordings() {
        check(
            Some(Request::Repeat),
            &[
                "Could you repeat that?",
                "Sorry?",
                "I'm sorry, could you say that again please?",
                "Pardon?",
                "What was the question again?",
                "Sorry, I didn't catch that.",
                "Can you please repeat the question?",
                "Would you mind repeating the question?",
                "Can I hear the question again?",
            ],
        );
        check(
            Some(Request::Later),
            &[
                "Can I come back to that?",
                "Could we come back to this one later?",
                "Can we come back to that later, please?",
            ],
        );
        check(
            Some(Request::Skip),
            &[
                "Skip.",
                "Can we skip this one?",
                "Next question, please.",
                "I'd like to skip this question.",
                "Let's move on to the next question.",
                "I don't have an example of that.",
                "I can't think of anything.",
                "Pass.",
            ],
        );
        check(
            Some(Request::Stop),
            &[
                "Stop.",
                "I want to stop here.",
                "Can we end the interview?",
                "Let's stop the interview.",
                "I need to stop.",
            ],
        );
        check(
            Some(Request::Done),
            &[
                "That's all.",
                "I'm done.",
                "That's it.",
                "No, that's all, thank you.",
                "No more questions.",
                "I have nothing to add.",
            ],
        );
        check(
            Some(Request::Wait),
            &["Give me a second.", "Let me think about that.", "Hold on.", "Let me think."],
        );
        check(Some(Request::Yes), &["Yes, please.", "Sure.", "Yes."]);
        check(Some(Request::No), &["No.", "No, it's fine.", "No, I'm still thinking."]);
    }

    #[test]
    fn turning_down_the_offer_to_ask_is_told_from_a_question() {
        for text in [
            "No.",
            "No, I think you've covered everything.",
            "You covered it all already, thanks.",
            "I don't have any at the moment.",
            "Nothing from my side.",
            "Not right now.",
        ] {
            assert!(declines(text), "{text}");
        }
        for text in [
            "No wait, how large is the team?",
            "I'd love to know more about the team.",
            "Is there nothing you dislike here?",
            "What are the hours?",
        ] {
            assert!(!declines(text), "{text}");
        }
    }

    #[test]
    fn the_same_words_inside_an_answer_are_the_answer() {
        check(
            None,
            &[
                "I asked the customer to repeat that and wrote it down.",
                "We had to stop the line because the belt had torn.",
                "So the team decided to skip this one and ship the rest on Friday.",
                "Sorry for the customer, we moved on and rebuilt the importer.",
                "I said that's all we can do this week.",
                "We came back to that question later in the project.",
                "I led a team of four.",
                "",
            ],
        );
    }
}
