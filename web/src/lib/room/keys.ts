/** The room's keys. Which one means what, and when a key belongs to what has the focus instead. */

export type Act =
  'done' | 'repeat' | 'skip' | 'pause' | 'question' | 'type' | 'mute' | 'captions' | 'help';

/** Each key with what it does, in the order in which the help lists them. */
export const KEYS: readonly { key: string; act: Act; about: string }[] = [
  { key: 'D', act: 'done', about: 'I’m done with this answer (Enter does the same)' },
  { key: 'Q', act: 'question', about: 'Show or hide the question' },
  { key: 'R', act: 'repeat', about: 'Hear the question again' },
  { key: 'T', act: 'type', about: 'Type instead of speaking, and back' },
  { key: 'M', act: 'mute', about: 'Microphone off and on' },
  { key: 'C', act: 'captions', about: 'Captions off and on' },
  { key: 'S', act: 'skip', about: 'Leave this question out' },
  { key: 'P', act: 'pause', about: 'Pause' },
  { key: '?', act: 'help', about: 'This help' },
];

/** A key press, as far as it matters here. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  repeat: boolean;
}

/** What has the focus: `text` takes every key, `control` takes Enter and Space. */
export type Focus = 'text' | 'control' | 'page';

/** What a key press asks for; `null` when it is not meant for the room. */
export function actOf(press: Press, focus: Focus, singleKeys: boolean): Act | null {
  if (press.ctrlKey || press.altKey || press.metaKey || press.repeat || focus === 'text')
    return null;
  if (press.key === 'Enter') return focus === 'page' ? 'done' : null;
  if (!singleKeys) return null;
  return KEYS.find(({ key }) => key === press.key.toUpperCase())?.act ?? null;
}

/** What kind of thing has the focus. */
export function focusOf(element: Element | null): Focus {
  if (element?.matches('input, textarea, select, [contenteditable="true"]')) return 'text';
  return element?.matches('button, a[href], summary, [role="button"]') ? 'control' : 'page';
}
