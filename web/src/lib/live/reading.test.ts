import { expect, test } from 'vitest';
import { readingMs } from './reading';

test('a word takes its time, and a long line takes longer', () => {
  expect(readingMs('Thanks.')).toBe(1_200);
  expect(readingMs('word '.repeat(30))).toBe(7_800);
});
