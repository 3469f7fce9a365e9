import { expect, test } from 'vitest';
import type { Goal } from './api';
import { goalName, nearestGoal } from './goals';

const goal = (id: string, date: string | null): Goal => ({
  id,
  role: 'Nurse',
  seniority: 'entry',
  company: null,
  date,
  focus: [],
  notes: '',
  interviews: 0,
});

const today = new Date(2026, 10, 22);

test.each<[string, Goal[], string | undefined]>([
  ['the soonest one', [goal('late', '2026-12-24'), goal('soon', '2026-11-30')], 'soon'],
  ['today counts', [goal('late', '2026-12-24'), goal('today', '2026-11-22')], 'today'],
  ['one that is over does not', [goal('over', '2026-11-01'), goal('open', null)], 'open'],
  ['unless there is no other', [goal('over', '2026-11-01')], 'over'],
  ['none at all', [], undefined],
])('%s', (_, goals, id) => expect(nearestGoal(goals, today)?.id).toBe(id));

test('a goal is named by its role, and by its company where there is one', () => {
  expect(goalName(goal('a', null))).toBe('Nurse');
  expect(goalName({ ...goal('a', null), company: 'St Olav' })).toBe('Nurse at St Olav');
});
