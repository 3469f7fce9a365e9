/**
 * A scripted stand-in for the server: it serves the built app and speaks the HTTP interface and the live line
 * as far as the pages need them, with tones for voices and fixed texts for words. For looking at
 * pages without models; nothing here judges or understands anything.
 *
 * Run: `npm run build && npm run fake`, then open the address it prints.
 */

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { answerApi, makeState } from './fake-api.mjs';
import { openRoom } from './fake-room.mjs';

const BUILD = fileURLToPath(new URL('../build/', import.meta.url));
const KINDS = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Starts a server on a free port of this machine. Returns its address, its state and `stop`. */
export async function start({ port = 0, ...options } = {}) {
  const state = makeState(options);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/api/')) {
      void answerApi(state, request, response, url);
      return;
    }
    serveFile(state, url.pathname, response);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => openRoom(state, socket, request.url ?? ''));
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    state,
    /** Drops every line, as a network does. */
    dropLines: () => sockets.clients.forEach((socket) => socket.terminate()),
    stop: () => {
      sockets.clients.forEach((socket) => socket.terminate());
      server.close();
    },
  };
}

function serveFile(state, path, response) {
  const file = join(BUILD, path);
  if (path !== '/' && file.startsWith(BUILD) && existsSync(file) && statSync(file).isFile()) {
    response.writeHead(200, { 'content-type': KINDS[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
    return;
  }
  const page = readFileSync(join(BUILD, '200.html'), 'utf8');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(page.replace('__GREENROOM_TOKEN__', state.token));
}

/** The tone that stands for an interviewer's voice: samples at 24,000 a second. */
export function tone(seconds, hertz = 180) {
  const samples = new Int16Array(Math.round(24_000 * seconds));
  for (let i = 0; i < samples.length; i += 1) {
    const syllable = 0.5 + 0.5 * Math.sin((2 * Math.PI * 3.5 * i) / 24_000);
    samples[i] = Math.round(6_000 * syllable * Math.sin((2 * Math.PI * hertz * i) / 24_000));
  }
  return samples;
}

/** A WAV file of samples at 24,000 a second. */
export function wav(samples) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(24_000, 24);
  header.writeUInt32LE(48_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/** A stable id for a name. */
export function idOf(prefix, name) {
  return `${prefix}_${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await start({ port: 4600 });
  console.log(`the scripted server is at ${address}`);
}
