/** How parts of a report are put into words. All functions are pure. */

import type { Feature, Filler, Ratings, Sample, Timeline } from '$lib/api';
import { spokenLength } from '$lib/format';

const PARTS: Record<string, string> = {
  situation: 'Situation',
  task: 'Task',
  action: 'Action',
  result: 'Result',
  reflection: 'What you took from it',
  relevance: 'Why it matters here',
};

/** The name of a part of a story as shown. */
export function partName(part: string): string {
  return PARTS[part] ?? part;
}

const TYPES: Record<string, string> = {
  story: 'Told as one story.',
  pseudo_story: 'Told as what usually happens, not as one story.',
  example: 'Told as an example, not as a story.',
  opinion: 'An opinion, not a story.',
  self_description: 'A description of yourself, not a story.',
};

/** What kind of answer it is, in a sentence; empty when that is not known. */
export function typeLine(type: string | null | undefined): string {
  return (type && TYPES[type]) || '';
}

const round = (value: number, digits = 0) =>
  value.toLocaleString(undefined, { maximumFractionDigits: digits });

/** A measured number with its unit. */
export function amount({ value, unit }: Pick<Feature, 'value' | 'unit'>): string {
  switch (unit) {
    case 'count':
      return round(value);
    case 'seconds':
      return value < 10 ? `${round(value, 1)} s` : spokenLength(value);
    case 'words_per_minute':
      return `${round(value)} words a minute`;
    case 'syllables_per_second':
      return round(value, 1);
    case 'per_minute':
    case 'per_hundred_words':
      return round(value, 1);
    case 'share':
      return `${round(100 * value)}%`;
    case 'hertz':
      return `${round(value)} Hz`;
    case 'semitones':
      return `${round(value, 1)} semitones`;
    case 'decibels':
      return `${round(value, 1)} dB`;
    default:
      return round(value, 2);
  }
}

/** How alike the words of two attempts are, in a sentence; `share` is 0 to 1. */
export function sameWordsLine(share: number): string {
  if (share >= 0.5) return 'Nearly the same words as the first take.';
  if (share >= 0.15) return 'Some of the same phrases as the first take.';
  return 'Told in new words.';
}

/** Whether a candidate has rated themself after the interview. */
export function rated(ratings: Ratings): boolean {
  const { nerves_peak, nerves_after, confidence, went } = ratings;
  return [nerves_peak, nerves_after, confidence, went].some((value) => value != null);
}

/** A stretch of an answer as a row of the table that stands for the timeline. */
export interface Row {
  /** Seconds from the begin of the answer. */
  from: number;
  to: number;
  /** Means over the stretch; `null` where nothing was measured. */
  pace: number | null;
  loudness: number | null;
  pitch: number | null;
  pauses: number;
  fillers: number;
}

const ROW_US = 10_000_000;
const ROWS_MAX = 400;

/** The timeline in stretches of ten seconds. */
export function tableOf(timeline: Timeline, fillers: readonly Filler[]): Row[] {
  const rows: Row[] = [];
  const { start_us, end_us } = timeline;
  for (let at = start_us; at < end_us && rows.length < ROWS_MAX; at += ROW_US) {
    const to = Math.min(at + ROW_US, end_us);
    const here = (us: number) => us >= at && us < to;
    const mean = (samples: readonly Sample[]) => {
      const values = samples.filter(({ at_us }) => here(at_us)).map(({ value }) => value);
      return values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;
    };
    rows.push({
      from: (at - start_us) / 1e6,
      to: (to - start_us) / 1e6,
      pace: mean(timeline.pace),
      loudness: mean(timeline.loudness),
      pitch: mean(timeline.pitch),
      pauses: timeline.pauses.filter((pause) => here(pause.start_us)).length,
      fillers: fillers.filter((filler) => filler.start_us != null && here(filler.start_us)).length,
    });
  }
  return rows;
}

/**
 * A curve as the path of an SVG, 0 to 100 across the timeline and 0 (`high`) to 100 (`low`) down.
 * The line is broken where samples are more than `gapUs` apart.
 */
export function pathOf(
  samples: readonly Sample[],
  { start_us, end_us }: Pick<Timeline, 'start_us' | 'end_us'>,
  [low, high]: [number, number],
  gapUs: number,
): string {
  const length = Math.max(1, end_us - start_us);
  let before: number | null = null;
  return samples
    .map(({ at_us, value }) => {
      const x = (100 * (at_us - start_us)) / length;
      const share = (Math.min(high, Math.max(low, value)) - low) / Math.max(1e-9, high - low);
      const joined = before !== null && at_us - before <= gapUs;
      before = at_us;
      return `${joined ? 'L' : 'M'}${x.toFixed(2)} ${(100 - 100 * share).toFixed(1)}`;
    })
    .join('');
}
