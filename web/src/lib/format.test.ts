import { describe, expect, test } from 'vitest';
import { bytes, clock, count, daysLeft, daysUntil, spokenLength } from './format';

describe('times', () => {
  test.each([
    [0, '0:00'],
    [59.9, '0:59'],
    [75, '1:15'],
    [-3, '0:00'],
  ])('clock(%d)', (seconds, text) => expect(clock(seconds)).toBe(text));

  test.each([
    [8, '8 s'],
    [120, '2 min'],
    [75, '1 min 15 s'],
  ])('spokenLength(%d)', (seconds, text) => expect(spokenLength(seconds)).toBe(text));
});

describe('days', () => {
  // Half past eleven in the evening: the day counts, not the hours.
  const today = new Date(2026, 10, 22, 23, 30);

  test.each([
    ['2026-11-22', 0],
    ['2026-11-23', 1],
    ['2026-12-01', 9],
    ['2026-11-19', -3],
    ['soon', null],
  ])('daysUntil(%s)', (day, days) => expect(daysUntil(day, today)).toBe(days));

  test.each([
    [0, 'today'],
    [1, 'tomorrow'],
    [9, 'in 9 days'],
    [-1, 'yesterday'],
    [-3, '3 days ago'],
  ])('daysLeft(%d)', (days, text) => expect(daysLeft(days)).toBe(text));
});

describe('amounts', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [152_000_000, '152 MB'],
    [999_600_000, '1.0 GB'],
  ])('bytes(%d)', (n, text) => expect(bytes(n)).toBe(text));

  test('count', () => {
    expect(count(1, 'question')).toBe('1 question');
    expect(count(0, 'reply', 'replies')).toBe('0 replies');
  });
});
