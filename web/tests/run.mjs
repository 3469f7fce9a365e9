/**
 * Runs the test files it is given, one after another, and ends with the plain line that the test command
 * counts.
 */

import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { resolve } from 'node:path';

const files = process.argv.slice(2).map((file) => resolve(file));
let passed = 0;
let failed = 0;
const stream = run({ files, concurrency: 1 });
stream.on('test:pass', ({ details }) => {
  if (details.type !== 'suite') passed += 1;
});
stream.on('test:fail', () => {
  failed += 1;
});
stream.on('end', () => {
  setTimeout(() => {
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed > 0 || passed === 0 ? 1 : 0);
  }, 500);
});
stream.compose(new spec()).pipe(process.stdout);
