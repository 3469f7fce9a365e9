/** Where levels over time lie on their chart. Pure. */

import type { ProgressPoint, ProgressSeries } from '$lib/api';

/** At most this many interviews are drawn; the table has all of them. */
export const DRAWN_MAX = 24;

/** A level on the chart; all places in per cent from the left and from the bottom. */
export interface Mark {
  x: number;
  level: number;
  low: number;
  high: number;
}

/** How high a level from 1 to 5 stands. */
export function height(level: number): number {
  return (100 * (Math.min(5, Math.max(1, level)) - 1)) / 4;
}

/** The marks of the latest points, evenly spaced, and the line through them as an SVG path. */
export function marksOf(points: readonly ProgressPoint[]): { marks: Mark[]; path: string } {
  const drawn = points.slice(-DRAWN_MAX);
  const marks = drawn.map((point, i) => ({
    x: (100 * (i + 0.5)) / drawn.length,
    level: height(point.level),
    low: height(point.low),
    high: height(point.high),
  }));
  const path = marks
    .map(({ x, level }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(2)} ${(100 - level).toFixed(2)}`)
    .join('');
  return { marks, path };
}

/** What may be claimed, in a few words. */
export function claimName(claim: ProgressSeries['claim']): string {
  switch (claim) {
    case 'improved':
      return 'improved';
    case 'worse':
      return 'lower than at first';
    case 'no_change_shown':
      return 'no change shown';
    default:
      return 'too early to say';
  }
}
