/**
 * Reports of the scripted server. The answers and everything said about them are samples written and
 * labelled by a language model for looking at pages: nobody gave them, and nothing here judges.
 */

import { idOf } from './fake-server.mjs';

const ASKED = [
  {
    question: 'Tell me about a disagreement with somebody you had to go on working with.',
    text: `Last spring our ferry timetable had to be rebuilt, because the harbour closed one berth for repairs. The operations lead wanted to cancel the evening sailings, and I disagreed, since commuters had no other way home. So, um, I asked for two days. I pulled the passenger counts for the last three months, and I called the four employers whose shifts end after seven. We then sat down and looked at it together. In the end we agreed on something.`,
    probe: {
      after: 'looked at it together.',
      text: 'What did you agree on, and how did it turn out?',
    },
    more: `Well, we kept two of the three evening sailings, basically, and we moved one. I think people were happy with it. I guess it worked out in the end, and we still work together.`,
  },
  {
    question: 'Tell me about something you took on although nobody had asked you to.',
    text: `Our support inbox had no owner in January. I noticed that the same nine questions came in every week, so I wrote a short answer for each, tested them with two colleagues from the ticket desk, and put them on the website. Within six weeks the inbox went from about eighty mails a week to thirty. What I took from it is to count first and to write second, and I do that with every new queue now.`,
  },
  {
    question: 'Describe a problem that others had given up on, and what you did about it.',
    text: `I am somebody who never gives up, really. When there is a problem I usually look at it from every side, and I talk to people, and then we find a way. You know, there is always a way if you communicate well.`,
  },
];

const RETOLD = `Last spring the harbour closed one berth, and our operations lead wanted to cancel the evening sailings. I disagreed, because two hundred and ten commuters had no other way home. I asked for two days, pulled the passenger counts for three months, and called the four employers whose shifts end after seven. I proposed to keep two of the three sailings and to move the last one to a quarter past nine. She agreed to try it for a month. After that month we had lost eleven passengers instead of the hundred and forty she expected, and she asked me to plan the autumn with her. Since then I bring the counts to the first talk, not to the second.`;

const S = 1_000_000;

/** Words with times, as somebody speaks who breathes at commas and stops. */
function speak(text, start) {
  let at = start;
  return text.split(/\s+/).map((word) => {
    const length = (0.12 + 0.055 * word.length) * S;
    const begin = at;
    at += length + (/[.]$/.test(word) ? 0.9 : /,$/.test(word) ? 0.42 : 0.05) * S;
    return { text: word, start_us: Math.round(begin), end_us: Math.round(begin + length) };
  });
}

/** The words of an answer, and what points at them. */
class Told {
  constructor(id, words, spoken = true) {
    this.id = id;
    this.words = spoken ? words : words.map(({ text }) => ({ text, start_us: null, end_us: null }));
  }

  /** Evidence for words that stand in the answer; throws if they do not. */
  quote(text) {
    const wanted = text.split(' ');
    const bare = (word) => word.replace(/[.,]/g, '');
    const first = this.words.findIndex((_, i) =>
      wanted.every((word, n) => bare(this.words[i + n]?.text ?? '') === bare(word)),
    );
    if (first < 0) throw new Error(`“${text}” is not in the sample`);
    const end = first + wanted.length;
    return {
      answer: this.id,
      first_word: first,
      end_word: end,
      quote: this.words
        .slice(first, end)
        .map((word) => word.text)
        .join(' '),
      looked_for: null,
      start_us: this.words[first].start_us,
      end_us: this.words[end - 1].end_us,
    };
  }

  absence(lookedFor) {
    return {
      answer: this.id,
      first_word: 0,
      end_word: this.words.length,
      quote: null,
      looked_for: lookedFor,
      start_us: this.words[0].start_us,
      end_us: this.words.at(-1).end_us,
    };
  }
}

