//! Features, findings, rewrites and comparisons on answers whose properties are known.

use analysis::{AnswerType, NoFiller, Relevance, Sound, Verdict, compare, lacks};
use interview::{Evidence, Lack, LeftOut, Mode, Span, StarPart, word::words_of};

use crate::told::{
    Ask, QUESTION, STORY, VAGUE, free_question, kinds, levels, overall, question, report, spoken,
    typed,
};

#[test]
fn a_told_story_is_read_part_by_part() {
    let report = report(STORY);
    assert_eq!(report.answer_type, Some(AnswerType::Story));
    let words = words_of(STORY);
    let part = |part: StarPart| -> String {
        let spans = report.star.iter().filter(|span| span.part == part);
        let texts: Vec<String> =
            spans.filter_map(|span| span.range.of(&words)).map(interview::word::text_of).collect();
        texts.join(" | ")
    };
    assert!(part(StarPart::Situation).contains("front desk"), "{}", part(StarPart::Situation));
    assert!(part(StarPart::Task).contains("check in forty guests"), "{}", part(StarPart::Task));
    assert!(part(StarPart::Action).contains("I printed the list"), "{}", part(StarPart::Action));
    assert!(
        part(StarPart::Result).contains("all forty guests had a room"),
        "{}",
        part(StarPart::Result)
    );
    assert!(
        part(StarPart::Reflection).contains("Since then I print"),
        "{}",
        part(StarPart::Reflection)
    );
}

#[test]
fn the_story_is_above_its_vague_sentence_and_the_reasons_are_named() {
    let (told, vague) = (report(STORY), report(VAGUE));
    let difference = overall(&told).expect("a level") - overall(&vague).expect("a level");
    assert!(difference >= 1.0, "{difference}");
    let (strong, weak) = (kinds(&told), kinds(&vague));
    assert!(strong.contains(&"own_actions") && strong.contains(&"result_counted"), "{strong:?}");
    assert!(weak.contains(&"vague_result") && weak.contains(&"no_own_action"), "{weak:?}");
    assert!(strong.iter().all(|kind| !weak.contains(kind)), "{strong:?} {weak:?}");
}

#[test]
fn silence_is_not_judged_and_a_word_is_no_answer() {
    let silence = report("");
    assert!(silence.overall.is_none() && silence.findings.is_empty() && silence.strength.is_none());
    assert!(silence.judgements.iter().all(|judgement| judgement.level.is_none()));
    let fine = report("It was fine.");
    assert_eq!(overall(&fine), Some(1.0));
    assert!(fine.strength.is_none());
    assert_eq!(kinds(&fine), ["too_short"]);
}

#[test]
fn an_embedding_tells_an_answer_to_another_question() {
    let holiday = "Last summer I went to Portugal with my sister. We rented a car in Lisbon and drove \
                   down the coast for nine days. I booked the rooms, because she had booked them the \
                   year before, and I cooked on most evenings. In the end we had three hundred photos \
                   and a sunburn.";
    let answer =
        typed(&free_question("Tell me about a time you calmed an angry customer."), holiday);
    let far = Relevance { answer: 0.05, sentences: vec![0.04, 0.1, 0.02, 0.05], others: None };
    let report = Ask { relevance: Some(&far), ..Ask::default() }.report(&answer);
    assert!(overall(&report).expect("a level") <= 2.0);
    assert_eq!(kinds(&report).first(), Some(&"off_question"));
    let blind = Ask::default().report(&answer);
    let relevance = blind.judgement("relevance").expect("a judgement");
    assert_eq!(relevance.level, None, "without an embedding or vocabulary it cannot be told");
}

#[test]
fn what_lacks_is_asked_for() {
    let question = question(QUESTION);
    let lacking = |text: &str| lacks(&words_of(text), question, None);
    assert_eq!(lacking(STORY), []);
    let fine = lacking("Yes, it was fine.");
    assert!(fine.contains(&Lack::Specifics) && fine.contains(&Lack::Result));
    let open = "Last May our printer broke an hour before the fair in Leeds. I rang a copy shop on \
                Park Row and drove there with the posters, because nobody else had a car.";
    assert_eq!(lacking(open), [Lack::Result]);
    let far = lacks(&words_of(open), question, Some(0.02));
    assert_eq!(far.first(), Some(&Lack::Relevance));
}

#[test]
fn lacks_are_found_while_somebody_talks() {
    let words: Vec<_> = words_of(STORY).into_iter().cycle().take(300).collect();
    let begun = std::time::Instant::now();
    for _ in 0..20 {
        assert!(!lacks(&words, question(QUESTION), Some(0.4)).contains(&Lack::OwnAction));
    }
    // Five times the aim, so that a busy machine does not fail it.
    assert!(begun.elapsed().as_millis() / 20 < 25, "{:?}", begun.elapsed() / 20);
}

#[test]
fn rewrites_hold_the_candidates_own_words_and_questions_only() {
    let texts = [
        VAGUE,
        "I think a good leader has to listen to people and should always be fair to \
                 everybody in the team, because trust is the most important thing of all.",
    ];
    for text in texts {
        let report = report(text);
        assert!((1..=2).contains(&report.priorities.len()));
        for priority in &report.priorities {
            assert!(!priority.clip.is_empty() && priority.plan.starts_with("If "));
            for piece in &priority.rewrite.pieces {
                match piece {
                    analysis::report::RewritePiece::Own { range, text } => {
                        let words = words_of(&texts.join(" "));
                        assert!(interview::word::text_of(&words).contains(text.as_str()));
                        assert!(!range.is_empty());
                    }
                    analysis::report::RewritePiece::Gap { question } => {
                        assert!(question.ends_with('?') && !question.contains(char::is_numeric));
                    }
                }
            }
        }
    }
}

