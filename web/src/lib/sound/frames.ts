/** The binary frames of the live line, as `docs/reference/live.md` describes them. */

/** Bytes in front of the samples. */
export const HEADER_BYTES = 16;
const FROM_MICROPHONE = 1;
const FROM_INTERVIEWER = 2;

/** A piece of a microphone stream. */
export interface MicrophoneFrame {
  stream: number;
  /** Number of the frame in its stream, from 0. */
  frame: number;
  /** Position of the first sample in the stream. */
  position: number;
  samples: Int16Array;
}

/** A piece of something the interviewer says. */
export interface SpeechFrame {
  utterance: number;
  /** Position of the first sample in the utterance. */
  position: number;
  samples: Int16Array;
}

/** Writes a frame for the server. */
export function encodeMicrophone(frame: MicrophoneFrame): ArrayBuffer {
  const buffer = new ArrayBuffer(HEADER_BYTES + frame.samples.length * 2);
  const view = new DataView(buffer);
  view.setUint8(0, FROM_MICROPHONE);
  view.setUint8(1, frame.stream);
  view.setUint32(4, frame.frame, true);
  view.setBigUint64(8, BigInt(frame.position), true);
  writeSamples(view, frame.samples);
  return buffer;
}

/** Reads a frame of the interviewer's voice; `null` for anything else. */
export function decodeSpeech(buffer: ArrayBuffer): SpeechFrame | null {
  if (buffer.byteLength < HEADER_BYTES || (buffer.byteLength - HEADER_BYTES) % 2 !== 0) return null;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== FROM_INTERVIEWER) return null;
  const samples = new Int16Array((buffer.byteLength - HEADER_BYTES) / 2);
  for (let i = 0; i < samples.length; i += 1) {
    samples[i] = view.getInt16(HEADER_BYTES + i * 2, true);
  }
  return {
    utterance: view.getUint32(4, true),
    position: Number(view.getBigUint64(8, true)),
    samples,
  };
}

function writeSamples(view: DataView, samples: Int16Array): void {
  for (let i = 0; i < samples.length; i += 1) {
    view.setInt16(HEADER_BYTES + i * 2, samples[i] ?? 0, true);
  }
}

/** Samples from -1 to 1 as 16-bit numbers; what is louder than full scale is clipped. */
export function toInt16(samples: Float32Array): Int16Array {
  const out = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) {
    out[i] = Math.max(-32768, Math.min(32767, Math.round((samples[i] ?? 0) * 32768)));
  }
  return out;
}

/** 16-bit numbers as samples from -1 to 1. */
export function toFloat(samples: Int16Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) out[i] = (samples[i] ?? 0) / 32768;
  return out;
}
