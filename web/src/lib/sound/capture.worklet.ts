/**
 * Runs on the audio thread: brings the microphone to one rate and hands it over in frames of one
 * length. Messages out: `Capture`. Message in: "flush" hands over what has begun to be a frame.
 */

import { toInt16 } from './frames';
import { Resampler } from './resample';

/** Samples a second of every stream. */
const RATE = 24_000;
/** 40 ms. */
const FRAME = 960;
/** The shortest last frame: 20 ms. */
const FRAME_MIN = 480;
/** Longer without sound from the device is a gap: it slept. */
const GAP_MS = 500;

export interface Capture {
  samples: Int16Array;
  /** Position of the first sample in the stream. */
  position: number;
}

class CaptureProcessor extends AudioWorkletProcessor {
  private readonly resampler = new Resampler(sampleRate, RATE);
  private readonly frame = new Float32Array(FRAME);
  private filled = 0;
  private position = 0;
  /** When sound last came, by the wall clock: the audio clock stands still while a device sleeps. */
  private heardAt = Date.now();

  constructor() {
    super();
    this.port.onmessage = () => this.flush();
  }

  override process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const first = channels[0];
    if (!first) return true;
    this.leaveGap();
    let rest = this.resampler.push(mono(first, channels));
    while (rest.length > 0) {
      const part = rest.subarray(0, FRAME - this.filled);
      this.frame.set(part, this.filled);
      this.filled += part.length;
      rest = rest.subarray(part.length);
      if (this.filled === FRAME) this.hand(FRAME);
    }
    return true;
  }

  /** Moves the position on by the time in which no sound came. */
  private leaveGap(): void {
    const now = Date.now();
    const gap = now - this.heardAt;
    this.heardAt = now;
    if (gap < GAP_MS) return;
    const next = this.position + this.filled + Math.round((gap / 1000) * RATE);
    if (this.filled > 0) {
      this.frame.fill(0, this.filled);
      this.hand(FRAME);
    }
    this.position = Math.max(this.position, next);
  }

  private flush(): void {
    if (this.filled >= FRAME_MIN) this.hand(this.filled);
    this.port.postMessage('flushed');
  }

  private hand(length: number): void {
    const capture: Capture = {
      samples: toInt16(this.frame.subarray(0, length)),
      position: this.position,
    };
    this.position += length;
    this.filled = 0;
    this.port.postMessage(capture, [capture.samples.buffer]);
  }
}

function mono(first: Float32Array, channels: Float32Array[]): Float32Array {
  if (channels.length === 1) return first;
  return first.map(
    (_, i) => channels.reduce((sum, channel) => sum + (channel[i] ?? 0), 0) / channels.length,
  );
}

registerProcessor('capture', CaptureProcessor);
