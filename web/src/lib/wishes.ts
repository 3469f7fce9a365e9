import type { Competency, CompetencyId, Wishes } from './api';

/** Reads what somebody wants to practise from an address, as a next step or a goal links to it. */
export function wishesFrom(query: URLSearchParams, competencies: readonly Competency[]): Wishes {
  const wishes: Wishes = {};
  for (const key of ['format', 'persona', 'goal'] as const) {
    const value = query.get(key);
    if (value) wishes[key] = value;
  }
  const known = new Set<string>(competencies.map(({ id }) => id));
  const focus = (query.get('focus') ?? '')
    .split(',')
    .filter((id): id is CompetencyId => known.has(id));
  if (focus.length > 0) wishes.focus = focus;
  const questions = Number(query.get('questions'));
  if (Number.isInteger(questions) && questions > 0) wishes.questions = questions;
  return wishes;
}
