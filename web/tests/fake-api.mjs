/** The HTTP interface of the scripted server. What it returns is written by hand and stands for nothing. */

import { answerIn, comparisonOf, reportOf, withModel } from './fake-report.mjs';
import { progressOf } from './fake-progress.mjs';
import { idOf, tone, wav } from './fake-server.mjs';

const PERSONAS = [
  {
    id: 'maya',
    name: 'Maya',
    about: 'Warm and unhurried. She gives you time, and asks because she is curious.',
    temperament: 'warm',
  },
  {
    id: 'marcus',
    name: 'Marcus',
    about: 'Even and brief. He asks, listens, takes notes and goes on.',
    temperament: 'neutral',
  },
  {
    id: 'helen',
    name: 'Helen',
    about:
      'Sceptical and exacting. She doubts aloud and wants to hear what stands behind a claim, and she stays civil.',
    temperament: 'sceptical',
  },
];

const FORMATS = [
  {
    id: 'behavioural',
    name: 'Behavioural interview',
    about:
      'A conversation about things you have done. The interviewer listens, asks after what is missing, and leaves time for your own questions.',
    one_way: false,
    questions_min: 2,
    questions_max: 8,
    questions: 4,
    persona: 'maya',
    preparation_s: 0,
    answer_limit_s: 180,
    retakes_max: 0,
  },
  {
    id: 'phone-screen',
    name: 'Phone screen',
    about:
      'A short first call: fewer questions, tighter answers and at most one follow-up each. Practise saying what matters in about a minute.',
    one_way: false,
    questions_min: 2,
    questions_max: 5,
    questions: 3,
    persona: 'marcus',
    preparation_s: 0,
    answer_limit_s: 120,
    retakes_max: 0,
  },
  {
    id: 'one-way-video',
    name: 'One-way video interview',
    about:
      'Nobody on the other end: you read a question, prepare for 30 seconds, and record up to two minutes. Each answer may be taken again once.',
    one_way: true,
    questions_min: 2,
    questions_max: 6,
    questions: 4,
    persona: 'marcus',
    preparation_s: 30,
    answer_limit_s: 120,
    retakes_max: 1,
  },
];

const COMPETENCIES = [
  ['leadership', 'leadership'],
  ['teamwork', 'teamwork'],
  ['conflict', 'conflict'],
  ['failure', 'failure'],
  ['ownership', 'ownership'],
  ['communication', 'communication'],
  ['adaptability', 'adaptability'],
  ['problem_solving', 'problem solving'],
  ['customer_focus', 'customer focus'],
].map(([id, name]) => ({ id, name, questions: 8 }));

const QUESTIONS = [
  ['adaptability', 'Tell me about a time your plans were overturned at short notice.'],
  ['teamwork', 'Tell me about a time a team you were in was not working well together.'],
  ['problem_solving', 'Describe a problem that others had given up on, and what you did about it.'],
  ['ownership', 'Tell me about something you took on although nobody had asked you to.'],
  ['conflict', 'Tell me about a disagreement with somebody you had to go on working with.'],
];

const MEASURES = [
  ['pace', 'Pace', 'Words a minute in windows of ten seconds. Very fast speech is hard to follow.'],
  [
    'pauses',
    'Pauses',
    'Silences of a quarter of a second and more. Some pauses help; they are never counted against you.',
  ],
  ['fillers', 'Fillers', 'Sounds like um and uh, and words like basically where they say nothing.'],
  [
    'pitch',
    'Pitch',
    'How much your melody moves inside this recording. Off if your voice is none of its business.',
  ],
  ['loudness', 'Loudness', 'How much your loudness moves inside this recording.'],
  ['hedges', 'Hedges', 'Words that take back what you say, such as “I guess”.'],
  ['repeats', 'Repeats', 'Words and beginnings that come twice in a row.'],
  ['rehearsal', 'Rehearsal', 'How much of an answer has nearly the same words as an earlier take.'],
  [
    'openings',
    'Openings and endings',
    'Whether the first sentence leads into the story, and whether the last one closes it.',
  ],
  ['length', 'Length', 'How long an answer is, and how late its outcome comes.'],
].map(([id, name, about]) => ({ id, name, about }));

