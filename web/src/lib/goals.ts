import type { Goal, Seniority } from './api';
import { daysUntil } from './format';

/** The goal to practise for when nothing else is said: the soonest that is not over, else the newest. */
export function nearestGoal(goals: Goal[], today: Date): Goal | null {
  let nearest: Goal | null = null;
  let days = Infinity;
  for (const goal of goals) {
    const left = goal.date == null ? null : daysUntil(goal.date, today);
    if (left !== null && left >= 0 && left < days) {
      nearest = goal;
      days = left;
    }
  }
  return nearest ?? goals.find((goal) => goal.date == null) ?? goals[0] ?? null;
}

/** "Product manager at Northwind Ferries". */
export function goalName(goal: Goal): string {
  return goal.company ? `${goal.role} at ${goal.company}` : goal.role;
}

export const SENIORITIES: { value: Seniority; name: string; about: string }[] = [
  { value: 'entry', name: 'Starting out', about: 'Student, graduate, or new to the field' },
  { value: 'mid', name: 'Some years in', about: 'Works on their own' },
  { value: 'senior', name: 'Leading', about: 'Leads others or owns an area' },
];
