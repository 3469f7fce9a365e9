import { expect, test } from 'vitest';
import { Resampler } from './resample';

function tone(rate: number, hertz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / rate),
  );
}

function inPieces(resampler: Resampler, signal: Float32Array, piece: number): Float32Array {
  const out: number[] = [];
  for (let i = 0; i < signal.length; i += piece) {
    out.push(...resampler.push(signal.subarray(i, i + piece)));
  }
  return Float32Array.from(out);
}

/** Root mean square of the middle, where the filter has settled, in dB of a full tone. */
function loudness(signal: Float32Array): number {
  const middle = signal.subarray(signal.length / 4, (signal.length * 3) / 4);
  const power = middle.reduce((sum, x) => sum + x * x, 0) / middle.length;
  return 10 * Math.log10(2 * power + 1e-12);
}

test.each([
  [48_000, 24_000],
  [44_100, 24_000],
  [96_000, 24_000],
  [16_000, 24_000],
  [24_000, 44_100],
  [24_000, 48_000],
  [24_000, 24_000],
])('%d to %d keeps length and a tone', (from, to) => {
  const out = inPieces(new Resampler(from, to), tone(from, 1000, 1), 128);
  expect(Math.abs(out.length - to)).toBeLessThan(to * 0.01);
  expect(Math.abs(loudness(out))).toBeLessThan(0.1);
});

test.each([
  [48_000, 15_000],
  [44_100, 16_000],
])('what 24,000 samples a second cannot hold does not fold back (%d, %d Hz)', (from, hertz) => {
  expect(loudness(inPieces(new Resampler(from, 24_000), tone(from, hertz, 1), 128))).toBeLessThan(
    -60,
  );
});

test('the size of the pieces changes nothing', () => {
  const signal = tone(44_100, 440, 0.5);
  const small = inPieces(new Resampler(44_100, 24_000), signal, 77);
  const large = inPieces(new Resampler(44_100, 24_000), signal, 4096);
  expect(small.length).toBe(large.length);
  expect(Math.max(...small.map((x, i) => Math.abs(x - (large[i] ?? 0))))).toBeLessThan(1e-6);
});
