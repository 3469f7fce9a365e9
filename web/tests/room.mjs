/**
 * The room against the scripted server, in headless Chromium: what was said survives a dropped line and a
 * page that is reloaded in the middle of an answer. Run: `npm run build && npm run test:pages`.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch } from './chromium.mjs';
import { start } from './fake-server.mjs';

/** Opens a room and begins the interview; gives back the page and what the server remembers of it. */
async function inRoom(t) {
  const server = await start({ empty: true });
  const browser = await launch({ sound: false });
  t.after(async () => {
    await browser.close();
    server.stop();
  });
  const context = await browser.newContext({
    permissions: ['microphone'],
    baseURL: server.address,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto('/settings');
  const id = await page.evaluate(async () => {
    const response = await fetch('/api/interviews', { method: 'POST', body: '{}' });
    return (await response.json()).id;
  });
  await page.goto(`/room/${id}`);
  await page.getByRole('button', { name: 'I’m ready' }).click();
  await page.getByText('Your turn. Take your time.').waitFor();
  const memory = () => server.state.interviews.get(id).memory;
  return { server, page, memory, id };
}

const frames = (memory, stream) => memory.streams.get(stream) ?? 0;

async function until(what, within = 12_000) {
  const end = Date.now() + within;
  while (Date.now() < end) {
    if (what()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`it did not happen: ${what}`);
}

test('frames come without holes, at 25 a second', async (t) => {
  const { page, memory } = await inRoom(t);
  const before = frames(memory(), 0);
  await page.waitForTimeout(2_000);
  const came = frames(memory(), 0) - before;
  assert.ok(came >= 45 && came <= 55, `${came} frames in 2 s`);
  assert.deepEqual(memory().gaps, []);
});

test('a line that is gone for three seconds loses no frame', async (t) => {
  const { server, page, memory } = await inRoom(t);
  const before = frames(memory(), 0);
  await page.context().setOffline(true);
  server.dropLines();
  await page.getByText('Connection lost.').waitFor();
  await page.waitForTimeout(3_000);
  await page.context().setOffline(false);
  await until(() => frames(memory(), 0) > before + 75);
  assert.deepEqual(memory().gaps, []);
  assert.equal(memory().streams.size, 1, 'the same stream goes on');
  await page.getByText('Connection lost.').waitFor({ state: 'detached' });
});

test('a page that is reloaded while the line is gone sends what was said', async (t) => {
  const { server, page, memory } = await inRoom(t);
  server.state.deaf = true;
  const before = frames(memory(), 0);
  await page.waitForTimeout(2_500);
  assert.equal(frames(memory(), 0), before, 'nothing was taken in meanwhile');
  await page.reload();
  await until(() => frames(memory(), 0) >= before + 55);
  await until(() => frames(memory(), 1) > 10);
  assert.deepEqual(memory().gaps, []);
  assert.ok(memory().ended.has(0), 'the old stream was ended');
});

test('the interviewer’s voice is played to its last sample', async (t) => {
  const { page, memory } = await inRoom(t);
  await page.keyboard.press('d');
  await until(() => memory().played.some(({ utterance, done }) => utterance === 2 && done));
  const own = memory().played.filter(({ utterance }) => utterance === 2);
  const last = own.at(-1);
  assert.equal(last.samples, memory().sent.get(2));
  const steps = own.map(({ samples }) => samples);
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
    'it only goes forward',
  );
  assert.ok(own.length >= 4, 'it reports on the way');
});

test('stopping is heard at once, and what was heard is reported', async (t) => {
  const { server, page, memory } = await inRoom(t);
  await page.keyboard.press('d');
  await until(() => memory().played.some(({ utterance }) => utterance === 2));
  await page.waitForTimeout(600);
  const at = Date.now();
  server.state.line.stopSpeaking(2);
  await until(() => memory().played.some(({ utterance, done }) => utterance === 2 && done));
  assert.ok(Date.now() - at < 400, `${Date.now() - at} ms`);
  const heard = memory().played.find(({ utterance, done }) => utterance === 2 && done).samples;
  assert.ok(heard > 9_000 && heard < 26_000, `${heard} samples of about 0.6 s`);
});

test('a typed answer that could not be sent is sent after a reload, once', async (t) => {
  const { server, page, memory } = await inRoom(t);
  await page.getByRole('button', { name: 'Type', exact: true }).click();
  await page.context().setOffline(true);
  server.dropLines();
  await page.getByText('Connection lost.').waitFor();
  await page.getByRole('textbox', { name: 'Your answer' }).fill('We rebuilt it in two weeks.');
  await page.getByRole('button', { name: 'Send answer' }).click();
  await page.context().setOffline(false);
  await page.reload();
  await until(() => memory().typed === 1);
  const turns = [...server.state.interviews.values()][0].turns;
  const mine = turns.filter(({ speaker }) => speaker === 'candidate').map(({ text }) => text);
  assert.deepEqual(mine, ['We rebuilt it in two weeks.']);
});

test('whoever waits is told how long, comes in by itself, and can type meanwhile', async (t) => {
  const { server, page, id } = await inRoom(t);
  server.state.queue = { position: 2, waiting: 2, minutes: 9 };
  const other = await page.evaluate(async () => {
    const response = await fetch('/api/interviews', { method: 'POST', body: '{}' });
    return (await response.json()).id;
  });
  assert.notEqual(other, id);
  await page.goto(`/room/${other}`);
  const place = page.getByRole('status').filter({ hasText: 'Your place in line' });
  await place.getByText('2', { exact: true }).waitFor();
  await place.getByText('9 minutes').waitFor();
  server.state.queue = { position: 1, waiting: 1, minutes: 1 };
  await page.reload();
  await place.getByText('1 minute').waitFor();
  server.state.queue = null;
  server.state.line.hello(server.state.token);
  await page.getByText('There is a place for you now.').waitFor();
  await page.getByRole('button', { name: 'I’m ready' }).click();
  await page.getByText('Your turn. Take your time.').waitFor();

  server.state.queue = { position: 1, waiting: 1, minutes: 4 };
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  server.dropLines();
  await page.getByRole('button', { name: 'Type my answers now' }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('textbox', { name: 'Your answer' }).waitFor();
});

test('whoever leaves the line gives the place back', async (t) => {
  const { server, page, id } = await inRoom(t);
  server.state.queue = { position: 1, waiting: 1, minutes: 4 };
  await page.goto(`/room/${id}`);
  await page.getByRole('button', { name: 'Leave the line' }).click();
  await until(() => server.state.left === true);
  await page.waitForURL('**/');
});

test('a restarted server has a new token, and the room goes on', async (t) => {
  const { server, page, memory } = await inRoom(t);
  server.state.token = 'another-token';
  const before = frames(memory(), 0);
  server.dropLines();
  await until(() => frames(memory(), 0) > before + 50);
  assert.deepEqual(memory().gaps, []);
  assert.equal(await page.getByText('Connection lost.').count(), 0);
});
