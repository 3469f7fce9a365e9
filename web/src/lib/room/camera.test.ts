import { expect, test } from 'vitest';
import { judgeLight } from './camera';

const WIDTH = 40;

/** A picture with one grey value in the middle third and another around it. */
function picture(middle: number, around: number): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: WIDTH * 30 }, (_, i) => {
    const x = (i % WIDTH) / WIDTH;
    return x > 0.3 && x < 0.7 ? middle : around;
  });
}

test.each([
  ['an evenly lit room', 130, 120, 'good'],
  ['a lamp in front', 180, 60, 'good'],
  ['a dark room', 30, 25, 'dark'],
  ['a window behind', 70, 220, 'behind'],
])('%s', (_, middle, around, light) => {
  expect(judgeLight(picture(middle, around), WIDTH)).toBe(light);
});