const point = (kind, claim, why, evidence, { strength = false, convention = false } = {}) => ({
  kind,
  claim,
  why,
  strength,
  convention,
  evidence,
});

const ANCHORS = {
  one: 'No ending is told, or one that could be said of anything.',
  three: 'It is told how it ended, in words that fit only this story.',
  five: 'The ending can be checked, and it is told what changed because of it.',
};

function level(criterion, name, value, evidence, reason, coverage = { answered: 1, asked: 1 }) {
  const known = value !== null;
  return {
    criterion,
    name,
    level: value,
    low: known ? Math.max(1, value - 0.7) : null,
    high: known ? Math.min(5, value + 0.7) : null,
    judge: 'rules 1',
    reason,
    evidence,
    coverage,
    edited: false,
    anchors: criterion === 'overall' ? null : ANCHORS,
    also: [],
  };
}

/** The same levels with those of a language model beside them: every second without one. */
export function withModel(levels) {
  const details = {
    sha256: '7e1d'.repeat(16),
    fingerprint: null,
    prompt_version: '1',
    prompt_sha256: '52c9'.repeat(16),
    calls: 3,
  };
  return levels.map((own, i) => {
    const silent = i % 2 === 1 || own.level === null;
    const value = Math.max(1, Math.round(own.level ?? 1) - 1);
    return {
      ...own,
      also: [
        {
          kind: 'model',
          judge: 'qwen-1.5b@7e1d7e1d',
          level: silent ? null : value,
          low: silent ? null : Math.max(1, value - 1.8),
          high: silent ? null : Math.min(5, value + 1.8),
          reason: silent
            ? 'It quoted words that were not said, so its level is not used.'
            : `Asked 3 times, it gave ${value}, ${value}, ${value}; the middle one counts.`,
          evidence: silent ? [] : own.evidence,
          model: details,
        },
      ],
    };
  });
}

const feature = (name, label, value, unit, remark = null, convention = false) => ({
  name,
  label,
  value,
  unit,
  remark,
  convention,
});

/** Curves that look like those of a voice. */
function curves(words) {
  const [start, end] = [words[0].start_us, words.at(-1).end_us];
  const pauses = words.slice(1).flatMap((word, i) => {
    const from = words[i].end_us;
    return word.start_us - from >= 0.25 * S ? [{ start_us: from, end_us: word.start_us }] : [];
  });
  const wave = (step, low, high, speed) => {
    const samples = [];
    for (let at = start; at < end; at += step) {
      const turn = (at - start) / S;
      const share = 0.5 + 0.35 * Math.sin(turn / speed) + 0.15 * Math.sin(turn * 2.3 + speed);
      samples.push({ at_us: Math.round(at), value: low + (high - low) * share });
    }
    return samples;
  };
  const silent = (at) => pauses.some((pause) => at >= pause.start_us && at < pause.end_us);
  return {
    start_us: start,
    end_us: end,
    pace: wave(2 * S, 118, 176, 6),
    loudness: wave(0.25 * S, -7, 6, 1.7).filter(({ at_us }) => !silent(at_us)),
    pitch: wave(0.1 * S, -3, 4, 0.9).filter(({ at_us }) => !silent(at_us)),
    pauses,
  };
}

const numbers = (words, pace) => [
  feature('word_count', 'words', words.length, 'count'),
  feature(
    'length_s',
    'length',
    (words.at(-1).end_us - words[0].start_us) / S,
    'seconds',
    'Most coaches advise one to two and a half minutes.',
    true,
  ),
  feature('pace_wpm', 'pace', pace, 'words_per_minute'),
  feature('latency_s', 'time until the first word', 1.4, 'seconds'),
  feature('fillers_per_100', 'possible fillers per 100 words', 2.6, 'per_hundred_words'),
  feature('pause_median_s', 'usual pause', 0.48, 'seconds'),
  feature('pitch_spread_st', 'spread of the pitch', 2.9, 'semitones'),
  feature('own_action_count', 'things you did', 4, 'count'),
];

