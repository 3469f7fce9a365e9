/** The list of past interviews, in its groups. Pure. */

import type { InterviewSummary } from './api';

/** An interview with the retakes of its answers, oldest first. */
export interface Sitting {
  interview: InterviewSummary;
  retakes: InterviewSummary[];
}

/** Puts retakes under the interview they belong to; one whose interview is gone stands alone. */
export function grouped(interviews: readonly InterviewSummary[]): Sitting[] {
  const known = new Map(interviews.map((interview) => [interview.id, interview]));

  /** The interview at the begin of a chain of retakes. */
  function rootOf(interview: InterviewSummary): InterviewSummary {
    const seen = new Set([interview.id]);
    let root = interview;
    for (;;) {
      const before = root.retake_of && known.get(root.retake_of.interview);
      if (!before) return root;
      // No interview can begin a circle; each of its members stands alone.
      if (seen.has(before.id)) return interview;
      seen.add(before.id);
      root = before;
    }
  }

  const sittings = new Map<string, Sitting>();
  for (const interview of interviews) {
    if (rootOf(interview) === interview) sittings.set(interview.id, { interview, retakes: [] });
  }
  for (const interview of interviews) {
    const root = rootOf(interview);
    if (root !== interview) sittings.get(root.id)?.retakes.unshift(interview);
  }
  return [...sittings.values()];
}
