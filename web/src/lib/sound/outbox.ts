/** One microphone stream as the browser keeps it until the server has it on its disk. */

/** A frame as it goes over the wire. */
export interface KeptFrame {
  frame: number;
  bytes: ArrayBuffer;
}

/** Frames of 40 ms in ten minutes: more is not kept. */
export const FRAMES_MAX = (10 * 60 * 1000) / 40;

/** What was captured and not yet acknowledged, in order. */
export class Outbox {
  private frames: KeptFrame[] = [];
  private syncedTo = 0;
  private next = 0;

  constructor(readonly stream: number) {}

  /** How many frames the stream has so far. */
  get length(): number {
    return this.next;
  }

  /** How many frames wait for the server. */
  get waiting(): number {
    return this.frames.length;
  }

  /** Whether no further frame can be kept. */
  get full(): boolean {
    return this.frames.length >= FRAMES_MAX;
  }

  /** Keeps the next frame of the stream. Returns `false` when there is no room for it. */
  keep(frame: KeptFrame): boolean {
    if (this.full) return false;
    if (frame.frame < this.syncedTo) return true;
    this.frames.push(frame);
    this.next = Math.max(this.next, frame.frame + 1);
    return true;
  }

  /** The server has everything before `frames`: forgets it. Returns how many frames were dropped. */
  acknowledge(frames: number): number {
    this.syncedTo = Math.max(this.syncedTo, frames);
    this.next = Math.max(this.next, frames);
    const before = this.frames.length;
    const first = this.frames.findIndex((kept) => kept.frame >= this.syncedTo);
    this.frames = first < 0 ? [] : this.frames.slice(first);
    return before - this.frames.length;
  }

  /** What is to be sent again after the line was lost, oldest first. */
  unacknowledged(): readonly KeptFrame[] {
    return this.frames;
  }
}
