//! Answers told again in the candidate's own words, and the checker that no rewrite passes which adds
//! something. Both were written for these tests.

use analysis::{
    report::RewritePiece,
    retelling::{CutReason, Retelling, retell},
    support::{Fault, supported},
};
use interview::{StarPart, StarSpan, WordRange, word::words_of};

use crate::{
    metamorphic::development_texts,
    told::{Ask, QUESTION, STORY, VAGUE, question, typed},
};

const SOURCE: &str = "Last May our bakery lost nine orders a week. Nobody wrote the phone calls down. I asked Priya to sit by the phone, and I \
    made a sheet with one row for each order. We almost gave up after the first week. My manager did not want to pay for a tablet. \
    In the end the lost orders went from nine to one a week, and the customers stopped complaining.";

fn faults(rewrite: &str) -> Vec<Fault> {
    match supported(&words_of(SOURCE), rewrite) {
        Ok(_) => Vec::new(),
        Err(found) => found.into_iter().map(|one| one.fault).collect(),
    }
}

#[test]
fn rewrites_of_what_was_said_pass_and_say_where_each_phrase_is_from() {
    let good = [
        "Last May our bakery lost nine orders a week.",
        "Our bakery lost 9 orders a week. I asked Priya to sit by the phone.",
        "I made a sheet with one row for each order. [What had to be done?]",
        "The lost orders went from nine to one a week. [How could somebody tell?]",
        "My manager did not want to pay for a tablet.",
        "We almost gave up after the first week.",
    ];
    let words = words_of(SOURCE);
    for rewrite in good {
        let phrases =
            supported(&words, rewrite).unwrap_or_else(|found| panic!("{rewrite}: {found:?}"));
        assert!(!phrases.is_empty());
        for phrase in phrases {
            let from =
                interview::word::text_of(phrase.from.of(&words).expect("words of the source"));
            let first = phrase.text.split(' ').next_back().expect("a word").trim_matches('.');
            assert!(from.contains(first) || from.contains("nine"), "{} from {from}", phrase.text);
        }
    }
}

#[test]
fn rewrites_that_add_or_change_something_are_refused() {
    let bad = [
        ("Our bakery lost twelve orders a week.", Fault::Number),
        ("Our bakery lost 90 orders a week.", Fault::Number),
        ("The lost orders went from one to nine a week.", Fault::Number),
        ("I asked Marek to sit by the phone.", Fault::Name),
        ("The customers praised us, and sales doubled.", Fault::Fact),
        ("I negotiated a discount.", Fault::Fact),
        ("My manager did want to pay for a tablet.", Fault::Negation),
        ("I did not make a sheet. I asked Priya not to sit by the phone.", Fault::Negation),
        ("We gave up after the first week.", Fault::Qualifier),
        ("We made a sheet with one row for each order.", Fault::Actor),
        ("The customers paid for the sheet.", Fault::Fact),
        ("Priya stopped the customers.", Fault::Joined),
        ("I made a sheet. [Was it 40% less?]", Fault::Leading),
        ("I made a sheet. [because Tom told me to]", Fault::Fact),
    ];
    for (rewrite, fault) in bad {
        let found = faults(rewrite);
        assert!(found.contains(&fault), "{rewrite}: {found:?}");
    }
}

fn retold(text: &str) -> Option<Retelling> {
    let answer = typed(question(QUESTION), text);
    retell(&answer, &Ask::default().report(&answer))
}

