import type { Theme } from './api';

/** Shows the app light, dark or as the device says, and remembers it for the next first paint. */
export function showTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    localStorage.setItem('greenroom.theme', theme);
  } catch {
    // Without storage the theme holds until the page is left.
  }
}