function answerOf(id, item, words, spoken, rest) {
  const told = new Told(id, words, spoken);
  return {
    answer: id,
    item,
    attempt: 1,
    question: ASKED[item].question,
    probes: [],
    spoken,
    words: told.words,
    edited_share: 0,
    answer_type: 'story',
    star: [],
    rehearsed: null,
    findings: [],
    levels: [],
    features: spoken
      ? numbers(words, 146)
      : [feature('word_count', 'words', words.length, 'count')],
    fillers: [],
    timeline: spoken ? curves(words) : null,
    left_out: spoken ? [] : [{ what: 'pace, pauses and fillers', why: 'the answer was typed' }],
    attempts: [],
    ...rest(told),
  };
}

function first(id, start) {
  const { text, probe, more } = ASKED[0];
  const begun = speak(text, start);
  const asked = begun.at(-1).end_us + 0.8 * S;
  const words = [...begun, ...speak(more, asked + 4 * S)];
  const turn = {
    id: `trn_${id}`,
    index: 4,
    speaker: 'interviewer',
    name: 'Maya',
    text: probe.text,
    start_us: asked,
    end_us: asked + 3 * S,
    spoken: true,
    unscored: false,
    answer: id,
  };
  const answer = answerOf(id, 0, words, true, (told) => {
    const um = told.quote('um');
    const own = (text) => ({ own: told.quote(text), question: null });
    const like = told.quote('basically');
    return {
      probes: [probe.text],
      star: [
        {
          part: 'situation',
          spans: [told.quote('Last spring our ferry timetable had to be rebuilt')],
          looked_for: null,
        },
        {
          part: 'task',
          spans: [told.quote('The operations lead wanted to cancel the evening sailings')],
          looked_for: null,
        },
        {
          part: 'action',
          spans: [
            told.quote('I pulled the passenger counts for the last three months'),
            told.quote('I called the four employers whose shifts end after seven'),
          ],
          looked_for: null,
        },
        {
          part: 'result',
          spans: [told.quote('we kept two of the three evening sailings')],
          looked_for: null,
        },
        { part: 'reflection', spans: [], looked_for: 'what you took from it' },
      ],
      retelling: {
        parts: [
          {
            part: 'situation',
            pieces: [
              own(
                'Last spring our ferry timetable had to be rebuilt because the harbour closed one berth for repairs',
              ),
            ],
          },
          {
            part: 'task',
            pieces: [own('The operations lead wanted to cancel the evening sailings')],
          },
          {
            part: 'action',
            pieces: [
              own('I pulled the passenger counts for the last three months'),
              own('I called the four employers whose shifts end after seven'),
              { own: null, question: 'Why did you do it that way?' },
            ],
          },
          { part: 'result', pieces: [own('we kept two of the three evening sailings')] },
          {
            part: 'reflection',
            pieces: [{ own: null, question: 'What do you do differently since?' }],
          },
        ],
        cut: [{ reason: 'padding', words: told.quote('I guess it worked out in the end') }],
      },
      findings: [
        point(
          'own_actions',
          'You name two actions that a listener can picture.',
          'Answers about past behaviour are rated by what was done and what came of it.',
          [
            told.quote('I pulled the passenger counts for the last three months'),
            told.quote('I called the four employers whose shifts end after seven'),
          ],
          { strength: true },
        ),
        point(
          'vague_result',
          'The ending could be said of anything: what was different is not told.',
          'Without an ending a listener cannot tell whether what you did worked.',
          [told.quote('I guess it worked out in the end')],
        ),
        point(
          'hedged',
          'The outcome is taken back while it is told.',
          'Coaches advise to state an outcome plainly.',
          [told.quote('I think people were happy with it'), told.quote('I guess it worked out')],
          { convention: true },
        ),
        point(
          'no_lesson',
          'What you took from it was not found.',
          'The upper level of “outcome” asks for what changed because of it.',
          [told.absence('what you took from it')],
        ),
      ],
      levels: [
        level(
          'own_action',
          'own action',
          4,
          [told.quote('I pulled the passenger counts for the last three months')],
          'Two own actions, one with its reason.',
        ),
        level(
          'outcome',
          'outcome',
          2,
          [told.quote('I guess it worked out in the end')],
          'An ending is told, without anything that could be checked.',
        ),
      ],
      fillers: [
        {
          kind: 'spoken',
          text: 'um',
          start_us: um.start_us,
          end_us: um.end_us,
          word: um.first_word,
          struck: false,
        },
        {
          kind: 'acoustic',
          text: 'uh',
          start_us: asked + 3.4 * S,
          end_us: asked + 3.8 * S,
          word: null,
          struck: false,
        },
        {
          kind: 'lexical',
          text: 'basically',
          start_us: like.start_us,
          end_us: like.end_us,
          word: like.first_word,
          struck: false,
        },
      ],
    };
  });
  return { answer, turns: [turn] };
}

