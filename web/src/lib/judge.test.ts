import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { api, type ModelJudge } from './api';
import { SecondJudge } from './judge.svelte';

const judge = (state: ModelJudge['state'], done?: number): ModelJudge => ({
  model: 'tiny@0',
  local: true,
  state,
  progress: done === undefined ? null : { done, of: 27 },
  test: null,
  prompt_version: '1',
  prompt_sha256: 'ab',
  sha256: null,
  intervals: 'not measured',
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a self-test is followed until it is over', async () => {
  const shown = [judge('untested', 0), judge('untested', 5), judge('passed')];
  vi.spyOn(api, 'checkJudge').mockResolvedValue(undefined);
  const ask = vi.spyOn(api, 'judge').mockImplementation(() => Promise.resolve(shown.shift()!));
  const second = new SecondJudge(judge('untested'));
  const stop = second.watch();
  await second.check();
  expect(second.running).toBe(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(second.judge.state).toBe('passed');
  expect(ask).toHaveBeenCalledTimes(3);
  stop();
});

test('a refusal is said and nothing changes', async () => {
  vi.spyOn(api, 'checkJudge').mockRejectedValue(new Error('it runs already'));
  const second = new SecondJudge(judge('untested'));
  await second.check();
  expect(second.problem).toBe('it runs already');
  expect(second.judge.state).toBe('untested');
});
