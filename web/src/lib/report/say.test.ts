import { expect, test } from 'vitest';
import type { Timeline } from '$lib/api';
import { amount, pathOf, rated, sameWordsLine, tableOf, typeLine } from './say';

test.each([
  [{ value: 0.41, unit: 'share' }, '41%'],
  [{ value: 148.4, unit: 'words_per_minute' }, '148 words a minute'],
  [{ value: 1.24, unit: 'seconds' }, '1.2 s'],
  [{ value: 95.2, unit: 'seconds' }, '1 min 35 s'],
  [{ value: 3, unit: 'count' }, '3'],
])('%o reads %s', (feature, text) => expect(amount(feature)).toBe(text));

test('only nearly the same words are called so', () => {
  expect(sameWordsLine(0.8)).toContain('Nearly the same words');
  expect(sameWordsLine(0.02)).not.toContain('same');
});

test('nerves before the interview are no rating of it', () => {
  expect(rated({ nerves_before: 5 })).toBe(false);
  expect(rated({ nerves_before: 5, went: 0 })).toBe(true);
});

test('an unknown type of answer says nothing', () => {
  expect(typeLine(null)).toBe('');
  expect(typeLine('poem')).toBe('');
});

const s = 1_000_000;
const timeline: Timeline = {
  start_us: 100 * s,
  end_us: 115 * s,
  pace: [
    { at_us: 102 * s, value: 120 },
    { at_us: 108 * s, value: 140 },
  ],
  loudness: [{ at_us: 112 * s, value: -2 }],
  pitch: [],
  pauses: [{ start_us: 109 * s, end_us: 111 * s }],
};

test('the table has a row for every ten seconds and counts nothing twice', () => {
  const fillers = [
    { kind: 'acoustic', text: 'um', start_us: 110 * s, end_us: null, word: null, struck: false },
  ];
  expect(tableOf(timeline, fillers)).toEqual([
    { from: 0, to: 10, pace: 130, loudness: null, pitch: null, pauses: 1, fillers: 0 },
    { from: 10, to: 15, pace: null, loudness: -2, pitch: null, pauses: 0, fillers: 1 },
  ]);
});

test('a curve is broken where nothing was measured, and stays inside its lane', () => {
  const samples = [
    { at_us: 100 * s, value: 0 },
    { at_us: 101 * s, value: 5 },
    { at_us: 115 * s, value: 99 },
  ];
  expect(pathOf(samples, timeline, [0, 10], 2 * s)).toBe('M0.00 100.0L6.67 50.0M100.00 0.0');
});
