/**
 * Runs on the audio thread: plays utterances one after another, counts every sample that was heard,
 * turns one down and up again without losing its place, and stops one within 60 ms.
 */

/** 20 dB down. */
const DUCKED = 0.1;
/** How long going quiet or loud again takes, seconds. */
const RAMP_S = 0.025;
/** Sent this often while something plays, seconds. */
const REPORT_S = 0.25;

/** To the audio thread. */
export type PlayerOrder =
  | { order: 'samples'; utterance: number; samples: Float32Array }
  | { order: 'end'; utterance: number }
  | { order: 'duck' | 'unduck' | 'stop'; utterance: number };

/** From the audio thread: how much of an utterance was heard, in samples of the device's rate. */
export interface PlayerReport {
  utterance: number;
  heard: number;
  /** Nothing more of it will be played. */
  done: boolean;
}

interface Utterance {
  id: number;
  pieces: Float32Array[];
  /** Place in the first piece. */
  offset: number;
  heard: number;
  complete: boolean;
  ducked: boolean;
  stopping: boolean;
}

class PlaybackProcessor extends AudioWorkletProcessor {
  private queue: Utterance[] = [];
  private gain = 1;
  private sinceReport = 0;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<PlayerOrder>) => this.obey(event.data);
  }

  private obey(order: PlayerOrder): void {
    // Being turned down says nothing of an utterance that has not begun.
    const begins = order.order !== 'duck' && order.order !== 'unduck';
    const utterance = this.find(order.utterance, begins);
    if (!utterance) return;
    switch (order.order) {
      case 'samples':
        if (!utterance.stopping) utterance.pieces.push(order.samples);
        break;
      case 'end':
        utterance.complete = true;
        break;
      case 'duck':
        utterance.ducked = true;
        break;
      case 'unduck':
        utterance.ducked = false;
        break;
      case 'stop':
        this.stop(utterance);
        break;
    }
  }

  /** Fades out what is being played; what waits behind it is never begun. */
  private stop(utterance: Utterance): void {
    for (const one of this.queue.slice(this.queue.indexOf(utterance))) {
      one.stopping = true;
      one.complete = true;
      if (one.heard === 0) one.pieces = [];
    }
  }

  private find(id: number, make: boolean): Utterance | undefined {
    let utterance = this.queue.find((one) => one.id === id);
    if (!utterance && make) {
      utterance = {
        id,
        pieces: [],
        offset: 0,
        heard: 0,
        complete: false,
        ducked: false,
        stopping: false,
      };
      this.queue.push(utterance);
    }
    return utterance;
  }

  override process(_: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs[0] ?? [];
    const out = channels[0];
    if (!out) return true;
    let at = 0;
    while (at < out.length) {
      const utterance = this.queue[0];
      if (!utterance) break;
      if (this.over(utterance)) {
        this.finish(utterance);
        continue;
      }
      const piece = utterance.pieces[0];
      // The rest has not arrived yet: silence, and nothing counts as heard.
      if (!piece) break;
      at = this.play(utterance, piece, out, at);
    }
    for (const channel of channels.slice(1)) channel.set(out);
    this.reportSometimes(out.length);
    return true;
  }

  private over(utterance: Utterance): boolean {
    if (utterance.stopping) return this.gain === 0 || utterance.pieces.length === 0;
    return utterance.complete && utterance.pieces.length === 0;
  }

  private play(utterance: Utterance, piece: Float32Array, out: Float32Array, from: number): number {
    const target = utterance.stopping ? 0 : utterance.ducked ? DUCKED : 1;
    const step = 1 / (RAMP_S * sampleRate);
    let at = from;
    if (utterance.heard === 0) this.report(utterance, false);
    while (at < out.length && utterance.offset < piece.length) {
      if (this.gain < target) this.gain = Math.min(target, this.gain + step);
      else if (this.gain > target) this.gain = Math.max(target, this.gain - step);
      if (utterance.stopping && this.gain === 0) break;
      out[at] = (piece[utterance.offset] ?? 0) * this.gain;
      at += 1;
      utterance.offset += 1;
      utterance.heard += 1;
    }
    if (utterance.offset >= piece.length) {
      utterance.pieces.shift();
      utterance.offset = 0;
    }
    return at;
  }

  private finish(utterance: Utterance): void {
    this.queue.shift();
    this.gain = this.queue[0]?.ducked ? DUCKED : 1;
    this.report(utterance, true);
  }

  private reportSometimes(frames: number): void {
    this.sinceReport += frames;
    const utterance = this.queue[0];
    if (this.sinceReport < REPORT_S * sampleRate) return;
    this.sinceReport = 0;
    if (utterance && utterance.heard > 0) this.report(utterance, false);
  }

  private report(utterance: Utterance, done: boolean): void {
    const report: PlayerReport = { utterance: utterance.id, heard: utterance.heard, done };
    this.port.postMessage(report);
  }
}

registerProcessor('playback', PlaybackProcessor);
