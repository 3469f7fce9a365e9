import { sveltekit } from '@sveltejs/kit/vite';
import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => {
  /** Where `npm run dev` finds a running server (`greenroom serve`, or `npm run fake`). */
  const backend = loadEnv(mode, '.', 'GREENROOM_').GREENROOM_BACKEND ?? 'http://127.0.0.1:4600';
  return {
    plugins: [sveltekit()],
    // Worklets must stay files of their own: the content security policy allows no `data:` scripts.
    build: { assetsInlineLimit: 0 },
    worker: { format: 'es' },
    server: { proxy: { '/api': { target: backend, ws: true } } },
    test: { include: ['src/**/*.test.ts'] },
  };
});
