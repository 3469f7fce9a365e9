//! What the interviewer says next: the plan's flow.

use interview::{Lack, Us, persona::Occasion};

use super::{
    Conversation,
    state::{Draft, Floor, OpenAnswer, Place, Probed, Target, Then},
};
use crate::{
    action::{Action, AnswerRef, CloseReason, EndReason, LineKind, Part},
    lines::{BEGINNING, LEADING_ON},
    probe::{Phrased, check_probe, phrase},
    wording::{is_before_content, word_count},
};

/// How long a decision waits to hear what the answer lacks, microseconds.
const LACKS_US: Us = 400_000;

/// How long a reply from the notes is waited for, microseconds.
const NOTES_US: Us = 6_000_000;

/// The most of the candidate's own questions that are answered.
const REPLIES_MAX: u32 = 5;

/// The most wishes for a language model's probe in one answer, prepared ones kept, and the words that
/// have to come in between.
const WISHES_MAX: u32 = 6;
const PREPARED_MAX: usize = 6;
const WISH_WORDS: usize = 15;

/// An answer below this many words is taken for unspecific when nobody has looked at it.
const SHORT_WORDS: usize = 25;

/// The longest passage that is read from the notes, characters.
const NOTES_CHARS_MAX: usize = 600;

impl OpenAnswer {
    /// Everything said in closed turns.
    pub(super) fn said_text(&self) -> String {
        self.said.join(" ")
    }

    /// Whether anything of content was said in closed turns.
    pub(super) fn has_content(&self) -> bool {
        self.said.iter().any(|text| !is_before_content(text))
    }
}

impl Conversation {
    pub(super) fn start(&mut self, out: &mut Vec<Action>) {
        if self.place != Place::Ready || self.floor != Floor::Nobody {
            return;
        }
        let mut drafts: Vec<Draft> = self.line(Occasion::Greeting).into_iter().collect();
        let warm_up = self.plan.format.warm_up.then(|| self.line(Occasion::WarmUp)).flatten();
        match warm_up {
            Some(mut warm_up) => {
                warm_up.part = Some(Part::WarmUp);
                drafts.push(warm_up);
                self.lead_to(drafts, Place::WarmUp, CloseReason::Answered, None, out);
            }
            None => self.next(drafts, CloseReason::Answered, None, out),
        }
    }

    /// Speaks, and then listens (or, one-way, lets prepare) at a place.
    fn lead_to(
        &mut self,
        drafts: Vec<Draft>,
        place: Place,
        close: CloseReason,
        quiet_from_us: Option<Us>,
        out: &mut Vec<Action>,
    ) {
        let target = Target { place, probe: None, close, asked: drafts.last().cloned() };
        let then = if self.is_one_way() { Then::Prepare(target) } else { Then::Listen(target) };
        self.speak(drafts, then, quiet_from_us, out);
    }

    /// Goes to the next question, to the candidate's own questions, or to the end.
    pub(super) fn next(
        &mut self,
        mut drafts: Vec<Draft>,
        close: CloseReason,
        quiet_from_us: Option<Us>,
        out: &mut Vec<Action>,
    ) {
        let upcoming = self.upcoming.front().copied();
        if let Some((item, text)) =
            upcoming.and_then(|item| Some((item, self.question_text(item)?.to_owned())))
        {
            let part = Some(Part::Item(item));
            let question = Draft { text, line: LineKind::Question, part, own_words: false };
            drafts.push(question);
            self.lead_to(drafts, Place::Item(item), close, quiet_from_us, out);
        } else if self.plan.format.candidate_questions
            && !self.is_one_way()
            && self.place != Place::CandidateQuestions
            && let Some(mut invite) = self.line(Occasion::InviteQuestions)
        {
            invite.part = Some(Part::CandidateQuestions);
            drafts.push(invite);
            self.lead_to(drafts, Place::CandidateQuestions, close, quiet_from_us, out);
        } else {
            let lead = drafts.pop();
            self.close(close, lead, out);
        }
    }

