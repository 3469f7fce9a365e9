/** Words, times and marks of a transcript. All functions are pure. */

import type { Evidence, Filler, Point, StarPart, Turn, Word } from '$lib/api';

/** How long a word stays marked after its end, so that short pauses do not make it flicker. */
const LINGER_US = 400_000;
/** Sound played before the first word and after the last one of an answer. */
const MARGIN_US = 300_000;

/** The word that is heard at a time, or `null` in silence and where no word has a time. */
export function wordAt(words: readonly Word[], us: number): number | null {
  let found: number | null = null;
  for (const [i, word] of words.entries()) {
    if (word.start_us == null) continue;
    if (word.start_us > us) break;
    found = i;
  }
  if (found === null) return null;
  const word = words[found];
  return us <= (word?.end_us ?? word?.start_us ?? 0) + LINGER_US ? found : null;
}

/** Where to play from to hear a word: its own begin, or that of the last word with a time before it. */
export function timeOf(words: readonly Word[], index: number): number | null {
  for (let i = Math.min(index, words.length - 1); i >= 0; i -= 1) {
    const start = words[i]?.start_us;
    if (start != null) return start;
  }
  return null;
}

/** The stretch of interview time that holds all words; `null` for what was typed. */
export function spanOf(words: readonly Word[]): { start: number; end: number } | null {
  const starts = words.flatMap(({ start_us }) => (start_us == null ? [] : [start_us]));
  const ends = words.flatMap(({ end_us }) => (end_us == null ? [] : [end_us]));
  if (starts.length === 0 || ends.length === 0) return null;
  return {
    start: Math.max(0, Math.min(...starts) - MARGIN_US),
    end: Math.max(...ends) + MARGIN_US,
  };
}

/** Something that is marked in a transcript: words `[first, end)`, under a number or a name. */
export interface Mark {
  id: number;
  first: number;
  end: number;
}

/** Words `[first, end)` that have the same marks, and the marks that begin and end with them. */
export interface Run {
  first: number;
  end: number;
  ids: number[];
  opens: number[];
  closes: number[];
}

/** Cuts the words `[first, end)` where marks begin and end; marks may overlap. */
export function runs(marks: readonly Mark[], first: number, end: number): Run[] {
  const inside = marks
    .map((mark) => ({ ...mark, first: Math.max(first, mark.first), end: Math.min(end, mark.end) }))
    .filter((mark) => mark.first < mark.end);
  const cuts = [first, end, ...inside.flatMap((mark) => [mark.first, mark.end])];
  const sorted = [...new Set(cuts)].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((from, i) => {
    const to = sorted[i + 1] ?? end;
    const here = inside.filter((mark) => mark.first <= from && mark.end >= to);
    return {
      first: from,
      end: to,
      ids: [...new Set(here.map(({ id }) => id))],
      opens: here.filter((mark) => mark.first === from).map(({ id }) => id),
      closes: here.filter((mark) => mark.end === to).map(({ id }) => id),
    };
  });
}

function marksOf(evidence: readonly Evidence[], id: number, answer: string): Mark[] {
  return evidence.flatMap(({ answer: of, first_word, end_word, looked_for }) =>
    // An absence cites the whole answer: there is no place in it to mark.
    of === answer && looked_for == null && first_word != null && end_word != null
      ? [{ id, first: first_word, end: end_word }]
      : [],
  );
}

/** What findings mark, each under its place in the list. */
export function findingMarks(findings: readonly Point[], answer: string): Mark[] {
  return findings.flatMap(({ evidence }, id) => marksOf(evidence, id, answer));
}

/** What the parts of a story mark, each under its place in the list. */
export function partMarks(star: readonly StarPart[], answer: string): Mark[] {
  return star.flatMap(({ spans }, id) => marksOf(spans, id, answer));
}

/** A stretch of a transcript, and what the interviewer said before it. */
export interface Passage {
  said: Turn[];
  first: number;
  end: number;
}

/** Cuts an answer where the interviewer spoke, as far as both have times. */
export function passages(words: readonly Word[], turns: readonly Turn[]): Passage[] {
  const list: Passage[] = [{ said: [], first: 0, end: words.length }];
  const span = spanOf(words);
  if (!span) return list;
  for (const turn of turns) {
    const at = turn.start_us;
    if (turn.speaker !== 'interviewer' || at == null || at <= span.start || at >= span.end) {
      continue;
    }
    const cut = words.findIndex(({ start_us }) => start_us != null && start_us >= at);
    const last = list[list.length - 1];
    if (cut <= 0 || !last) continue;
    if (cut === last.first) {
      last.said.push(turn);
      continue;
    }
    last.end = cut;
    list.push({ said: [turn], first: cut, end: words.length });
  }
  return list;
}

/** Fillers that are no words of the transcript, by the word before which they were heard. */
export function heardBefore(
  words: readonly Word[],
  fillers: readonly Filler[],
): Map<number, Filler[]> {
  const map = new Map<number, Filler[]>();
  for (const filler of fillers) {
    const at = filler.start_us;
    if (filler.struck || filler.word != null || at == null) continue;
    const next = words.findIndex(({ start_us }) => start_us != null && start_us >= at);
    const index = next === -1 ? words.length : next;
    map.set(index, [...(map.get(index) ?? []), filler]);
  }
  return map;
}

/** Words of the transcript that may be fillers, struck ones left out. */
export function fillerWords(fillers: readonly Filler[]): Set<number> {
  return new Set(fillers.flatMap(({ struck, word }) => (struck || word == null ? [] : [word])));
}

/** What counts: possible fillers that are not struck out. */
export function counted(fillers: readonly Filler[]): Filler[] {
  return fillers.filter(({ struck }) => !struck);
}

/** A stretch of a rewrite: the candidate's own words, or a question that only they can answer. */
export interface Piece {
  text: string;
  gap: boolean;
}

/** Cuts a rewrite at its gaps, which stand in square brackets. */
export function pieces(rewrite: string): Piece[] {
  return rewrite
    .split(/(\[[^\]]*\])/)
    .filter((text) => text !== '')
    .map((text) =>
      text.startsWith('[') && text.endsWith(']')
        ? { text: text.slice(1, -1), gap: true }
        : { text, gap: false },
    );
}
