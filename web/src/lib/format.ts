/** How times and numbers are written for people. All functions are pure. */

/** `75` as "1:15". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** `75` as "1 min 15 s", for people who hear it. */
export function spokenLength(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  const rest = whole % 60;
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** `152000000` as "152 MB", in steps of a thousand as disks are sold. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** "1 question", "3 questions". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Whole days from `today` to a day of the calendar (`2026-12-01`); `null` for what is no day. */
export function daysUntil(day: string, today: Date): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const there = Date.UTC(year, month - 1, date);
  if (Number.isNaN(there)) return null;
  const here = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  return Math.round((there - here) / 86_400_000);
}

/** "today", "tomorrow", "in 9 days", "3 days ago". */
export function daysLeft(days: number): string {
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days === -1) return 'yesterday';
  return days > 0 ? `in ${days} days` : `${-days} days ago`;
}

/** A day of the calendar as people write it ("1 December 2026"). */
export function day(date: string): string {
  const there = new Date(`${date}T12:00:00Z`);
  if (Number.isNaN(there.getTime())) return date;
  return there.toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** A moment as people write it, in their own zone ("Sun, 22 Nov, 14:05"). */
export function moment(at: string): string {
  const there = new Date(at);
  if (Number.isNaN(there.getTime())) return at;
  return there.toLocaleString(undefined, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** The day of a moment, as short as it can be told ("22 Nov"). */
export function shortDay(at: string): string {
  const there = new Date(at);
  if (Number.isNaN(there.getTime())) return at;
  return there.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}

/** First letter in upper case, for names that come in lower case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
