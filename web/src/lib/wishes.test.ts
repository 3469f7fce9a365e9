import { expect, test } from 'vitest';
import { wishesFrom } from './wishes';

const COMPETENCIES = [
  { id: 'conflict', name: 'conflict', questions: 8 },
  { id: 'ownership', name: 'ownership', questions: 8 },
] as const;

test.each([
  ['', {}],
  [
    'format=phone-screen&persona=helen&goal=goal_1',
    { format: 'phone-screen', persona: 'helen', goal: 'goal_1' },
  ],
  ['focus=conflict,charm,ownership', { focus: ['conflict', 'ownership'] }],
  ['focus=charm', {}],
  ['questions=3', { questions: 3 }],
  ['questions=many', {}],
  ['questions=-1', {}],
])('"%s"', (query, wishes) => {
  expect(wishesFrom(new URLSearchParams(query), COMPETENCIES)).toEqual(wishes);
});