    /// What comes between the answer that ends here and what follows it. In front of the candidate's
    /// own questions or the goodbye, an acknowledgement would be one phrase too many.
    fn lead(&mut self, close: CloseReason) -> Option<Draft> {
        let occasion = match (close, self.place) {
            (CloseReason::TimeUp, _) => Occasion::TimeUp,
            (CloseReason::Skipped | CloseReason::Silent | CloseReason::Deferred, _) => {
                Occasion::MoveOn
            }
            (_, Place::WarmUp) => Occasion::FirstQuestion,
            _ => Occasion::Acknowledgement,
        };
        match (self.upcoming.is_empty(), occasion) {
            (false, occasion) => self.line(occasion),
            (true, Occasion::TimeUp) => self.line_without(occasion, LEADING_ON),
            (true, _) => None,
        }
    }

    /// Ends the answer here and goes on with what follows it.
    pub(super) fn leave(
        &mut self,
        close: CloseReason,
        quiet_from_us: Option<Us>,
        out: &mut Vec<Action>,
    ) {
        let lead = self.lead(close).into_iter().collect();
        self.next(lead, close, quiet_from_us, out);
    }

    /// A turn with content is over: finds out what the answer lacks, where that matters.
    pub(super) fn reply(&mut self, quiet_from_us: Us, out: &mut Vec<Action>) {
        let Some(open) = &self.answer else {
            self.leave(CloseReason::Answered, Some(quiet_from_us), out);
            return;
        };
        if matches!(self.place, Place::Item(_)) && self.may_probe(open) {
            out.push(Action::WantLacks { answer: open.answer });
            self.floor = Floor::Deciding { until_us: self.now_us + LACKS_US, quiet_from_us };
        } else if self.place == Place::CandidateQuestions {
            self.look_up(out);
        } else {
            self.leave(CloseReason::Answered, Some(quiet_from_us), out);
        }
    }

    /// Decides between a probe and the next question.
    pub(super) fn go_on(&mut self, quiet_from_us: Us, out: &mut Vec<Action>) {
        let probe = self.answer.as_ref().and_then(|open| self.lack_to_probe(open));
        let Some((lack, phrased)) = probe.and_then(|lack| Some((lack, self.phrase_probe(lack)?)))
        else {
            self.leave(CloseReason::Answered, Some(quiet_from_us), out);
            return;
        };
        let draft = Draft {
            text: phrased.text.clone(),
            line: LineKind::Probe,
            part: self.place.part(),
            own_words: phrased.own_words,
        };
        let target = Target {
            place: self.place,
            probe: Some(Probed { lack, text: phrased.text }),
            close: CloseReason::Answered,
            asked: Some(draft.clone()),
        };
        self.speak(vec![draft], Then::Listen(target), Some(quiet_from_us), out);
    }

    fn may_probe(&self, open: &OpenAnswer) -> bool {
        let format = &self.plan.format;
        open.probes.len() < format.probes_max as usize
            && self.held_us() < Us::from(format.answer_nudge_s) * 1_000_000
            && !self.is_one_way()
    }

    /// What a probe would ask for now: the first lack, in the order in which probes prefer them, that
    /// was not asked for yet.
    fn lack_to_probe(&self, open: &OpenAnswer) -> Option<Lack> {
        if !self.may_probe(open) {
            return None;
        }
        let unseen = || {
            let short = word_count(&open.said_text()) < SHORT_WORDS;
            if short { vec![Lack::Specifics] } else { Vec::new() }
        };
        let lacks = open.lacks.clone().unwrap_or_else(unseen);
        Lack::ALL.into_iter().find(|lack| {
            lacks.contains(lack) && open.probes.iter().all(|probe| probe.lack != *lack)
        })
    }

