import { expect, test } from 'vitest';
import { FRAMES_MAX, Outbox } from './outbox';

function filled(frames: number): Outbox {
  const outbox = new Outbox(3);
  for (let frame = 0; frame < frames; frame += 1) outbox.keep({ frame, bytes: new ArrayBuffer(0) });
  return outbox;
}

const waiting = (outbox: Outbox) => outbox.unacknowledged().map((kept) => kept.frame);

test('frames wait until an acknowledgement covers them', () => {
  const outbox = filled(5);
  expect(outbox.acknowledge(3)).toBe(3);
  expect(waiting(outbox)).toEqual([3, 4]);
  expect(outbox.length).toBe(5);
});

test('an older acknowledgement brings nothing back', () => {
  const outbox = filled(5);
  outbox.acknowledge(4);
  expect(outbox.acknowledge(2)).toBe(0);
  expect(waiting(outbox)).toEqual([4]);
});

test('an acknowledgement of everything empties it, and the stream goes on', () => {
  const outbox = filled(2);
  outbox.acknowledge(2);
  outbox.keep({ frame: 2, bytes: new ArrayBuffer(0) });
  expect(waiting(outbox)).toEqual([2]);
});

test('frames that the server has already are not kept again', () => {
  const outbox = new Outbox(0);
  outbox.acknowledge(10);
  outbox.keep({ frame: 9, bytes: new ArrayBuffer(0) });
  outbox.keep({ frame: 10, bytes: new ArrayBuffer(0) });
  expect(waiting(outbox)).toEqual([10]);
});

test('ten minutes are kept and no more', () => {
  const outbox = filled(FRAMES_MAX);
  expect(outbox.full).toBe(true);
  expect(outbox.keep({ frame: FRAMES_MAX, bytes: new ArrayBuffer(0) })).toBe(false);
  outbox.acknowledge(1);
  expect(outbox.keep({ frame: FRAMES_MAX, bytes: new ArrayBuffer(0) })).toBe(true);
});
