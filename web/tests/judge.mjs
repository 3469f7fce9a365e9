/**
 * The second judge against the scripted server, in headless Chromium: its self-test in the settings, and
 * its levels beside those of the rules in a report. Run: `npm run build && npm run test:pages`.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch } from './chromium.mjs';
import { start } from './fake-server.mjs';

async function open(t, options) {
  const server = await start(options);
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    server.stop();
  });
  const context = await browser.newContext({ baseURL: server.address });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return { server, page };
}

test('the self-test is run from the settings, followed to its end and shown with its date', async (t) => {
  const { page } = await open(t, { judge: 'untested' });
  await page.goto('/settings');
  const panel = page.getByRole('region', { name: 'A second judge' });
  await panel.getByText('not done with this model as it is now').waitFor();
  await panel.getByRole('button', { name: 'Run the self-test' }).click();
  await panel.getByRole('progressbar', { name: 'Self-test' }).waitFor();
  await panel.getByText('✓ passed').waitFor();
  const text = await panel.innerText();
  assert.match(text, /2026/, 'its date');
  assert.match(text, /81 calls in 31 min/);
  assert.match(text, /qwen-1\.5b@7e1d7e1d/);
  assert.match(text, /version 1/);
  assert.equal(await panel.getByRole('progressbar').count(), 0);
});

test('a self-test can be cancelled, and one that failed says why', async (t) => {
  const { page, server } = await open(t, { judge: 'running' });
  await page.goto('/settings');
  const panel = page.getByRole('region', { name: 'A second judge' });
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await panel.getByRole('button', { name: 'Run the self-test' }).waitFor();
  server.state.judge = 'failed';
  await page.reload();
  await panel.getByText('The injected answer (4.3) came out').waitFor();
  await panel.getByText('The rules judge alone.').waitFor();
});

test('another machine’s model says that words leave this one', async (t) => {
  const { page } = await open(t, { judge: 'untested', remote: true });
  await page.goto('/settings');
  await page.getByText('What leaves this machine: words.').waitFor();
  assert.equal(await page.getByText('What left this machine: nothing.').count(), 0);
});

test('a report shows both judges of an answer and mixes nothing', async (t) => {
  const { page, server } = await open(t, { rated: true, judge: 'passed' });
  const interview = [...server.state.interviews.values()].find((one) => one.retake_of === null);
  await page.goto(`/report/${interview.id}`);
  const answer = page.locator('section[aria-labelledby="answers-title"] > details').first();
  await answer.locator('> summary').click();
  await answer.getByText('Levels of this answer', { exact: true }).click();
  const second = answer.getByText('A language model:').first();
  await second.click();
  await answer.getByText('beside the rules and never mixed with them').first().waitFor();
  await answer.getByText('Asked 3 times, told version 1').first().waitFor();
  const silent = answer.getByText('no level').first();
  await silent.click();
  await answer.getByText('It quoted words that were not said').first().waitFor();
  await page.getByText('single answers also by qwen-1.5b@7e1d7e1d').waitFor();
});
