import { expect, test } from 'vitest';
import type { InterviewSummary } from './api';
import { grouped } from './history';

const interview = (id: string, of?: string): InterviewSummary => ({
  id,
  created_at: '2026-11-22T10:00:00Z',
  state: 'ended',
  format: 'Behavioural interview',
  persona: 'Maya',
  answered: 1,
  asked: 1,
  retake_of: of ? { interview: of, answer: 'ans_1', question: 'What happened?' } : null,
  report: 'ready',
  seconds: 60,
});

const shape = (...list: InterviewSummary[]) =>
  grouped(list).map((sitting) => [sitting.interview.id, ...sitting.retakes.map(({ id }) => id)]);

test('retakes stand under their interview, oldest first, and a retake of a retake too', () => {
  const list = [interview('d'), interview('c', 'b'), interview('b', 'a'), interview('a')];
  expect(shape(...list)).toEqual([['d'], ['a', 'b', 'c']]);
});

test('a retake whose interview was deleted stands alone', () => {
  expect(shape(interview('b', 'gone'))).toEqual([['b']]);
});

test('a circle loses no interview', () => {
  expect(shape(interview('b', 'a'), interview('a', 'b'))).toEqual([['b'], ['a']]);
});
