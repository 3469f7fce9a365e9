/**
 * The report against the scripted server, in headless Chromium: what the candidate strikes out is counted
 * nowhere until it is put back. Run: `npm run build && npm run test:room`.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { start } from './fake-server.mjs';

test('a possible filler is struck out with a click and put back with another', async (t) => {
  const server = await start({ rated: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  t.after(async () => {
    await browser.close();
    server.stop();
  });
  const context = await browser.newContext({ baseURL: server.address });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const interview = [...server.state.interviews.values()].find((one) => one.retake_of === null);
  const opened = async () => {
    await page
      .locator('section[aria-labelledby="answers-title"] > details > summary')
      .first()
      .click();
    await page.getByText('How it was said', { exact: true }).first().click();
  };
  await page.goto(`/report/${interview.id}`);
  await opened();
  await page.getByRole('heading', { name: '3 possible fillers' }).waitFor();
  await page.getByRole('button', { name: 'Strike out “um”' }).click();
  await page.getByRole('heading', { name: '2 possible fillers' }).waitFor();
  const back = page.getByRole('button', { name: 'Put back “um”' });
  await back.waitFor();
  await page.reload();
  await opened();
  await page.getByRole('heading', { name: '2 possible fillers' }).waitFor();
  await back.click();
  await page.getByRole('heading', { name: '3 possible fillers' }).waitFor();
  assert.equal(await back.count(), 0);
});
