/**
 * The same program in Debian's Firefox, driven over WebDriver BiDi: the page loads, a typed interview goes
 * to its report, a spoken one takes in the microphone, and axe finds nothing.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { api, serve, until as ready } from './house.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What the candidate types; written by a language model for this journey. */
const WARM = 'I study logistics and I work in a shop at the weekend.';
const TYPED =
  'Last spring our shop had wrong deliveries every week, and I was asked to find out why. I compared two months of orders, found that two people edited one sheet, and I locked the rows. In the end the wrong ones went from nine a week to one.';

// A microphone that gives a tone, and no question whether the page may use it.
const PREFERENCES = [
  ['media.navigator.streams.fake', true],
  ['media.navigator.permission.disabled', true],
  ['media.autoplay.default', 0],
  ['app.update.enabled', false],
  ['datareporting.policy.dataSubmissionEnabled', false],
  ['toolkit.telemetry.enabled', false],
  ['network.captive-portal-service.enabled', false],
  ['network.connectivity-service.enabled', false],
  ['browser.safebrowsing.malware.enabled', false],
  ['browser.safebrowsing.phishing.enabled', false],
];

/**
 * A sound server without a device. Firefox starts no audio clock where there is none to play to, as on a
 * machine that only tests.
 */
function soundServer(folder) {
  const socket = join(folder, 'sound');
  const modules = [
    'module-null-sink',
    `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
  ];
  const words = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no'];
  const child = spawn('pulseaudio', [...words, ...modules.flatMap((module) => ['-L', module])], {
    env: { ...process.env, HOME: folder, PULSE_RUNTIME_PATH: folder },
    stdio: 'ignore',
  });
  return { child, address: `unix:${socket}` };
}

async function ended(child) {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await gone;
  }
}

/** A Firefox with one page: `open` an address, `run` an expression in it, `click` on what one gives, `close`. */
async function firefox() {
  const profile = mkdtempSync(join(tmpdir(), 'greenroom-firefox-'));
  const lines = PREFERENCES.map(([name, value]) => `user_pref("${name}", ${value});\n`);
  writeFileSync(join(profile, 'user.js'), lines.join(''));
  const program = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
  const words = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
  const sound = soundServer(profile);
  const child = spawn(program, words, {
    env: { ...process.env, PULSE_SERVER: sound.address },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const address = await new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (data) => {
      text += data;
      const found = /WebDriver BiDi listening on (\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Firefox ended: ${text}`)));
  });
  const call = await line(`${address}/session`);
  await call('session.new', { capabilities: {} });
  const { contexts } = await call('browsingContext.getTree', {});
  const { context } = contexts[0];
  return {
    open: (url) => call('browsingContext.navigate', { context, url, wait: 'complete' }),
    run: async (expression) => {
      const made = await call('script.evaluate', {
        expression,
        target: { context },
        awaitPromise: true,
      });
      if (made.type === 'exception') throw new Error(made.exceptionDetails.text);
      return made.result.value;
    },
    /** Clicks as a mouse does, on what an expression gives. */
    click: async (expression) => {
      const { result } = await call('script.evaluate', {
        expression,
        target: { context },
        awaitPromise: false,
      });
      const element = { type: 'element', element: { sharedId: result.sharedId } };
      await call('input.performActions', {
        context,
        actions: [
          {
            type: 'pointer',
            id: 'mouse',
            actions: [
              { type: 'pointerMove', x: 0, y: 0, origin: element },
              { type: 'pointerDown', button: 0 },
              { type: 'pointerUp', button: 0 },
            ],
          },
        ],
      });
    },
    close: async () => {
      await ended(child);
      await ended(sound.child);
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A BiDi connection as one function: a method and its parameters to its result. */
async function line(address) {
  const socket = new WebSocket(address);
  const waiting = new Map();
  let last = 0;
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('message', (data) => {
    const { id, result, error, message } = JSON.parse(data);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error) asked?.reject(new Error(`${error}: ${message}`));
    else asked?.resolve(result);
  });
  return (method, params) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
}

async function until(so, what, seconds) {
  const end = Date.now() + seconds * 1000;
  while (!(await so())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Waits until an expression holds in the page. */
async function holds(page, expression, seconds = 30) {
  try {
    await until(() => page.run(expression), expression, seconds);
  } catch (error) {
    const seen = await page.run('document.body.innerText.slice(0, 2000)');
    throw new Error(`${error.message}; the page says: ${seen}`, { cause: error });
  }
}

const button = (name) =>
  `[...document.querySelectorAll('button')].find((one) => new RegExp(${JSON.stringify(name)}).test(one.innerText) && !one.disabled && one.checkVisibility())`;

async function press(page, name, seconds) {
  await holds(page, `Boolean(${button(name)})`, seconds);
  await page.run(`${button(name)}.scrollIntoView({ block: 'center' })`);
  await page.click(button(name));
}

let server;
let page;

before(async () => {
  server = await serve();
  page = await firefox();
  await ready(server, ({ abilities }) => abilities.listen && abilities.speak);
});

after(async () => {
  await page?.close();
  await server?.stop();
});

test('a typed interview in Firefox goes to its report', async () => {
  await page.open(server.address);
  await press(page, 'Start an interview');
  await holds(page, `location.pathname.startsWith('/room/')`);
  const id = await page.run(`location.pathname.split('/').at(-1)`);
  await press(page, 'Type my answers');
  // The one that does not count, and the first that does.
  for (const [turn, text] of [WARM, TYPED].entries()) {
    await holds(page, `/Your turn/.test(document.body.innerText)`, 90);
    await page.click(`document.querySelector('textarea')`);
    await page.run(`{
      const box = document.querySelector('textarea');
      box.value = ${JSON.stringify(text)};
      box.dispatchEvent(new Event('input', { bubbles: true }));
    }`);
    await press(page, 'Send answer');
    await until(
      async () => {
        const { turns } = await api(server, 'GET', `/api/interviews/${id}`);
        return turns.filter(({ speaker }) => speaker === 'candidate').length > turn;
      },
      'the answer to arrive',
      30,
    );
  }
  await press(page, '^End$');
  await press(page, '^End it$');
  await holds(page, `location.pathname.startsWith('/report/')`, 90);
  // The candidate's own rating comes before anything that is said about the answers.
  await press(page, 'Skip this', 60);
  await holds(page, `/orders/.test(document.body.innerText)`, 60);
});

test('Firefox gives the room a microphone', async () => {
  const { id } = await api(server, 'POST', '/api/interviews', { questions: 1 });
  await page.open(`${server.address}/room/${id}`);
  await press(page, 'I’m ready');
  await holds(page, `/Your turn/.test(document.body.innerText)`, 60);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const clip = await fetch(
    `${server.address}/api/interviews/${id}/sound?start_us=0&end_us=600000000`,
  );
  assert.equal(clip.status, 200);
  const { byteLength } = await clip.arrayBuffer();
  assert.ok(byteLength > 44 + 2 * 24_000, `${byteLength} bytes of sound were kept`);
});

test('axe finds nothing in Firefox', async () => {
  const problems = [];
  for (const path of ['/', '/start', '/goals', '/history', '/settings']) {
    await page.open(server.address + path);
    await holds(page, `document.title !== '' && document.querySelector('main h1') !== null`);
    await page.run(AXE);
    const found = await page.run(
      `axe.run(document).then(({ violations }) => violations.map(({ id }) => id).join(' '))`,
    );
    if (found) problems.push(`${path}: ${found}`);
  }
  assert.deepEqual(problems, []);
});
