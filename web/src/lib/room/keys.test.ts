import { expect, test } from 'vitest';
import { actOf, KEYS, type Focus, type Press } from './keys';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...more,
});

test.each<[string, Focus, string | null]>([
  ['d', 'page', 'done'],
  ['D', 'control', 'done'],
  ['Enter', 'page', 'done'],
  ['Enter', 'control', null],
  ['d', 'text', null],
  ['Enter', 'text', null],
  ['?', 'page', 'help'],
  ['x', 'page', null],
])('%s with the focus on %s', (key, focus, act) => {
  expect(actOf(press(key), focus, true)).toBe(act);
});

test('keys of the browser are left to it, and a held key acts once', () => {
  expect(actOf(press('r', { ctrlKey: true }), 'page', true)).toBeNull();
  expect(actOf(press('p', { metaKey: true }), 'page', true)).toBeNull();
  expect(actOf(press('s', { repeat: true }), 'page', true)).toBeNull();
});

test('without single keys only Enter is left', () => {
  for (const { key } of KEYS) expect(actOf(press(key), 'page', false)).toBeNull();
  expect(actOf(press('Enter'), 'page', false)).toBe('done');
});

test('no key means two things', () => {
  expect(new Set(KEYS.map(({ key }) => key)).size).toBe(KEYS.length);
});
