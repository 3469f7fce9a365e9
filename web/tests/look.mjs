/**
 * Looks at every page in headless Chromium, light and dark, wide and narrow: saves a picture of each
 * and lets axe search it. Prints what axe finds and ends with 1 if it finds anything.
 *
 * Run: `npm run build && npm run look [-- [--quick] FOLDER [NAME…]]`; pictures go to FOLDER, or to
 * `../target/look`. `--quick` looks at wide light and narrow dark pages only. CHROMIUM names the browser if it is not at /usr/bin/chromium.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { launch } from './chromium.mjs';
import { start } from './fake-server.mjs';
import { pages } from './look-pages.mjs';

const words = process.argv.slice(2);
const quick = words[0] === '--quick';
const [folder = '../target/look', ...names] = quick ? words.slice(1) : words;
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = await launch();

const WIDE = { name: 'wide', width: 1440, height: 900 };
const NARROW = { name: 'narrow', width: 390, height: 844 };
const VIEWS = [
  [WIDE, 'light'],
  [NARROW, 'dark'],
  [WIDE, 'dark'],
  [NARROW, 'light'],
];

let looked = 0;
let problems = 0;

async function look(entry, size, scheme) {
  const server = await start(entry.server ?? {});
  const context = await browser.newContext({
    viewport: { width: size.width, height: size.height },
    colorScheme: scheme,
    permissions: entry.denied ? [] : ['microphone', 'camera'],
    bypassCSP: false,
    baseURL: server.address,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(12_000);
  page.on('pageerror', (error) => report(`${entry.name}: ${error.message}`));
  page.on('console', (message) => {
    // A page that is taken off the line complains of that, as it should.
    if (message.type() === 'error' && !entry.offline)
      report(`${entry.name}: console: ${message.text()}`);
  });
  try {
    await entry.go(page, server);
    await page.waitForTimeout(350);
    const file = `${folder}/${entry.name}-${size.name}-${scheme}.png`;
    await page.screenshot({ path: file, fullPage: !entry.viewport });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) report(`${entry.name} (${size.name}): ${wide} px wider than the screen`);
    await page.evaluate(axe);
    const found = await page.evaluate(() =>
      globalThis.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      }),
    );
    for (const violation of found.violations) {
      for (const node of violation.nodes.slice(0, 3)) {
        report(
          `${entry.name} (${size.name}, ${scheme}): ${violation.id}: ${node.target.join(' ')}: ${node.failureSummary?.replaceAll('\n', ' ')}`,
        );
      }
    }
    looked += 1;
  } catch (error) {
    report(`${entry.name} (${size.name}, ${scheme}): ${error.message}`);
  } finally {
    await context.close();
    server.stop();
  }
}

function report(text) {
  problems += 1;
  console.log(text);
}

const queue = pages
  .filter((entry) => names.length === 0 || names.some((name) => entry.name.startsWith(name)))
  .flatMap((entry) => VIEWS.slice(0, quick ? 2 : 4).map((view) => [entry, ...view]));

async function lookOn() {
  for (let next = queue.shift(); next; next = queue.shift()) await look(...next);
}

// Every page has a server and a browser context of its own; most of a look is waiting.
await Promise.all([lookOn(), lookOn()]);

await browser.close();
console.log(`pictures are in ${folder}`);
console.log(`${looked} passed, ${problems} failed`);
process.exit(problems > 0 || looked === 0 ? 1 : 0);
