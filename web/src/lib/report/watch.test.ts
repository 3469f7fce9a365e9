import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Report } from '$lib/api';
import { ReportWatch } from './watch.svelte';

const report = (state: Report['state'], dropped = 0): Report => ({
  interview: 'itv_1',
  state,
  ratings: {},
  priorities: [],
  levels: [],
  coverage: { answered: 0, asked: 0 },
  answers: [],
  candidate_questions: [],
  left_out: [],
  dropped,
  judge: 'rules 1',
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('asks each second while the report is made, then no more', async () => {
  const answers = [report('judging', 1), report('ready', 2)];
  const ask = vi.fn(() => Promise.resolve(answers.shift() ?? report('ready', 3)));
  const watch = new ReportWatch(report('judging'), ask);
  watch.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(watch.report.dropped).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(watch.report.state).toBe('ready');
  expect(ask).toHaveBeenCalledTimes(2);
});

test('a report that is made is not asked for again', async () => {
  const ask = vi.fn(() => Promise.resolve(report('ready')));
  new ReportWatch(report('ready'), ask).watch();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).not.toHaveBeenCalled();
});

test('goes on after the server was away, and says so meanwhile', async () => {
  let up = false;
  const ask = () => (up ? Promise.resolve(report('ready')) : Promise.reject(new Error('away')));
  const watch = new ReportWatch(report('judging'), ask);
  watch.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(watch.problem).toBe('away');
  up = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(watch.problem).toBe('');
  expect(watch.report.state).toBe('ready');
});

test('after a change it says that it is judged again until that is done', async () => {
  const states: Report['state'][] = ['judging', 'judging', 'judging', 'judging', 'ready'];
  const watch = new ReportWatch(report('ready'), () =>
    Promise.resolve(report(states.shift() ?? 'ready')),
  );
  watch.watch();
  watch.changed();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(watch.again).toBe(true);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(watch.again).toBe(false);
});

test('a page that was left asks for nothing', async () => {
  const ask = vi.fn(() => Promise.resolve(report('judging')));
  const stop = new ReportWatch(report('judging'), ask).watch();
  stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).not.toHaveBeenCalled();
});
