/** Levels over time of the scripted server. They are made up and stand for nothing. */

const DAY_MS = 86_400_000;

/** Levels over the last `state.practised` interviews, one a day. */
export function progressOf(state) {
  const interviews = [...state.interviews.values()];
  if (interviews.length === 0) return { series: [], not_counted: [] };
  const last = interviews.at(-1);
  const count = state.practised;
  const at = (i) => new Date(Date.now() - (count - i) * DAY_MS).toISOString();

  function series(criterion, name, from, to, claim, line) {
    const points = Array.from({ length: count }, (_, i) => {
      const level = from + ((to - from) * i) / Math.max(1, count - 1) + 0.15 * Math.sin(3 * i);
      return {
        interview: interviews[i]?.id ?? `itv_${criterion}${i}`,
        at: at(i),
        level: Math.round(10 * level) / 10,
        low: Math.max(1, Math.round(10 * (level - 1.15)) / 10),
        high: Math.min(5, Math.round(10 * (level + 1.15)) / 10),
        answers: i % 3 === 1 ? 3 : 4,
      };
    });
    return { criterion, name, claim, line, points };
  }

  const from = `${4 * count - 3} answers to fresh questions in ${count} interviews`;
  const nothing = `No change can be shown yet: since your first interview your level moved by something between −0.4 and +0.7 levels (90% interval, from ${from}). A whole level, gained bit by bit, shows after about 10 interviews like yours.`;
  const improved = `Improved since your first interview: between +0.4 and +1.5 levels (90% interval), from ${from}.`;
  const much = count > 4;
  return {
    series: [
      series(
        'overall',
        'Overall',
        2.4,
        much ? 3.6 : 2.6,
        much ? 'improved' : 'no_change_shown',
        much ? improved : nothing,
      ),
      series('structure', 'structure', 2.8, 3.1, 'no_change_shown', nothing),
      series('own_action', 'own action', 3.2, 3.3, 'no_change_shown', nothing),
      series('outcome', 'outcome', 1.6, 2.9, 'no_change_shown', nothing),
    ],
    not_counted: [
      {
        interview: last.id,
        at: last.created_at,
        answer: 'ans_again',
        question: 'Tell me about something you took on although nobody had asked you to.',
        why: 'another take: it shows a better or weaker answer, not how the next question goes',
      },
      {
        interview: interviews[0].id,
        at: interviews[0].created_at,
        answer: 'ans_same',
        question: 'Tell me about a disagreement with somebody you had to go on working with.',
        why: 'nearly the same words as before, or read out',
      },
    ],
  };
}
