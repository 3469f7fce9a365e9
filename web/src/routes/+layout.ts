// The app runs in the browser alone: it records, plays and keeps sound, and its pages are private.
export const ssr = false;
export const prerender = false;