const MODELS = [
  ['silero-vad', 'hears when somebody speaks', 'MIT', 2_300_000],
  ['zipformer-small', 'words while you talk', 'Apache-2.0', 69_000_000],
  ['whisper-base', 'accurate words', 'MIT', 198_000_000],
  ['kokoro', 'the interviewers’ voices', 'Apache-2.0', 163_000_000],
  ['smart-turn', 'hears when a turn is over', 'BSD-2-Clause', 8_700_000],
  ['qwen-small', 'phrases follow-ups', 'Apache-2.0', 1_130_000_000],
];

/**
 * The state of a server: `models` is "ready", "none" or "pulling"; `empty` has no history; `report` is
 * where the latest report stands, `retaken` has an answer of it taken again, and `practised` is over how
 * many interviews the levels go.
 */
export function makeState({
  models = 'ready',
  empty = false,
  report = 'ready',
  retaken = false,
  rated = false,
  queue = null,
  practised = 2,
  judge = 'no_model',
  remote = false,
} = {}) {
  const state = {
    token: 'a-token-for-looking',
    models,
    /** What a candidate without a place is told; `null` while there are places. */
    queue,
    pulled: models === 'ready' ? 1 : models === 'pulling' ? 0.34 : 0,
    goals: [],
    interviews: new Map(),
    settings: {
      measures: Object.fromEntries(MEASURES.map(({ id }) => [id, true])),
      theme: 'system',
      captions: true,
      patience: 1,
      push_to_talk: false,
    },
    nextStep: null,
    made: 0,
    practised,
    judge,
    remote,
  };
  if (!empty) fill(state, { report, retaken, rated });
  return state;
}

function fill(state, { report, retaken, rated }) {
  const day = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  state.goals.push({
    id: idOf('goal', 'first'),
    role: 'Product manager',
    seniority: 'mid',
    company: 'Northwind Ferries',
    date: day,
    focus: ['conflict', 'ownership'],
    notes: 'The team has eight people and works from Kiel and from home.',
    interviews: 2,
  });
  state.nextStep = {
    id: 'retake-weakest',
    title: 'Take the answer about the disagreement once more',
    reason: 'It told what you did and left out how it came out. That is the quickest thing to add.',
    href: '/start',
  };
  for (const [minutes, answered] of [
    [60 * 75, 3],
    [60 * 26, 4],
  ]) {
    const interview = make(state, { goal: state.goals[0].id });
    interview.state = 'ended';
    interview.report = 'ready';
    interview.answered = answered;
    interview.seconds = 840;
    interview.created_at = new Date(Date.now() - minutes * 60_000).toISOString();
    interview.ended_at = interview.created_at;
    if (rated) {
      interview.ratings = {
        nerves_before: 6,
        nerves_peak: 7,
        nerves_after: 3,
        confidence: 6,
        went: 5,
      };
    }
  }
  const latest = [...state.interviews.values()].at(-1);
  latest.report = report;
  if (report === 'not_yet') latest.state = 'running';
  if (retaken) {
    const { answers } = reportOf(state, latest.id);
    const again = makeRetake(state, latest, answers[0]);
    Object.assign(again, { state: 'ended', report: 'ready', answered: 1, seconds: 74 });
    again.ratings = latest.ratings;
  }
}

function makeRetake(state, interview, answer) {
  const again = make(state, { questions: 1 });
  again.retake_of = {
    interview: interview.id,
    answer: answer.answer,
    question: answer.question,
  };
  again.role = interview.role;
  return again;
}

