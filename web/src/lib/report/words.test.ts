import { expect, test } from 'vitest';
import type { Filler, Turn, Word } from '$lib/api';
import {
  findingMarks,
  heardBefore,
  passages,
  pieces,
  runs,
  counted,
  fillerWords,
  spanOf,
  timeOf,
  wordAt,
} from './words';

const s = 1_000_000;
const word = (text: string, start: number | null, end: number | null): Word => ({
  text,
  start_us: start === null ? null : start * s,
  end_us: end === null ? null : end * s,
});
const words = [
  word('We', 10, 10.2),
  word('moved', 10.3, 10.8),
  word('every', null, null),
  word('sailing', 14, 14.5),
];

test.each<[number, number | null]>([
  [9.9, null],
  [10, 0],
  [10.25, 0],
  [10.5, 1],
  [11.1, 1],
  [12, null],
  [14.2, 3],
  [20, null],
])('at %d s word %s is heard', (at, index) => expect(wordAt(words, at * s)).toBe(index));

test('a word without a time plays from the one before it', () => {
  expect(timeOf(words, 2)).toBe(10.3 * s);
  expect(timeOf(words, 3)).toBe(14 * s);
  expect(timeOf([word('typed', null, null)], 0)).toBeNull();
});

test('an answer spans its words with a little room, and a typed one spans nothing', () => {
  expect(spanOf(words)).toEqual({ start: 9.7 * s, end: 14.8 * s });
  expect(spanOf([word('typed', null, null)])).toBeNull();
});

test('overlapping marks are cut into runs that lose no word', () => {
  const cut = runs(
    [
      { id: 0, first: 1, end: 4 },
      { id: 1, first: 3, end: 6 },
    ],
    0,
    8,
  );
  expect(cut.map(({ first, end, ids }) => [first, end, ids])).toEqual([
    [0, 1, []],
    [1, 3, [0]],
    [3, 4, [0, 1]],
    [4, 6, [1]],
    [6, 8, []],
  ]);
  expect(cut[2]?.closes).toEqual([0]);
  expect(cut[2]?.opens).toEqual([1]);
});

test('marks that reach over the end of a passage are clipped to it', () => {
  expect(runs([{ id: 0, first: 2, end: 20 }], 0, 5).map(({ end }) => end)).toEqual([2, 5]);
  expect(runs([{ id: 0, first: 7, end: 9 }], 0, 5)).toHaveLength(1);
});

test('an absence and the words of another answer mark nothing', () => {
  const point = (evidence: object) => ({
    kind: 'k',
    claim: '',
    why: '',
    strength: false,
    convention: false,
    evidence: [{ answer: 'a', first_word: 0, end_word: 4, ...evidence }],
  });
  const found = findingMarks(
    [point({ looked_for: 'an end' }), point({ answer: 'b' }), point({})],
    'a',
  );
  expect(found).toEqual([{ id: 2, first: 0, end: 4 }]);
});

const turn = (speaker: Turn['speaker'], start: number | null): Turn => ({
  id: 't',
  index: 0,
  speaker,
  name: '',
  text: 'And then?',
  start_us: start === null ? null : start * s,
  end_us: null,
  spoken: true,
  unscored: false,
  answer: null,
});

test('what the interviewer said in between stands where it was said', () => {
  const cut = passages(words, [
    turn('interviewer', 2),
    turn('candidate', 12),
    turn('interviewer', 12),
    turn('interviewer', 13),
    turn('interviewer', null),
    turn('interviewer', 30),
  ]);
  expect(cut.map(({ said, first, end }) => [said.length, first, end])).toEqual([
    [0, 0, 3],
    [2, 3, 4],
  ]);
});

const filler = (text: string, start: number | null, at: number | null, struck = false): Filler => ({
  kind: at === null ? 'acoustic' : 'lexical',
  text,
  start_us: start === null ? null : start * s,
  end_us: null,
  word: at,
  struck,
});

test('what was heard between words stands before the next one', () => {
  const map = heardBefore(words, [
    filler('um', 13, null),
    filler('uh', 19, null),
    filler('like', 10.3, 1),
  ]);
  expect([...map].map(([i, list]) => [i, list.map(({ text }) => text)])).toEqual([
    [3, ['um']],
    [4, ['uh']],
  ]);
});

test('what is struck out is marked and counted nowhere', () => {
  const fillers = [
    filler('um', 13, null, true),
    filler('uh', 19, null),
    filler('like', 10.3, 1),
    filler('so', 11, 2, true),
  ];
  expect([...heardBefore(words, fillers).keys()]).toEqual([4]);
  expect([...fillerWords(fillers)]).toEqual([1]);
  expect(counted(fillers).map(({ text }) => text)).toEqual(['uh', 'like']);
});

test('gaps of a rewrite are told from the words around them', () => {
  expect(pieces('I moved the sailings. [How many were saved?] Since then')).toEqual([
    { text: 'I moved the sailings. ', gap: false },
    { text: 'How many were saved?', gap: true },
    { text: ' Since then', gap: false },
  ]);
  expect(pieces('No gap at all')).toEqual([{ text: 'No gap at all', gap: false }]);
});
