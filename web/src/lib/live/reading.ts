/** How long a shown line takes to read: about 230 words a minute, and never less than 1.2 s. */
export function readingMs(text: string): number {
  const words = text.split(/\s+/).filter(Boolean).length;
  return Math.max(1_200, words * 260);
}