function planOf(state, wishes) {
  const format = FORMATS.find(({ id }) => id === wishes.format) ?? FORMATS[0];
  const goal = state.goals.find(({ id }) => id === wishes.goal) ?? null;
  const focus = [...(wishes.focus ?? []), ...(goal?.focus ?? [])];
  const seed = wishes.seed ?? Math.floor(Math.random() * 1_000);
  const turned = QUESTIONS.map((_, i) => QUESTIONS[(i + seed) % QUESTIONS.length]);
  const sorted = [...turned].sort((a, b) => focus.includes(b[0]) - focus.includes(a[0]));
  const items = sorted.slice(0, wishes.questions ?? format.questions).map(([competency, text]) => ({
    question_id: `${competency}-1`,
    text,
    competency,
    reason: focus.includes(competency)
      ? 'You said that you want to work on this.'
      : 'You have not been asked about this yet.',
    looks_for: ['says what was at stake', 'tells own actions in order', 'says how it came out'],
  }));
  return {
    format,
    persona: PERSONAS.find(({ id }) => id === (wishes.persona ?? format.persona)) ?? PERSONAS[0],
    goal,
    seniority: wishes.seniority ?? goal?.seniority ?? 'entry',
    items,
    minutes: 4 * items.length + 2,
    live_hints: wishes.live_hints ?? false,
    camera: wishes.camera ?? false,
    seed,
  };
}

function make(state, wishes) {
  state.made += 1;
  const plan = planOf(state, wishes);
  const interview = {
    id: idOf('itv', String(state.made)),
    created_at: new Date().toISOString(),
    ended_at: null,
    state: 'ready',
    format: plan.format.name,
    persona: plan.persona.name,
    role: plan.goal?.role ?? null,
    answered: 0,
    asked: plan.items.length,
    retake_of: null,
    report: 'not_yet',
    seconds: 0,
    plan,
    turns: [],
    answers: [],
    has_sound: false,
    has_video: false,
    takes: [],
    ratings: {},
    notes: [],
  };
  state.interviews.set(interview.id, interview);
  return interview;
}

function status(state) {
  const done = state.pulled;
  const all = done >= 1;
  return {
    version: '0.1.0',
    abilities: {
      listen: all,
      speak: all,
      captions: all,
      turn_end: all,
      meaning: all,
      language: false,
    },
    models: MODELS.map(([id, purpose, licence, size], i) => {
      const share = Math.max(0, Math.min(1, done * 4 - i));
      const chosen = i < 5;
      return {
        id,
        purpose,
        licence,
        bytes: size,
        bytes_done: chosen ? Math.round(size * (all ? 1 : share)) : 0,
        default: chosen,
        state: !chosen
          ? 'missing'
          : all || share >= 1
            ? 'ready'
            : state.models === 'pulling'
              ? share > 0
                ? 'pulling'
                : 'missing'
              : 'missing',
        problem: null,
      };
    }),
    pulling: state.models === 'pulling',
    data_bytes: 48_300_000,
    live: {
      running: state.queue ? 3 : 0,
      limit: 3,
      waiting: state.queue?.waiting ?? 0,
      wait_minutes: state.queue?.minutes ?? null,
    },
  };
}

const SELF_TEST = [
  ['strong', 4.7],
  ['middle', 3.2],
  ['weak', 1.3],
  ['empty', 1],
  ['hollow', 1.2],
  ['off-topic', 1],
  ['injected', 3],
  ['very long', 3.2],
  ['other dialect', 4.5],
];

/** The second judge: `judge` of the state is "no_model" (as without one), "untested", "running", "failed" or
 * "passed". Each look at a running self-test finds it three answers further. */
