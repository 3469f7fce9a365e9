/**
 * A one-way interview in a real browser: devices are checked, each answer is prepared, recorded with the
 * camera, and one of them taken again.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from '../tests/chromium.mjs';
import { api, axe, enter, serve, until, voice } from './house.mjs';

/** What the candidate says; written by a language model for this journey. */
const SPOKEN = {
  sentence: 'This is how I usually speak, so that you can hear me well.',
  story:
    'Last spring our delivery list was wrong almost every week, and I was asked to fix it. I wrote a small script that locked the rows. In the end the wrong deliveries went down from nine a week to one.',
};

let server;
let browser;
let spoken;

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

test('a one-way interview: check, prepare, record, take again, report with its camera', async () => {
  const candidate = await enter(browser, server.address, spoken);
  const { page } = candidate;
  const { id } = await api(server, 'POST', '/api/interviews', {
    format: 'one-way-video',
    questions: 2,
    camera: true,
  });
  await page.goto(`${server.address}/room/${id}`);
  await page.getByRole('button', { name: 'Check my microphone and room first' }).click();
  await page.getByRole('button', { name: 'Check the microphone' }).click();
  await page.waitForTimeout(1_500);
  await candidate.say('sentence');
  await page.getByText('Understood: “').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: 'Switch the camera on' }).click();
  await page.getByRole('button', { name: 'I’m ready' }).click();
  let again = true;
  const press = (name) =>
    page
      .getByRole('button', { name })
      .click({ timeout: 2_000 })
      .catch(() => undefined);
  const end = Date.now() + 240_000;
  while (!candidate.ended) {
    assert.ok(Date.now() < end, `it did not end; ${JSON.stringify(candidate.view)}`);
    const { phase, floor } = candidate.view ?? {};
    if (phase === 'preparing') {
      await press('Start my answer');
    } else if (phase === 'reviewing') {
      await press(again ? /Take it again/ : 'Keep it');
      again = false;
    } else if (floor === 'candidate') {
      const length = await candidate.say('story');
      await page.waitForTimeout(length * 1000 + 800);
      await page.keyboard.press('d');
    }
    await page.waitForTimeout(400);
  }
  await page.waitForURL(`**/report/${id}`);
  let report;
  do {
    report = await api(server, 'GET', `/api/interviews/${id}/report`);
    await page.waitForTimeout(500);
  } while (['not_yet', 'judging'].includes(report.state));
  assert.equal(report.coverage.answered, 2);
  const said = report.answers[0].words
    .map(({ text }) => text)
    .join(' ')
    .toLowerCase();
  assert.match(said, /delivery/);
  const { takes } = await api(server, 'GET', `/api/interviews/${id}`);
  assert.ok(takes.length > 0, 'the camera was recorded');
  // Its last piece may still be on its way.
  const watched = () => fetch(`${server.address}/api/interviews/${id}/camera/${takes[0].take}`);
  let film = await watched();
  for (let tries = 0; film.status === 409 && tries < 90; tries += 1) {
    await page.waitForTimeout(1_000);
    film = await watched();
  }
  assert.equal(film.status, 200);
  const bytes = new Uint8Array(await film.arrayBuffer());
  assert.deepEqual([...bytes.slice(0, 4)], [0x1a, 0x45, 0xdf, 0xa3], 'the film is WebM');
  assert.ok(bytes.length > 20_000, `${bytes.length} bytes of film`);
  assert.deepEqual(candidate.errors, []);
  await candidate.close();
});