#[test]
fn pace_is_measured_in_windows_and_told_where_it_runs() {
    let long = [STORY, STORY, STORY].join(" ");
    let fast = Ask::default().report(&spoken(question(QUESTION), &long, 240.0));
    assert!((fast.feature("pace_wpm").expect("a pace") - 240.0).abs() < 8.0);
    assert!(fast.pace.iter().all(|window| (window.wpm - 240.0).abs() < 30.0));
    let finding = fast.findings.iter().find(|finding| finding.kind.0 == "pace_fast");
    let Some(Evidence::Audio { span }) = finding.map(|finding| &finding.evidence[0]) else {
        panic!("an interval of the sound")
    };
    assert!(span.seconds() >= 20.0);
    let usual = Ask::default().report(&spoken(question(QUESTION), &long, 150.0));
    assert!(!kinds(&usual).iter().any(|kind| kind.starts_with("pace_")));
}

#[test]
fn who_speaks_how_fast_is_told_only_where_speech_and_silence_are_told_apart() {
    let answer = spoken(question(QUESTION), STORY, 150.0);
    let mut sound = Sound { voiced: answer.span.into_iter().collect(), ..Sound::default() };
    let clear = Ask { sound: Some(&sound), ..Ask::default() }.report(&answer);
    assert!(clear.feature("articulation_sps").is_some());
    let why = "a narrow band".to_owned();
    sound.left_out = vec![LeftOut { what: "articulation_sps".to_owned(), why }];
    let unclear = Ask { sound: Some(&sound), ..Ask::default() }.report(&answer);
    assert!(unclear.feature("articulation_sps").is_none() && unclear.feature("pace_wpm").is_some());
    assert!(unclear.left_out.iter().any(|one| one.what == "articulation_sps"));
}

#[test]
fn a_typed_answer_has_no_pace_and_no_fillers() {
    let report = report("So, um, I mean, you know, it was, like, fine, um, basically.");
    assert!(report.fillers.is_empty() && report.feature("fillers_per_100").is_none());
    let mut answer = typed(question(QUESTION), "So, um, I called, you know, the client.");
    answer.mode = Mode::Spoken;
    let spoken = Ask::default().report(&answer);
    assert_eq!(spoken.feature("fillers_um_count"), Some(1.0));
    assert_eq!(spoken.feature("fillers_lexical_count"), Some(2.0));
}

#[test]
fn the_same_words_again_are_noticed_and_worded_by_take() {
    let first = typed(question(QUESTION), STORY);
    let mut second = typed(question(QUESTION), STORY);
    second.attempt = 2;
    let earlier = [&first];
    let report = Ask { earlier: &earlier, ..Ask::default() }.report(&second);
    let finding = report.findings.iter().find(|finding| finding.kind.0 == "rehearsed");
    assert_eq!(finding.expect("a finding").claim, "Nearly the same words as take 1.");
}

#[test]
fn a_retake_is_a_better_answer_and_never_an_improvement() {
    let (vague, told) = (report(VAGUE), report(STORY));
    let comparison = compare(&vague, &told);
    assert_eq!(comparison.verdict, Verdict::BetterAnswer);
    assert!(comparison.line.starts_with("A better answer"));
    assert!(comparison.changes.iter().any(|change| change.better == Some(true)
        && !change.earlier.is_empty()
        && !change.later.is_empty()));
    assert_eq!(compare(&told, &told).verdict, Verdict::NoClearDifference);
    assert_eq!(compare(&told, &vague).verdict, Verdict::EarlierWasBetter);
    let json = serde_json::to_string(&comparison).expect("json");
    assert!(!json.to_lowercase().contains("improve"));
}

#[test]
fn endings_openings_and_returns_are_found() {
    let weak = format!("That's a good question, let me think. {STORY} So yeah.");
    let found = report(&weak);
    assert!(kinds(&found).contains(&"weak_opening") && kinds(&found).contains(&"trailing_end"));
    assert!(!kinds(&report(STORY)).contains(&"weak_opening"));
    let again = format!(
        "{STORY} I printed the list from the night before, because that was the last \
                         thing we knew to be right."
    );
    assert!(kinds(&report(&again)).contains(&"returns_to_point"));
}

#[test]
fn what_the_candidate_strikes_out_keeps_its_place_and_is_counted_nowhere() {
    let said = STORY
        .replace(" the ", " um the ")
        .replace(" and ", " um and ")
        .replace(" I ", " I, you know, ");
    let answer = spoken(question(QUESTION), &said, 150.0);
    let all = Ask::default().report(&answer);
    assert!(kinds(&all).contains(&"fillers_frequent"), "{:?}", kinds(&all));
    let struck: Vec<NoFiller> = all
        .fillers
        .iter()
        .map(|filler| NoFiller {
            text: filler.text.clone(),
            // Heard again, everything lies a little elsewhere.
            span: filler.span.map(|span| Span::new(span.start_us + 90_000, span.end_us + 90_000)),
            word: filler.range.map(|range| range.first + 1),
        })
        .collect();
    let none = Ask { no_fillers: &struck, ..Ask::default() }.report(&answer);
    assert!(none.fillers.iter().all(|filler| filler.struck));
    assert_eq!(none.fillers.len(), all.fillers.len());
    assert_eq!(none.feature("fillers_per_100"), Some(0.0));
    assert!(!kinds(&none).contains(&"fillers_frequent"));
    assert_eq!(levels(&none), levels(&all));
    assert_ne!(none.input_sha256, all.input_sha256);
    let but_one = Ask { no_fillers: &struck[1..], ..Ask::default() }.report(&answer);
    assert_eq!(but_one.fillers.iter().filter(|filler| !filler.struck).count(), 1);
}
