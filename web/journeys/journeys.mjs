/**
 * Journeys of a candidate through the real program in a real browser.
 *
 * Run: `cargo xtask test journeys`, or with a built program and its models
 * `GREENROOM_MODELS=… npm run journeys`.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from '../tests/chromium.mjs';
import { api, axe, enter, serve, until, voice } from './house.mjs';

/** What the candidate says; written by a language model for these journeys. */
const SPOKEN = {
  warm: 'I have been working on a student project about train delays, and before that I worked in a small shop for two years.',
  story:
    'Last spring our team at the shop had a problem. Our delivery list was wrong almost every week. I was asked to fix it before Easter. So I looked at all the orders of two months, and I found that two people were editing the same sheet. I wrote a small script that locked the rows, and I trained both colleagues. In the end the wrong deliveries went down from nine a week to one. I learned to look at the data first.',
  more: 'I decided to lock the rows myself, because it was the quickest way. As a result the mistakes stopped within two weeks.',
  vague: 'We usually try to work together, and things go fine.',
  none: 'No, I have no questions. Thank you.',
};

let server;
let browser;
let spoken;
let first;

before(async () => {
  server = await serve();
  spoken = voice(SPOKEN);
  browser = await launch();
  await until(server, ({ abilities }) => abilities.listen && abilities.speak);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Answers until the interview is over: the unscored first question, each question, each probe. */
async function hold(candidate, seconds = 240) {
  const end = Date.now() + seconds * 1000;
  let item = -1;
  while (!candidate.ended) {
    assert.ok(
      Date.now() < end,
      `the interview did not end; last view ${JSON.stringify(candidate.view)}`,
    );
    const { floor, phase } = candidate.view ?? {};
    if (floor !== 'candidate') {
      await candidate.page.waitForTimeout(200);
      continue;
    }
    let name = 'more';
    if (phase === 'warm_up') name = 'warm';
    if (phase === 'candidate_questions') name = 'none';
    if (phase === 'question' && candidate.view.item !== item) {
      item = candidate.view.item;
      name = 'story';
    }
    const said = candidate.lines.length;
    const length = await candidate.say(name);
    await candidate.page.waitForTimeout(length * 1000);
    await candidate.wait(
      () =>
        candidate.ended || candidate.lines.length > said || candidate.view.floor !== 'candidate',
      'an answer of the interviewer',
      30,
    );
  }
}

async function report(id, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const made = await api(server, 'GET', `/api/interviews/${id}/report`);
    if (!['not_yet', 'judging'].includes(made.state)) return made;
    assert.ok(Date.now() < end, 'the report was not made in time');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Back in the room: it goes on by itself where the browser lets it play sound, else at a click. */
async function goOn(candidate) {
  const ready = candidate.page.getByRole('button', { name: /ready|go on|continue/i }).first();
  await ready.click({ timeout: 4_000 }).catch(() => undefined);
  await candidate.wait(() => candidate.view !== undefined, 'the room', 30);
}

const words = (answer) =>
  answer.words
    .map(({ text }) => text)
    .join(' ')
    .toLowerCase();

/** An interview of one question, so that what a journey is about comes soon. */
async function oneQuestion() {
  const answer = first.answers.find(({ item }) => item === 0);
  return (await api(server, 'POST', `/api/answers/${answer.answer}/retake`)).id;
}

test('from the first page through a spoken interview to a report whose clips play', async () => {
  const candidate = await enter(browser, server.address, spoken);
  const { page } = candidate;
  const { id } = await api(server, 'POST', '/api/interviews', { questions: 2 });
  await page.goto(`${server.address}/room/${id}`);
  await page.getByRole('button', { name: 'I’m ready' }).click();
  await hold(candidate);
  await page.waitForURL(`**/report/${id}`);
  first = await report(id);
  assert.equal(first.state, 'ready');
  assert.equal(first.coverage.answered, 2);
  const story = first.answers.find(({ item }) => item === 0);
  for (const heard of ['delivery', 'easter', 'script'])
    assert.match(words(story), new RegExp(heard));
  assert.ok(first.levels.some(({ level }) => level > 1));
  const pointed = [first.strength, ...first.priorities].filter(Boolean);
  assert.ok(pointed.length > 0, 'the report says something');
  for (const { evidence } of pointed) {
    const { start_us: from, end_us: to } = evidence[0];
    const clip = await fetch(
      `${server.address}/api/interviews/${id}/sound?start_us=${from}&end_us=${to}`,
    );
    const bytes = new DataView(await clip.arrayBuffer());
    const rate = bytes.getUint32(24, true);
    const seconds = (bytes.byteLength - 44) / 2 / rate;
    assert.ok(Math.abs(seconds - (to - from) / 1e6) < 0.05, 'the clip is as long as what it plays');
    let energy = 0;
    for (let at = 44; at + 1 < bytes.byteLength; at += 2) energy += bytes.getInt16(at, true) ** 2;
    assert.ok(Math.sqrt(energy / (seconds * rate)) > 100, 'and it is not silent');
  }
  assert.deepEqual(candidate.errors, []);
  await candidate.close();
});

test('the weakest answer again, and both side by side', async () => {
  const candidate = await enter(browser, `${server.address}/report/${first.interview}`, spoken);
  const id = await oneQuestion();
  await candidate.page.goto(`${server.address}/room/${id}`);
  await candidate.page.getByRole('button', { name: 'I’m ready' }).click();
  await hold(candidate, 150);
  const again = await report(id);
  const [old, anew] = [
    first.answers.find(({ item }) => item === 0),
    again.answers.find(({ item }) => item === 0),
  ];
  const both = await api(server, 'GET', `/api/answers/${old.answer}/compare/${anew.answer}`);
  assert.ok(both.same_words > 0.3, 'the same story was told in nearly the same words');
  assert.doesNotMatch(both.summary, /improve/i);
  await candidate.close();
});

test('a reload in the middle of an answer loses no word', async () => {
  const id = await oneQuestion();
  const candidate = await enter(browser, `${server.address}/room/${id}`, spoken);
  await candidate.page.getByRole('button', { name: 'I’m ready' }).click();
  await candidate.floor(60);
  await candidate.say('story');
  await candidate.page.waitForTimeout(9_000);
  candidate.view = undefined;
  await candidate.page.reload();
  await goOn(candidate);
  await hold(candidate, 150);
  const made = await report(id);
  const said = words(made.answers.find(({ item }) => item === 0));
  assert.match(said, /delivery/, 'what was said before the reload is there');
  await candidate.close();
});

test('kill -9 in the middle of an answer loses no acknowledged word', async () => {
  const id = await oneQuestion();
  const candidate = await enter(browser, `${server.address}/room/${id}`, spoken);
  await candidate.page.getByRole('button', { name: 'I’m ready' }).click();
  await candidate.floor(60);
  await candidate.say('story');
  await candidate.page.waitForTimeout(8_000);
  await server.kill();
  await candidate.page.waitForTimeout(1_000);
  candidate.view = undefined;
  await server.again();
  await until(server, ({ abilities }) => abilities.listen && abilities.speak);
  // The page's token is of the old start: it loads anew and offers to go on.
  await candidate.page.goto(`${server.address}/room/${id}`);
  await goOn(candidate);
  await hold(candidate, 150);
  const made = await report(id);
  const said = words(made.answers.find(({ item }) => item === 0));
  assert.match(said, /delivery/, 'what was said before the kill is there');
  await candidate.close();
});

test('ten seconds without a line: the answer goes on, and all of it is there', async () => {
  const id = await oneQuestion();
  const { line } = server;
  const candidate = await enter(browser, `http://localhost:${line.port}/room/${id}`, spoken);
  await candidate.page.getByRole('button', { name: 'I’m ready' }).click();
  await candidate.floor(60);
  const length = await candidate.say('story');
  await candidate.page.waitForTimeout(4_000);
  const lines = candidate.lines.length;
  line.cut();
  await candidate.page.waitForTimeout(10_000);
  line.mend();
  await candidate.page.waitForTimeout(Math.max(0, length * 1000 - 14_000) - 500);
  assert.equal(candidate.lines.length, lines, 'whoever talks on is not talked over');
  await candidate.page.waitForTimeout(1_500);
  await hold(candidate, 150);
  const made = await report(id);
  const said = words(made.answers.find(({ item }) => item === 0));
  // Before, during and after the cut.
  for (const heard of ['delivery', 'easter', 'script', 'data'])
    assert.match(said, new RegExp(heard));
  const { turns } = await api(server, 'GET', `/api/interviews/${id}`);
  const told = turns.find(({ speaker, text }) => speaker === 'candidate' && /delivery/i.test(text));
  assert.match(told.text, /data/, 'and it is one turn, with the words that were heard with care');
  await candidate.close();
});

test('ten seconds without a line: what was said meanwhile is there, and the thread is taken up', async () => {
  const id = await oneQuestion();
  const { line } = server;
  const candidate = await enter(browser, `http://localhost:${line.port}/room/${id}`, spoken);
  await candidate.page.getByRole('button', { name: 'I’m ready' }).click();
  await candidate.floor(60);
  await candidate.say('more');
  await candidate.page.waitForTimeout(1_500);
  const lines = candidate.lines.length;
  line.cut();
  await candidate.page.waitForTimeout(14_000);
  line.mend();
  const again = () => candidate.lines.slice(lines).map(({ kind }) => kind);
  await candidate.wait(() => again().length > 1, 'the question again');
  assert.deepEqual(again(), ['where_were_we', 'question']);
  await hold(candidate, 150);
  const made = await report(id);
  const said = words(made.answers.find(({ item }) => item === 0));
  for (const heard of ['decided', 'quickest', 'weeks']) assert.match(said, new RegExp(heard));
  await candidate.close();
});

test('push-to-talk by the settings: the room begins with it, and it can be switched off', async () => {
  const settings = await api(server, 'GET', '/api/settings');
  await api(server, 'PUT', '/api/settings', { ...settings, push_to_talk: true });
  const id = await oneQuestion();
  const candidate = await enter(browser, `${server.address}/room/${id}`, spoken);
  await candidate.page.getByRole('button', { name: 'I’m ready' }).click();
  await api(server, 'PUT', '/api/settings', settings);
  await candidate.floor(60);
  assert.equal(candidate.view.push_to_talk, true);
  await candidate.page.getByRole('button', { name: 'More', exact: true }).click();
  await candidate.page.getByRole('button', { name: /push-to-talk: on/i }).click();
  await candidate.wait(() => candidate.view.push_to_talk === false, 'push-to-talk to be off');
  await candidate.page.getByRole('button', { name: /push-to-talk: off/i }).waitFor();
  await candidate.close();
});

test('a typed interview on a narrow screen', async () => {
  const size = { width: 390, height: 844 };
  const candidate = await enter(browser, server.address, spoken, size);
  const { page } = candidate;
  const { id } = await api(server, 'POST', '/api/interviews', {
    questions: 2,
    format: 'phone-screen',
  });
  await page.goto(`${server.address}/room/${id}`);
  await page.getByRole('button', { name: 'Type my answers' }).click();
  const end = Date.now() + 200_000;
  while (!candidate.ended) {
    assert.ok(Date.now() < end, `the interview did not end; ${JSON.stringify(candidate.view)}`);
    if (candidate.view?.floor !== 'candidate') {
      await page.waitForTimeout(200);
      continue;
    }
    const text = candidate.view.phase === 'candidate_questions' ? SPOKEN.none : SPOKEN.story;
    const lines = candidate.lines.length;
    await page.getByRole('textbox').fill(text);
    // A reply is told before the view that belongs to it. What was typed in between belongs to the question
    // before, and goes with it.
    const send = page.getByRole('button', { name: /send/i });
    const sent = await send.click({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
    if (!sent) continue;
    await candidate.wait(() => candidate.ended || candidate.lines.length > lines, 'a reply', 30);
  }
  const made = await report(id);
  assert.equal(made.coverage.answered, 2);
  assert.ok(made.answers.every(({ spoken: aloud }) => !aloud));
  await candidate.close();
});

test('axe finds nothing, and nothing is wider than a phone', async () => {
  const goal = {
    role: 'Shop manager',
    seniority: 'mid',
    focus: ['conflict'],
    notes: 'A team of six.',
  };
  await api(server, 'POST', '/api/goals', goal);
  const paths = [
    '/',
    '/start',
    '/goals',
    '/history',
    '/settings',
    '/welcome',
    `/report/${first.interview}`,
  ];
  const problems = [];
  for (const size of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const candidate = await enter(browser, server.address, spoken, size);
    for (const path of paths) {
      await candidate.page.goto(server.address + path);
      await candidate.page.waitForLoadState('networkidle');
      for (const found of await axe(candidate.page))
        problems.push(`${path} at ${size.width}: ${found}`);
      const wider = await candidate.page.evaluate(
        () => document.documentElement.scrollWidth - innerWidth,
      );
      if (wider > 0) problems.push(`${path} at ${size.width}: ${wider} px too wide`);
    }
    problems.push(...candidate.errors);
    await candidate.close();
  }
  assert.deepEqual(problems, []);
});