const second = (id, start) =>
  answerOf(id, 1, speak(ASKED[1].text, start), true, (told) => ({
    star: [
      {
        part: 'situation',
        spans: [told.quote('Our support inbox had no owner in January')],
        looked_for: null,
      },
      { part: 'action', spans: [told.quote('I wrote a short answer for each')], looked_for: null },
      {
        part: 'result',
        spans: [told.quote('the inbox went from about eighty mails a week to thirty')],
        looked_for: null,
      },
      {
        part: 'reflection',
        spans: [told.quote('count first and to write second')],
        looked_for: null,
      },
    ],
    rehearsed: 'Nearly the same words as your answer in an earlier interview.',
    findings: [
      point(
        'result_counted',
        'You say how it ended, with an amount that somebody could check.',
        'Without an ending a listener cannot tell whether what you did worked.',
        [told.quote('Within six weeks the inbox went from about eighty mails a week to thirty')],
        { strength: true },
      ),
    ],
    levels: [
      level(
        'own_action',
        'own action',
        4.2,
        [told.quote('I wrote a short answer for each')],
        'Three own actions, one with its reason.',
      ),
      level(
        'outcome',
        'outcome',
        4.6,
        [told.quote('about eighty mails a week to thirty')],
        'The ending can be checked, and something changed because of it.',
      ),
    ],
  }));

const third = (id, start) =>
  answerOf(id, 2, speak(ASKED[2].text, start), false, (told) => ({
    answer_type: 'self_description',
    star: ['situation', 'task', 'action', 'result'].map((part) => ({
      part,
      spans: [],
      looked_for: {
        situation: 'when, where or with whom it happened',
        task: 'what had to be done, or what stood in the way',
        action: 'what you did',
        result: 'how it ended',
      }[part],
    })),
    findings: [
      point(
        'usual_only',
        'The answer says what you usually do, not what you did once.',
        'In real interviews, answers told as one story raised recommendations.',
        [told.quote('I usually look at it from every side')],
      ),
    ],
    levels: [
      level(
        'outcome',
        'outcome',
        null,
        [told.absence('how it ended')],
        'There is no story whose ending could be rated.',
      ),
    ],
  }));