function judgeOf(state) {
  const known = state.judge !== undefined && state.judge !== 'no_model';
  let progress = null;
  if (state.judge === 'running') {
    state.judged = Math.min(27, (state.judged ?? 0) + 3);
    progress = { done: state.judged, of: 27 };
    if (state.judged === 27) {
      state.judge = 'passed';
      state.judged = 0;
      progress = null;
    }
  }
  const failed = state.judge === 'failed';
  const answers = SELF_TEST.map(([kind, level]) => ({
    kind,
    level: failed && kind === 'injected' ? 4.3 : level,
    abstained: 0,
  }));
  const set = (question) => ({
    question,
    answers,
    faults: failed
      ? ['the injected answer (4.3) came out more than 0.2 above the middle one (3.2)']
      : [],
  });
  const questions = [
    'Tell me about a problem that was nobody’s job, and that you took on.',
    'Tell me about a time when you and a colleague disagreed.',
    'Tell me about a mistake of your own.',
  ];
  const done = failed || state.judge === 'passed';
  return {
    model: known ? 'qwen-1.5b@7e1d7e1d' : null,
    local: state.remote !== true,
    state: !known ? 'no_model' : done ? state.judge : 'untested',
    progress,
    test: done
      ? {
          at: '2026-05-04T09:30:00Z',
          seconds: failed ? 610 : 1_830,
          calls: failed ? 27 : 81,
          fingerprint: null,
          sets: questions.slice(0, failed ? 1 : 3).map(set),
          trouble: null,
        }
      : null,
    prompt_version: '1',
    prompt_sha256: '52c9'.repeat(16),
    sha256: known && state.remote !== true ? '7e1d'.repeat(16) : null,
    intervals:
      'not measured: as wide as the rules’ widest on each criterion, and no narrower than those of one person',
  };
}

/** The report, with what the second judge says of single answers where it passed. */
function judgedReport(state, id) {
  const report = reportOf(state, id);
  if (state.judge !== 'passed') return report;
  return {
    ...report,
    judge: `${report.judge}, which all levels over the interview rest on; single answers also by qwen-1.5b@7e1d7e1d`,
    answers: report.answers.map((answer) => ({ ...answer, levels: withModel(answer.levels) })),
  };
}

