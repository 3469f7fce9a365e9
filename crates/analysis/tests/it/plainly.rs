//! Ordinary answers, as people give them: in few words, in general words, without marks, in a second
//! language. Written and labelled by a language model, apart from the anchors that thresholds were
//! set on; the labels are the levels that the rubric's anchors describe.

use crate::told::{Ask, free_question, kinds, overall, question, typed};

/// Judges an answer to a question of the bank, and holds its level against a range.
fn check(asked: &str, text: &str, expected: std::ops::RangeInclusive<f64>) -> Vec<String> {
    let report = Ask::default().report(&typed(question(asked), text));
    let level = overall(&report).expect("a level");
    assert!(expected.contains(&level), "{level}, not in {expected:?}: {text}");
    kinds(&report).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_short_story_in_four_parts_is_well_above_the_middle() {
    let text = "Last May our rowing club had lost its coach two weeks before the regatta. Nobody \
        wanted to decide who sat where. I drew up three crews, I rang each rower and asked what they \
        had rowed before, and I moved Priya to stroke because she kept the best time. We came second \
        of nine boats, and since then I ask everybody before I draw up a crew.";
    let own = free_question("Tell me about a time you led a team.");
    let report = Ask::default().report(&typed(&own, text));
    let level = overall(&report).expect("a level");
    assert!(level > 3.5, "{level}");
    for missed in ["no_situation", "no_task", "no_result", "no_lesson", "no_own_action"] {
        assert!(!kinds(&report).contains(&missed), "{missed}");
    }
}

#[test]
fn what_is_told_in_general_words_is_a_story_near_the_bottom_and_no_list() {
    for (asked, text) in [
        (
            "failure-own-mistake",
            "One time I made a mistake in a project, I didn't check something properly and it caused \
             some problems for the team. I was honest about it and I took responsibility and we \
             worked together to fix it. In the end everything was fine and I learned that you should \
             always double check your work.",
        ),
        (
            "customer-focus-unhappy-customer",
            "There was this customer who was very upset because his order was late. I stayed calm and \
             I listened to him and I apologized. I explained the situation and I made sure that he \
             got what he needed. He was happy in the end and he thanked me.",
        ),
        (
            "conflict-pushed-back-up",
            "My manager wanted us to do something in a way that I didn't agree with. I told him my \
             opinion respectfully and I gave him some arguments. He listened and in the end we found \
             a compromise. I think it is important to be honest with your boss but also to respect \
             the hierarchy.",
        ),
    ] {
        let kinds = check(asked, text, 1.5..=2.8);
        assert!(!kinds.iter().any(|kind| kind == "listed_words"), "{kinds:?}");
    }
}

#[test]
fn eloquence_without_anything_to_check_stays_low() {
    check(
        "ownership-nobodys-job",
        "I have always been somebody who takes full ownership of everything I touch. In my last role I \
         identified a significant gap in our processes and I proactively drove a transformational \
         initiative across multiple stakeholders. I aligned everybody around a shared vision, I \
         empowered the team to deliver, and I made sure that we stayed focused on what really matters. \
         As a result we achieved outstanding outcomes and significantly exceeded expectations, and \
         leadership recognised my contribution. It taught me that true ownership is about mindset.",
        1.0..=2.5,
    );
    check(
        "customer-focus-real-need",
        "Understanding what the customer truly needs is an art. I believe that behind every request \
         there is a deeper need, and my approach is to ask the right questions and to listen actively. \
         Over the years I have helped countless customers discover solutions that they did not even \
         know they needed, and they have always come back.",
        1.0..=1.8,
    );
}

#[test]
fn a_story_as_a_recogniser_writes_it_is_read_as_well() {
    check(
        "leadership-no-title",
        "so this was in twenty twenty one I was an intern at a logistics company and uh the team that \
         packed the returns had a new scanner and nobody used it um the supervisor was away for three \
         weeks and the returns were piling up we had about four hundred boxes on the floor so I wasn't \
         anyone's boss but I asked Marco who had been there the longest to show me why he didn't scan \
         and he said the scanner logs you out after every box so it's slower than writing so I timed \
         it it was forty seconds and I called the vendor and they told me there's a setting for that \
         and I asked the IT guy to change it and then I did the first fifty boxes next to Marco so the \
         others could see it by Friday the floor was clear and Marco trained the others himself uh if \
         I did it again I'd ask him on the first day instead of making a poster first",
        3.8..=5.0,
    );
}

#[test]
fn a_story_in_a_second_language_is_judged_by_what_it_tells() {
    check(
        "teamwork-far-apart",
        "I am from Brazil, and my team was two people in Recife and four in Dublin. The problem was \
         that we decide everything in the meeting at nine in Dublin, which is five in the morning for \
         us, so me and my colleague always hear the decisions after. In March they changed the \
         interface of the login and I worked three days on the old one. I was upset, but I didn't \
         write an angry mail. I made a small proposal, one page: every decision is written in one \
         document before it is valid, and we move the meeting to one o'clock. I spoke first with \
         Aoife, our lead, alone, because I didn't want that she feels attacked. She accepted to try \
         for one month. After this month we had no work done twice, I counted it, before there were \
         three cases in two months. They kept it, also now that I left the team. I should have said it \
         in January already, I waited too long.",
        3.8..=5.0,
    );
    check(
        "teamwork-struggling-member",
        "In my previous company there was one colleague, he was new and he had problems with the \
         reports. I saw that he was always late with them. So I talked with him and I offered my help, \
         and I explained him how to use the template. After some time he became better and he could \
         do it alone. The manager was satisfied.",
        1.9..=3.3,
    );
}

#[test]
fn nobody_acts_in_a_relative_clause_and_a_reason_belongs_to_its_own_clause() {
    let report = Ask::default().report(&typed(
        question("ownership-nobodys-job"),
        "At the food bank where I worked on Saturdays, families kept coming on the wrong day, because \
         the website gave a different one. I rang head office and I printed new posters. The next \
         month one family came for nothing instead of nine.",
    ));
    assert!(!kinds(&report).contains(&"no_situation") && !kinds(&report).contains(&"no_result"));
    assert!(kinds(&report).contains(&"no_reason"), "the reason is why families came");
    assert_eq!(report.feature("own_action_count"), Some(2.0));
}