    /// The probe for a lack: a language model's if one was prepared and still passes, else a template
    /// with the candidate's own words. `None` when everything there is was said already.
    fn phrase_probe(&mut self, lack: Lack) -> Option<Phrased> {
        let Place::Item(item) = self.place else { return None };
        let question = &self.plan.items.get(item as usize)?.question;
        let open = self.answer.as_ref()?;
        let said = open.said_text();
        let asked: Vec<&str> = open.probes.iter().map(|probe| probe.text.as_str()).collect();
        let prepared = open.prepared.iter().rev().find(|probe| {
            probe.lack == lack && check_probe(&probe.text, &question.text, &said, &asked).is_ok()
        });
        if let Some(probe) = prepared {
            return Some(Phrased { text: probe.text.clone(), own_words: true });
        }
        if let Some(phrased) = phrase(question, lack, &said, &asked, self.seed) {
            return Some(phrased);
        }
        let line = self.line(Occasion::Probe)?;
        let open = self.answer.as_ref()?;
        let fresh = open.probes.iter().all(|probe| probe.text != line.text);
        fresh.then_some(Phrased { text: line.text, own_words: false })
    }

    pub(super) fn on_lacks(&mut self, answer: AnswerRef, lacks: Vec<Lack>, out: &mut Vec<Action>) {
        let Some(open) = self.answer.as_mut().filter(|open| open.answer == answer) else { return };
        open.lacks = Some(lacks);
        match self.floor {
            Floor::Deciding { quiet_from_us, .. } => self.go_on(quiet_from_us, out),
            Floor::Listening(_) => self.wish_for_probe(out),
            _ => {}
        }
    }

    /// While the candidate still talks: lets the likeliest follow-up be phrased and spoken ahead.
    fn wish_for_probe(&mut self, out: &mut Vec<Action>) {
        let (Floor::Listening(listening), Some(open)) = (&self.floor, &self.answer) else { return };
        let Place::Item(item) = self.place else { return };
        let said = format!("{} {}", open.said_text(), listening.text).trim().to_owned();
        let words = word_count(&said);
        let Some(lack) = self.lack_to_probe(open) else { return };
        let wished_before = open.wished.is_some_and(|(before, at)| {
            (before == lack && words < at + 2 * WISH_WORDS) || words < at + WISH_WORDS / 2
        });
        if words < WISH_WORDS || wished_before || open.wishes >= WISHES_MAX {
            return;
        }
        let answer = open.answer;
        let Some(question) = self.plan.items.get(item as usize).map(|item| &item.question) else {
            return;
        };
        let asked: Vec<&str> = open.probes.iter().map(|probe| probe.text.as_str()).collect();
        if let Some(phrased) = phrase(question, lack, &said, &asked, self.seed) {
            let own_words = phrased.own_words;
            out.push(Action::Prepare { lines: vec![phrased.text], own_words });
        }
        out.push(Action::WantProbe { answer, lack, question: question.text.clone(), said });
        if let Some(open) = &mut self.answer {
            open.wished = Some((lack, words));
            open.wishes += 1;
        }
    }

    pub(super) fn on_prepared(&mut self, answer: AnswerRef, lack: Lack, text: &str) {
        let Place::Item(item) = self.place else { return };
        let Some(question) = self.question_text(item).map(str::to_owned) else { return };
        let turn = match &self.floor {
            Floor::Listening(listening) => listening.text.clone(),
            _ => String::new(),
        };
        let Some(open) = self.answer.as_mut().filter(|open| open.answer == answer) else { return };
        let said = format!("{} {turn}", open.said_text());
        let asked: Vec<&str> = open.probes.iter().map(|probe| probe.text.as_str()).collect();
        let text = text.trim().trim_matches('"').to_owned();
        if check_probe(&text, &question, &said, &asked).is_ok()
            && open.prepared.len() < PREPARED_MAX
        {
            open.prepared.push(Probed { lack, text });
        }
    }