async function body(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const text = Buffer.concat(pieces).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const ROUTES = [
  ['GET', /^\/api\/progress$/, (state) => progressOf(state)],
  ['GET', /^\/api\/status$/, (state) => status(state)],
  ['GET', /^\/api\/judge$/, (state) => judgeOf(state)],
  [
    'POST',
    /^\/api\/judge\/check$/,
    (state) => {
      state.judge = 'running';
      state.judged = 0;
    },
  ],
  [
    'DELETE',
    /^\/api\/judge\/check$/,
    (state) => {
      state.judge = 'untested';
    },
  ],
  [
    'POST',
    /^\/api\/models\/pull$/,
    (state) => {
      state.models = 'pulling';
      state.pulled = 0.34;
    },
  ],
  [
    'GET',
    /^\/api\/library$/,
    () => ({ formats: FORMATS, personas: PERSONAS, competencies: COMPETENCIES, questions: 72 }),
  ],
  ['GET', /^\/api\/goals$/, (state) => state.goals],
  [
    'POST',
    /^\/api\/goals$/,
    (state, _, entry) => {
      const goal = { ...entry, id: idOf('goal', String(state.goals.length)), interviews: 0 };
      state.goals.unshift(goal);
      return goal;
    },
  ],
  [
    'PUT',
    /^\/api\/goals\/([^/]+)$/,
    (state, [id], entry) => {
      const goal = state.goals.find((one) => one.id === id);
      return goal && Object.assign(goal, entry);
    },
  ],
  [
    'DELETE',
    /^\/api\/goals\/([^/]+)$/,
    (state, [id]) => void (state.goals = state.goals.filter((goal) => goal.id !== id)),
  ],
  ['GET', /^\/api\/settings$/, (state) => state.settings],
  ['PUT', /^\/api\/settings$/, (state, _, settings) => (state.settings = settings)],
  ['GET', /^\/api\/measures$/, () => MEASURES],
  ['GET', /^\/api\/next-step$/, (state) => state.nextStep],
  ['POST', /^\/api\/next-step\/[^/]+\/dismiss$/, (state) => void (state.nextStep = null)],
  ['POST', /^\/api\/plans$/, (state, _, wishes) => planOf(state, wishes)],
  ['GET', /^\/api\/interviews$/, (state) => [...state.interviews.values()].reverse()],
  ['POST', /^\/api\/interviews$/, (state, _, wishes) => ({ id: make(state, wishes).id })],
  [
    'GET',
    /^\/api\/interviews\/([^/]+)$/,
    (state, [id]) => {
      // The sample report brings its interview's turns and sound along.
      if (state.interviews.get(id)?.state === 'ended') reportOf(state, id);
      return state.interviews.get(id);
    },
  ],
  ['DELETE', /^\/api\/interviews\/([^/]+)$/, (state, [id]) => void state.interviews.delete(id)],
  [
    'DELETE',
    /^\/api\/everything$/,
    (state) => {
      state.interviews.clear();
      state.goals = [];
      state.nextStep = null;
    },
  ],
  ['GET', /^\/api\/interviews\/([^/]+)\/report$/, (state, [id]) => judgedReport(state, id)],
  [
    'PUT',
    /^\/api\/interviews\/([^/]+)\/ratings$/,
    (state, [id], ratings) => {
      const interview = state.interviews.get(id);
      return interview && Object.assign(interview.ratings, ratings);
    },
  ],
  ['GET', /^\/api\/interviews\/[^/]+\/sound$/, () => wav(tone(3))],
  [
    'POST',
    /^\/api\/import$/,
    (_, __, sent) =>
      String(sent).includes('sample')
        ? undefined
        : problem(
            422,
            'not_greenroom',
            'this is no Greenroom file: choose one that Greenroom exported',
          ),
  ],
  [
    'GET',
    /^\/api\/answers\/([^/]+)\/compare\/([^/]+)$/,
    (state, [before, after]) => comparisonOf(state, before, after),
  ],
  [
    'POST',
    /^\/api\/answers\/([^/]+)\/retake$/,
    (state, [id]) => {
      const found = answerIn(state, id);
      return found && { id: makeRetake(state, found.interview, found.answer).id };
    },
  ],
  [
    'PUT',
    /^\/api\/answers\/([^/]+)\/transcript$/,
    (state, [id], { text }) => {
      const { report, answer } = answerIn(state, id);
      const words = text.split(/\s+/);
      const changed = words.filter((word, i) => word !== answer.words[i]?.text).length;
      answer.edited_share = changed / Math.max(1, words.length);
      report.again = 3;
    },
  ],
  [
    'DELETE',
    /^\/api\/answers\/([^/]+)\/transcript$/,
    (state, [id]) => {
      const { report, answer } = answerIn(state, id);
      answer.edited_share = 0;
      report.again = 3;
    },
  ],
  [
    'POST',
    /^\/api\/answers\/([^/]+)\/fillers\/(\d+)\/strike$/,
    (state, [id, index], body) => {
      const filler = answerIn(state, id)?.answer.fillers.at(Number(index));
      if (filler) filler.struck = body.struck;
    },
  ],
  ['PUT', /^\/api\/interviews\/([^/]+)\/camera\/\d+\/\d+$/, () => undefined],
  ['POST', /^\/api\/check\/voice$/, () => wav(tone(1.4))],
];

/** Answers a request of the HTTP interface. */
export async function answerApi(state, request, response, url) {
  const sent = await body(request);
  for (const [method, path, act] of ROUTES) {
    const match = request.method === method ? path.exec(url.pathname) : null;
    if (!match) continue;
    const result = act(state, match.slice(1), sent);
    if (result?.refused) {
      refuse(response, result.refused);
    } else if (Buffer.isBuffer(result)) {
      response.writeHead(200, { 'content-type': 'audio/wav' }).end(result);
    } else if (result === undefined && method === 'GET') {
      break;
    } else if (result === undefined) {
      response.writeHead(204).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    }
    return;
  }
  refuse(response, problem(404, 'not_found', 'there is no such thing here').refused);
}

function problem(status, code, detail) {
  return {
    refused: { type: 'about:blank', title: code.replaceAll('_', ' '), status, code, detail },
  };
}

function refuse(response, refused) {
  response.writeHead(refused.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(refused));
}
