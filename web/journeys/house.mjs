/**
 * What every journey needs: a real server with a folder of its own, a real browser, and a candidate
 * whose voice is played into the microphone on cue.
 *
 * The candidate's sentences are spoken by the program's own voice (`greenroom speak`): no recording of a
 * person is needed, and the recogniser has to understand what it hears.
 */

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = process.env.GREENROOM ?? join(import.meta.dirname, '../../target/debug/greenroom');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * A server with its own data folder: `stop`, `kill` (as kill -9 does) and `again` on the same port.
 * `line` is another way to it, which can be cut.
 */
export async function serve({ models = process.env.GREENROOM_MODELS } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-journey-'));
  const server = { folder, port: 0, address: '', process: undefined };
  server.line = await relay(server);
  const config = join(folder, 'greenroom.toml');
  writeFileSync(config, `[listen]\nhosts = ["localhost:${server.line.port}"]\n`);
  server.again = async () => {
    // Interviews that a journey leaves in the middle keep their places for a while.
    const env = { ...process.env, GREENROOM_DATA: folder, GREENROOM_INTERVIEWS_MAX: '100' };
    if (models) env.GREENROOM_MODELS = models;
    server.process = spawn(PROGRAM, ['serve', '--config', config, '--port', String(server.port)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise((resolve, reject) => {
      let text = '';
      server.process.stdout.on('data', (data) => {
        text += data;
        const found = /http:\/\/localhost:(\d+)/.exec(text);
        if (found) resolve(found[1]);
      });
      server.process.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    server.port = Number(line);
    server.address = `http://localhost:${line}`;
  };
  server.kill = () => ended(server.process, 'SIGKILL');
  server.stop = async () => {
    await ended(server.process, 'SIGTERM');
    server.line.close();
    rmSync(folder, { recursive: true, force: true });
  };
  await server.again();
  return server;
}

async function ended(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

/** Waits until what is asked of the server's status is so. */
export async function until(server, so, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const status = await (await fetch(`${server.address}/api/status`)).json();
    if (so(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('the server did not get ready in time');
}

/** A JSON request with the page's token. */
export async function api(server, method, path, body) {
  const page = await (await fetch(server.address)).text();
  const token = /greenroom-token" content="([^"]+)"/.exec(page)[1];
  const response = await fetch(server.address + path, {
    method,
    headers: { 'content-type': 'application/json', 'x-greenroom-token': token },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}

/** A line between browser and server that can be cut: every connection breaks, and no new one comes up. */
async function relay(server) {
  let cut = false;
  const pairs = new Set();
  const door = net.createServer((near) => {
    if (cut) return near.destroy();
    const far = net.connect(server.port, '127.0.0.1');
    const pair = [near, far];
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near]]) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    port: door.address().port,
    cut: () => {
      cut = true;
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
    mend: () => {
      cut = false;
    },
    close: () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      door.close();
    },
  };
}

/** Sentences as the program's own voice says them, as base64 of WAV files. */
export function voice(texts) {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-voice-'));
  const spoken = {};
  for (const [name, text] of Object.entries(texts)) {
    const file = join(folder, `${name}.wav`);
    execFileSync(PROGRAM, ['speak', '--persona', 'marcus', '--out', file, text]);
    spoken[name] = readFileSync(file).toString('base64');
  }
  rmSync(folder, { recursive: true });
  return spoken;
}

/** A page whose microphone is the candidate. `candidate.say(name)` speaks; `candidate.view` is the last. */
export async function enter(browser, address, spoken, size = { width: 1440, height: 900 }) {
  const context = await browser.newContext({
    permissions: ['microphone', 'camera'],
    viewport: size,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const candidate = { page, view: undefined, lines: [], caption: '', errors: [], ended: false };
  page.on('pageerror', (error) => candidate.errors.push(error.message));
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string') return;
      const message = JSON.parse(payload);
      if (message.view) candidate.view = message.view;
      if (message.type === 'say') candidate.lines.push(message);
      if (message.type === 'caption') candidate.caption = message.text;
      if (message.type === 'ended') candidate.ended = true;
    });
  });
  await page.addInitScript((clips) => {
    let context;
    let microphone;
    const devices = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      // The camera is the browser's own false one.
      if (wanted?.video) return devices(wanted);
      context = new AudioContext();
      microphone = context.createMediaStreamDestination();
      const quiet = context.createConstantSource();
      quiet.offset.value = 0;
      quiet.connect(microphone);
      quiet.start();
      return microphone.stream;
    };
    window.candidateSays = async (name) => {
      const bytes = Uint8Array.from(atob(clips[name]), (character) => character.charCodeAt(0));
      const buffer = await context.decodeAudioData(bytes.buffer);
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(microphone);
      source.start();
      return buffer.duration;
    };
  }, spoken);
  await page.goto(address);
  candidate.say = (name) => page.evaluate((which) => window.candidateSays(which), name);
  candidate.wait = async (so, what, seconds = 90) => {
    const end = Date.now() + seconds * 1000;
    while (!so()) {
      if (Date.now() > end)
        throw new Error(`waited ${seconds} s for ${what}; errors: ${candidate.errors}`);
      await page.waitForTimeout(100);
    }
  };
  /** Waits for the floor, and for the view to stay for a moment. */
  candidate.floor = async (seconds) => {
    await candidate.wait(() => candidate.view?.floor === 'candidate', 'the floor', seconds);
    await page.waitForTimeout(500);
  };
  candidate.close = () => context.close();
  return candidate;
}

/** What axe finds on a page. */
export async function axe(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].target.join(' ')}`);
}