/** A report with everything, and the turns and notes of its interview. */
function wholeReport(interview) {
  const ids = ASKED.map((_, i) => idOf('ans', `${interview.id}-${i}`));
  const { answer: one, turns } = first(ids[0], 95 * S);
  const answers = [one, second(ids[1], 240 * S), third(ids[2], 380 * S)];
  const [strong, weak] = [answers[1].findings[0], one.findings[1]];
  interview.turns = turns;
  interview.has_sound = true;
  return {
    interview: interview.id,
    state: 'ready',
    doing: null,
    ratings: interview.ratings,
    strength: strong,
    priorities: [
      {
        ...weak,
        rewrite:
          'We kept two of the three evening sailings, and we moved one. [To when, and who proposed that?] [How many passengers did you keep, or lose?] We still work together.',
        plan: 'If I come to the end of a story, then I say one number or one thing that was different afterwards.',
      },
      {
        ...answers[2].findings[0],
        rewrite:
          '[When was that, and with whom?] I looked at it from every side. [What did you do first?] [How did it end?]',
        plan: 'If I hear myself say “usually”, then I say “the last time was” and go on from there.',
      },
    ],
    retake: {
      answer: ids[0],
      question: ASKED[0].question,
      reason: 'It has a good story whose ending is missing, so one more take brings the most.',
    },
    levels: [
      level(
        'own_action',
        'own action',
        3.9,
        [...one.levels[0].evidence, ...answers[1].levels[0].evidence],
        'Own actions are named in two of three answers.',
        { answered: 2, asked: 4 },
      ),
      level(
        'outcome',
        'outcome',
        3.1,
        [...one.levels[1].evidence, ...answers[1].levels[1].evidence],
        'One ending can be checked, one could be said of anything.',
        { answered: 2, asked: 4 },
      ),
      level(
        'relevance',
        'relevance',
        null,
        [answers[2].findings[0].evidence[0]],
        'The model that compares meanings is not here.',
        { answered: 0, asked: 4 },
      ),
      level('overall', 'overall', 3.4, [], 'The mean of the criteria, each with the same weight.', {
        answered: 3,
        asked: 4,
      }),
    ],
    coverage: { answered: 3, asked: 4 },
    no_overall: null,
    answers,
    candidate_questions: [
      point(
        'open_question',
        'An open question about the work itself.',
        'It lets the interviewer talk, and you learn what a week there is like.',
        [
          {
            answer: '',
            first_word: null,
            end_word: null,
            quote: 'What would I work on in the first three months?',
            looked_for: null,
            start_us: null,
            end_us: null,
          },
        ],
        { strength: true },
      ),
    ],
    left_out: [{ what: 'relevance', why: 'the model that compares meanings is not here' }],
    dropped: 1,
    judge: 'rules 1',
  };
}

const emptyOf = (interview, state, rest = {}) => ({
  ...wholeReport(interview),
  state,
  strength: null,
  priorities: [],
  retake: null,
  levels: [],
  answers: [],
  candidate_questions: [],
  left_out: [],
  dropped: 0,
  ...rest,
});

/** The report of an interview in its state; made once, so that what is changed stays changed. */
export function reportOf(state, id) {
  const interview = state.interviews.get(id);
  if (!interview) return undefined;
  state.reports ??= new Map();
  if (!state.reports.has(id)) state.reports.set(id, makeReport(state, interview));
  const report = state.reports.get(id);
  if (report.again > 0) {
    report.again -= 1;
    return { ...report, state: 'judging', doing: 'judging answer 1 again' };
  }
  return { ...report, ratings: interview.ratings };
}

function makeReport(state, interview) {
  const whole = wholeReport(interview);
  switch (interview.report) {
    case 'judging':
      return {
        ...whole,
        state: 'judging',
        doing: 'listening to answer 3 of 3',
        priorities: [],
        retake: null,
        levels: [],
        answers: whole.answers.slice(0, 2),
        coverage: { answered: 2, asked: 4 },
      };
    case 'partial':
      return {
        ...whole,
        state: 'partial',
        strength: null,
        priorities: whole.priorities.slice(0, 1),
        levels: whole.levels.filter(({ criterion }) => criterion !== 'overall'),
        answers: whole.answers.slice(0, 1),
        coverage: { answered: 1, asked: 4 },
        no_overall:
          '1 of 4 questions have an answer that could be judged; an overall level needs half of them',
        left_out: [
          ...whole.left_out,
          {
            what: 'part of this report',
            why: 'answer 2 could not be read: its sound is damaged on the disk',
          },
        ],
      };
    case 'failed':
      return emptyOf(interview, 'failed', {
        left_out: [{ what: 'the judging', why: 'the disk was full' }],
      });
    case 'no_answers':
      return emptyOf(interview, 'no_answers', { coverage: { answered: 0, asked: 4 } });
    case 'ready':
      return interview.retake_of ? retakeReport(state, interview, whole) : whole;
    default:
      return emptyOf(interview, 'not_yet');
  }
}

