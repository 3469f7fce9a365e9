// Types that SvelteKit looks for; the app needs none of its own there.
declare global {
  namespace App {}
}

export {};
