import { expect, test } from 'vitest';
import { claimName, DRAWN_MAX, height, marksOf } from './chart';

const point = (level: number) => ({
  interview: 'itv_1',
  at: '2026-11-22T10:00:00Z',
  level,
  low: level - 1,
  high: level + 1,
  answers: 4,
});

test('levels stand between the ends of the scale', () => {
  expect([1, 3, 5, 0, 9].map(height)).toEqual([0, 50, 100, 0, 100]);
});

test('marks are spread evenly and the line goes through their levels', () => {
  const { marks, path } = marksOf([point(2), point(4)]);
  expect(marks).toEqual([
    { x: 25, level: 25, low: 0, high: 50 },
    { x: 75, level: 75, low: 50, high: 100 },
  ]);
  expect(path).toBe('M25.00 75.00L75.00 25.00');
});

test('of many interviews the latest are drawn', () => {
  const many = Array.from({ length: DRAWN_MAX + 5 }, (_, i) => point(i < 5 ? 1 : 3));
  const { marks } = marksOf(many);
  expect(marks).toHaveLength(DRAWN_MAX);
  expect(marks.every(({ level }) => level === 50)).toBe(true);
});

test('only an improvement is called one', () => {
  const claims = (['not_yet', 'no_change_shown', 'worse'] as const).map(claimName);
  expect(claims.some((claim) => claim.includes('improve'))).toBe(false);
  expect(claimName('improved')).toBe('improved');
});
