import { expect, test } from 'vitest';
import { decodeSpeech, encodeMicrophone, toFloat, toInt16 } from './frames';

test('a microphone frame has the documented layout', () => {
  const buffer = encodeMicrophone({
    stream: 7,
    frame: 258,
    position: 2 ** 33 + 5,
    samples: Int16Array.of(1, -2, 32767, -32768),
  });
  expect([...new Uint8Array(buffer)]).toEqual([
    1, 7, 0, 0, 2, 1, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 1, 0, 254, 255, 255, 127, 0, 128,
  ]);
});

test('a frame of speech is read as it was written', () => {
  const bytes = [2, 0, 0, 0, 9, 0, 0, 0, 64, 1, 0, 0, 0, 0, 0, 0, 1, 0, 254, 255];
  expect(decodeSpeech(Uint8Array.from(bytes).buffer)).toEqual({
    utterance: 9,
    position: 320,
    samples: Int16Array.of(1, -2),
  });
});

test.each([
  ['too short', [2, 0, 0]],
  ['half a sample', [2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]],
  ['another kind', [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
])('what is no frame of speech is refused: %s', (_, bytes) => {
  expect(decodeSpeech(Uint8Array.from(bytes).buffer)).toBeNull();
});

test('samples are clipped, not wrapped', () => {
  expect([...toInt16(Float32Array.of(0, 1, -1, 1.5, -2, 0.5))]).toEqual([
    0, 32767, -32768, 32767, -32768, 16384,
  ]);
  expect([...toFloat(Int16Array.of(-32768, 16384))]).toEqual([-1, 0.5]);
});