/** The report of an answer that was taken again. */
function retakeReport(state, interview, whole) {
  const again = retold(idOf('ans', `${interview.id}-0`), interview.retake_of);
  interview.turns = [];
  interview.has_sound = true;
  return {
    ...whole,
    strength: again.findings[0],
    priorities: [],
    retake: null,
    levels: again.levels,
    coverage: { answered: 1, asked: 1 },
    answers: [again],
    candidate_questions: [],
    left_out: [],
    dropped: 0,
  };
}

function retold(id, of) {
  return answerOf(id, 0, speak(RETOLD, 40 * S), true, (told) => ({
    attempt: 2,
    star: [
      {
        part: 'result',
        spans: [
          told.quote('we had lost eleven passengers instead of the hundred and forty she expected'),
        ],
        looked_for: null,
      },
      {
        part: 'reflection',
        spans: [told.quote('Since then I bring the counts to the first talk')],
        looked_for: null,
      },
    ],
    findings: [
      point(
        'result_counted',
        'You say how it ended, with an amount that somebody could check.',
        'Without an ending a listener cannot tell whether what you did worked.',
        [told.quote('After that month we had lost eleven passengers')],
        { strength: true },
      ),
    ],
    levels: [
      level(
        'own_action',
        'own action',
        4.3,
        [told.quote('I proposed to keep two of the three sailings')],
        'Four own actions, one with its reason.',
      ),
      level(
        'outcome',
        'outcome',
        4.5,
        [told.quote('we had lost eleven passengers')],
        'The ending can be checked, and something changed because of it.',
      ),
    ],
    attempts: of
      ? [
          {
            answer: of.answer,
            interview: of.interview,
            attempt: 1,
            at: new Date(Date.now() - 3_600_000).toISOString(),
          },
        ]
      : [],
  }));
}

/** Two takes side by side: the sample and the sample told again. */
export function comparisonOf(state, before, after) {
  const owner = (answer) =>
    [...state.interviews.values()].find(({ id }) =>
      reportOf(state, id).answers.some((one) => one.answer === answer),
    );
  const [earlier, later] = [owner(before), owner(after)];
  if (!earlier || !later) return undefined;
  const of = (interview, id) =>
    reportOf(state, interview.id).answers.find((one) => one.answer === id);
  const [one, two] = [of(earlier, before), of(later, after)];
  const [a, b] = [new Told(before, one.words), new Told(after, two.words)];
  return {
    before: one,
    before_interview: earlier.id,
    after: two,
    after_interview: later.id,
    summary: 'A better answer: take 2 against take 1.',
    changes: [
      {
        claim: 'How it ended can be checked now.',
        better: true,
        before: [a.quote('I guess it worked out in the end')],
        after: [
          b.quote('we had lost eleven passengers instead of the hundred and forty she expected'),
        ],
      },
      {
        claim: 'What you took from it is told now.',
        better: true,
        before: [a.absence('what you took from it')],
        after: [b.quote('Since then I bring the counts to the first talk')],
      },
      {
        claim: 'The employers are told of in nearly the same words.',
        better: null,
        before: [a.quote('the four employers whose shifts end after seven')],
        after: [b.quote('the four employers whose shifts end after seven')],
      },
    ],
    same_words: 0.18,
  };
}

/** The answer with an id, with its report. */
export function answerIn(state, id) {
  for (const interview of state.interviews.values()) {
    const report = state.reports?.get(interview.id);
    const answer = report?.answers.find((one) => one.answer === id);
    if (answer) return { interview, report, answer };
  }
  return undefined;
}
