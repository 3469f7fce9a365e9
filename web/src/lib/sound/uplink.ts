/**
 * The way of the microphone's frames to the server: numbered, kept until acknowledged, sent again
 * after the line was lost. Knows neither sockets nor microphones.
 */

import type { ClientMessage } from '../api';
import type { LeftStream } from './keep';
import { encodeMicrophone } from './frames';
import { Outbox } from './outbox';

/** The line as far as frames need it. Both return whether it took the message. */
export interface Wire {
  send(message: ClientMessage): boolean;
  sendBytes(bytes: ArrayBuffer): boolean;
  /** Whether so much waits in the line already that more should wait outside. */
  readonly congested: boolean;
}

/** Where frames are kept beyond the life of the page. */
export interface Shelf {
  addStream(stream: number, sampleRate: number, settings: Record<string, unknown>): void;
  addFrame(stream: number, frame: { frame: number; bytes: ArrayBuffer }): void;
  acknowledge(stream: number, frames: number): void;
  forget(stream: number): void;
}

interface Stream {
  outbox: Outbox;
  sampleRate: number;
  settings: Record<string, unknown>;
  /** The server knows of it. */
  announced: boolean;
  /** The next frame that this line has not carried yet. */
  next: number;
  ended: boolean;
  /** The server was told on this or an earlier line that it ended. */
  endSent: boolean;
}

const STREAM_MAX = 255;

export class Uplink {
  private streams = new Map<number, Stream>();
  private current: Stream | null = null;
  private highest = -1;
  private joined = false;

  constructor(
    private readonly wire: Wire,
    private readonly shelf: Shelf,
  ) {}

  /** How many frames the server does not have yet. */
  get waiting(): number {
    let sum = 0;
    for (const stream of this.streams.values()) sum += stream.outbox.waiting;
    return sum;
  }

  /** Whether words would be lost now: ten minutes of sound wait already. */
  get full(): boolean {
    return this.current?.outbox.full ?? false;
  }

  /** Takes over what an earlier page of this interview could not send. */
  restore(left: LeftStream[]): void {
    for (const { stream, sampleRate, settings, frames } of left) {
      const outbox = new Outbox(stream);
      const first = frames[0];
      if (first) outbox.acknowledge(first.frame);
      for (const frame of frames) outbox.keep(frame);
      this.put({
        outbox,
        sampleRate,
        settings,
        announced: false,
        next: 0,
        ended: true,
        endSent: false,
      });
    }
  }

  /** Begins a stream. Returns its number, or `null` when an interview can have no more of them. */
  begin(sampleRate: number, settings: Record<string, unknown>): number | null {
    this.end();
    if (this.highest >= STREAM_MAX) return null;
    const number = this.highest + 1;
    const stream: Stream = {
      outbox: new Outbox(number),
      sampleRate,
      settings,
      announced: false,
      next: 0,
      ended: false,
      endSent: false,
    };
    this.put(stream);
    this.current = stream;
    this.shelf.addStream(number, sampleRate, settings);
    this.pump();
    return number;
  }

  /** Takes a piece of sound. Returns `false` when there is no room to keep it. */
  add(samples: Int16Array, position: number): boolean {
    const stream = this.current;
    if (!stream) return true;
    const frame = stream.outbox.length;
    const bytes = encodeMicrophone({ stream: stream.outbox.stream, frame, position, samples });
    if (!stream.outbox.keep({ frame, bytes })) return false;
    this.shelf.addFrame(stream.outbox.stream, { frame, bytes });
    this.pump();
    return true;
  }

  /** Ends the stream that is running, if one is. */
  end(): void {
    if (!this.current) return;
    this.current.ended = true;
    this.current = null;
    this.pump();
  }

  /** A line was opened, and the server said what it has. */
  welcome(synced: { stream: number; frames: number }[]): void {
    this.joined = true;
    for (const { stream } of synced) this.highest = Math.max(this.highest, stream);
    for (const stream of this.streams.values()) {
      const there = synced.find((one) => one.stream === stream.outbox.stream);
      stream.announced = there !== undefined;
      if (there) this.acknowledge(stream.outbox.stream, there.frames);
      stream.next = 0;
    }
    this.pump();
  }

  /** The server has everything of a stream before frame `frames` on its disk. */
  acknowledge(number: number, frames: number): void {
    const stream = this.streams.get(number);
    if (!stream) return;
    if (stream.outbox.acknowledge(frames) > 0) this.shelf.acknowledge(number, frames);
    this.tidy(stream);
  }

  /** The line is gone. Frames are kept until there is another one. */
  lost(): void {
    this.joined = false;
  }

  /** Sends what has not been sent on this line, oldest first, as far as the line takes it. */
  pump(): void {
    if (!this.joined) return;
    for (const stream of [...this.streams.values()]) {
      if (!this.pumpStream(stream)) return;
    }
  }

  /** Returns whether all of the stream was sent. */
  private pumpStream(stream: Stream): boolean {
    const number = stream.outbox.stream;
    if (!stream.announced) {
      const { sampleRate, settings } = stream;
      stream.announced = this.wire.send({
        type: 'microphone',
        stream: number,
        sample_rate: sampleRate,
        settings,
      });
      if (!stream.announced) return false;
    }
    for (const kept of stream.outbox.unacknowledged()) {
      if (kept.frame < stream.next) continue;
      if (this.wire.congested || !this.wire.sendBytes(kept.bytes)) return false;
      stream.next = kept.frame + 1;
    }
    if (stream.ended && !stream.endSent) {
      const frames = stream.outbox.length;
      stream.endSent = this.wire.send({ type: 'microphone_end', stream: number, frames });
    }
    this.tidy(stream);
    return true;
  }

  private tidy(stream: Stream): void {
    if (!stream.endSent || stream.outbox.waiting > 0) return;
    this.streams.delete(stream.outbox.stream);
    this.shelf.forget(stream.outbox.stream);
  }

  private put(stream: Stream): void {
    this.streams.set(stream.outbox.stream, stream);
    this.highest = Math.max(this.highest, stream.outbox.stream);
  }
}