    /// Asks again what was asked last, after a line for the occasion, and listens where it was.
    pub(super) fn ask_again(&mut self, occasion: Occasion, out: &mut Vec<Action>) {
        let Some(asked) = self.asked.clone() else {
            return self.remark(occasion, out);
        };
        let place = self.place;
        let lead = self.lines.choose(&self.plan, self.seed, occasion, Some(&asked.text), &[]);
        let mut drafts = Vec::new();
        match lead {
            Some(lead) if lead.holds_question => drafts.push(Draft { text: lead.text, ..asked }),
            Some(lead) => {
                let line = occasion.into();
                drafts.push(Draft { text: lead.text, line, part: asked.part, own_words: false });
                drafts.push(asked);
            }
            None => drafts.push(asked),
        }
        if let Some(open) = &mut self.answer {
            open.repeat_offered = false;
        }
        let target = Target::here(place);
        self.speak(drafts, Then::Listen(target), None, out);
    }

    /// Says a line without asking anything new, and goes on listening.
    pub(super) fn remark(&mut self, occasion: Occasion, out: &mut Vec<Action>) {
        let begun = self.answer.as_ref().is_some_and(OpenAnswer::has_content)
            || self.place == Place::CandidateQuestions;
        let unfit = if begun { BEGINNING } else { &[] };
        let drafts: Vec<Draft> = self.line_without(occasion, unfit).into_iter().collect();
        let target = Target::here(self.place);
        self.speak(drafts, Then::Listen(target), None, out);
    }

    /// Puts this question off; when it is the last, or was put off before, it is left out.
    pub(super) fn defer(&mut self, out: &mut Vec<Action>) {
        let Place::Item(item) = self.place else {
            self.leave(CloseReason::Skipped, None, out);
            return;
        };
        if self.upcoming.is_empty() || self.deferred.contains(&item) {
            self.leave(CloseReason::Skipped, None, out);
            return;
        }
        self.deferred.push(item);
        // On arrival at the next question this one goes behind all others; until then a take-over
        // finds it where it was.
        self.leave(CloseReason::Deferred, None, out);
    }

    /// Looks the candidate's question up in the notes.
    pub(super) fn look_up(&mut self, out: &mut Vec<Action>) {
        let Some(open) = &self.answer else { return };
        let question = open.said[open.replied_turns.min(open.said.len())..].join(" ");
        out.push(Action::LookUpNotes { question });
        self.floor = Floor::LookingUp { until_us: self.now_us + NOTES_US };
    }

    pub(super) fn on_notes(&mut self, notes: Option<String>, out: &mut Vec<Action>) {
        if !matches!(self.floor, Floor::LookingUp { .. }) {
            return;
        }
        let notes = notes.map(|notes| notes.trim().to_owned()).filter(|notes| !notes.is_empty());
        let mut drafts = Vec::new();
        match notes {
            Some(notes) => {
                drafts.extend(self.line(Occasion::FromNotes));
                let text = notes.chars().take(NOTES_CHARS_MAX).collect();
                let part = self.place.part();
                drafts.push(Draft { text, line: LineKind::Notes, part, own_words: true });
            }
            None => drafts.extend(self.line(Occasion::NotInNotes)),
        }
        let replies = match &mut self.answer {
            Some(open) => {
                open.replies += 1;
                open.replied_turns = open.said.len();
                open.prompts = 0;
                open.replies
            }
            None => REPLIES_MAX,
        };
        if replies >= REPLIES_MAX {
            self.close_answer(CloseReason::Answered, out);
            self.place = Place::Closing;
            drafts.extend(self.line(Occasion::Closing));
            self.speak(drafts, Then::End(EndReason::Completed), None, out);
            return;
        }
        if let Some(anything_else) = self.line(Occasion::AnythingElse) {
            drafts.push(anything_else);
        }
        let place = self.place;
        self.lead_to(drafts, place, CloseReason::Answered, None, out);
    }
}
