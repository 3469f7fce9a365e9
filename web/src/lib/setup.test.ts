import { expect, test } from 'vitest';
import type { Abilities, Status } from './api';
import { missing, Setup } from './setup.svelte';

const none: Abilities = {
  listen: false,
  speak: false,
  captions: false,
  turn_end: false,
  meaning: false,
  language: false,
};

const status = (abilities: Partial<Abilities>): Status => ({
  version: '1',
  abilities: { ...none, ...abilities },
  models: [
    { id: 'a', bytes: 300, bytes_done: 300, default: true },
    { id: 'b', bytes: 100, bytes_done: 0, default: true },
    { id: 'c', bytes: 900, bytes_done: 0, default: false },
  ].map((model) => ({ ...model, purpose: '', licence: '', state: 'missing' })),
  pulling: false,
  data_bytes: 0,
  live: { running: 0, limit: 3, waiting: 0, wait_minutes: null },
});

test('nothing is said of captions to somebody who types', () => {
  expect(missing(status({})).join(' ')).not.toContain('captions');
  expect(missing(status({ listen: true })).join(' ')).toContain('captions');
});

test('a complete installation misses nothing', () => {
  const all = {
    listen: true,
    speak: true,
    captions: true,
    turn_end: true,
    meaning: true,
    language: true,
  };
  expect(missing(status(all))).toEqual([]);
});

test('only the chosen models count towards the progress', () => {
  expect(new Setup(status({})).share).toBe(0.75);
});