#[test]
fn a_story_told_backwards_is_put_in_order_and_padding_goes() {
    let text = "By seven all forty guests had a room. In March I was running the front desk of a small hotel in Bath, and our booking \
        system went down. I printed the list from the night before, and I, um, I rang every guest who was due before six. \
        I printed the list from the night before. That's it.";
    let answer = typed(question(QUESTION), text);
    let mut report = Ask::default().report(&answer);
    // Which sentence is which part is not what is asked here.
    report.star =
        [(StarPart::Result, 0, 8), (StarPart::Situation, 8, 28), (StarPart::Action, 28, 56)]
            .into_iter()
            .map(|(part, first, end)| StarSpan { part, range: WordRange::new(first, end) })
            .collect();
    let told = retell(&answer, &report).expect("a story");
    let parts: Vec<StarPart> = told.parts.iter().map(|part| part.part).collect();
    let mut sorted = parts.clone();
    sorted.sort();
    assert_eq!(parts, sorted);
    let own = |part: StarPart| -> String {
        let pieces = told.parts.iter().filter(|one| one.part == part).flat_map(|one| &one.pieces);
        pieces
            .map(|piece| match piece {
                RewritePiece::Own { text, .. } => format!("{text} "),
                RewritePiece::Gap { question } => format!("[{question}] "),
            })
            .collect()
    };
    assert!(own(StarPart::Situation).contains("front desk"), "{told:?}");
    assert!(own(StarPart::Result).contains("forty guests"), "{told:?}");
    assert!(!own(StarPart::Action).contains("um,"), "{told:?}");
    assert!(own(StarPart::Reflection).starts_with('['), "{told:?}");
    let reasons: Vec<CutReason> = told.cut.iter().map(|cut| cut.reason).collect();
    assert!(reasons.contains(&CutReason::Repeated), "{:?}", told.cut);
    assert!(reasons.contains(&CutReason::Padding), "{:?}", told.cut);
}

#[test]
fn what_tells_no_story_is_not_told_again() {
    assert!(retold("").is_none() && retold("Yeah, it was fine.").is_none());
    assert!(retold("I think a good leader has to listen and should always be fair.").is_none());
}

#[test]
fn every_phrase_told_again_stands_in_the_answer_and_none_stands_twice() {
    let texts = development_texts();
    let mut stories = 0;
    for (id, text) in texts
        .iter()
        .map(|(id, text)| (id.as_str(), text.as_str()))
        .chain([("told", STORY), ("vague", VAGUE)])
    {
        let words = words_of(text);
        let Some(told) = retold(text) else { continue };
        stories += 1;
        let mut used = vec![false; words.len()];
        let ranges =
            told.parts.iter().flat_map(|part| &part.pieces).filter_map(|piece| match piece {
                RewritePiece::Own { range, text } => {
                    assert_eq!(
                        *text,
                        interview::word::text_of(range.of(&words).expect("its words")),
                        "{id}"
                    );
                    Some(*range)
                }
                RewritePiece::Gap { question } => {
                    assert!(
                        question.ends_with('?') && !question.contains(char::is_numeric),
                        "{id}"
                    );
                    None
                }
            });
        for range in ranges.chain(told.cut.iter().map(|cut| cut.range)) {
            for used in &mut used[range.first..range.end] {
                assert!(!*used, "{id}: {told:?}");
                *used = true;
            }
        }
    }
    assert!(stories * 2 > texts.len(), "{stories} of {}", texts.len());
}

#[test]
fn an_amount_and_the_first_sentence_are_never_cut_for_telling_no_part() {
    let text = "Last spring at my company we were about to migrate our billing service, and my colleague \
                wanted to switch everything over in one night. I thought that was too risky because there \
                was no way back. So I asked her for half an hour and I wrote a one-page comparison of the \
                two plans. On the second day my script found that discounts were rounded differently, about \
                four thousand invoices would have been wrong. We finished the migration in six days \
                without a single complaint.";
    let answer = typed(question(QUESTION), text);
    let told = retell(&answer, &Ask::default().report(&answer)).expect("a story");
    let own: Vec<&str> = told
        .parts
        .iter()
        .flat_map(|part| &part.pieces)
        .filter_map(|piece| match piece {
            RewritePiece::Own { text, .. } => Some(text.as_str()),
            RewritePiece::Gap { .. } => None,
        })
        .collect();
    for kept in ["Last spring", "four thousand invoices"] {
        assert!(own.iter().any(|text| text.contains(kept)), "{kept}: {told:#?}");
    }
}
