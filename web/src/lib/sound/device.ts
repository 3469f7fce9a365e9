/** The device's sound: one audio context for both directions, the microphone, the loudspeaker. */

import captureUrl from './capture.worklet.ts?worker&url';
import playbackUrl from './playback.worklet.ts?worker&url';
import type { Capture } from './capture.worklet';
import type { PlayerOrder, PlayerReport } from './playback.worklet';
import { toFloat, type SpeechFrame } from './frames';
import { Resampler } from './resample';

/** Samples a second of everything that is captured; the worklet converts to it. */
export const CAPTURE_RATE = 24_000;

/** Why there is no microphone. */
export type MicrophoneProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'unknown';

export class MicrophoneError extends Error {
  constructor(readonly problem: MicrophoneProblem) {
    super(problem);
    this.name = 'MicrophoneError';
  }
}

let shared: AudioContext | undefined;

/** The page's audio context, made on first use. Suspended until a click or a key allows sound. */
export function audioContext(): AudioContext {
  shared ??= new AudioContext({ latencyHint: 'interactive' });
  return shared;
}

/** Whether this browser can play and capture at all. */
export function canPlay(): boolean {
  return typeof AudioContext === 'function' && typeof AudioWorkletNode === 'function';
}

const loaded = new Map<string, Promise<void>>();

function load(url: string): Promise<void> {
  let loading = loaded.get(url);
  if (!loading) {
    loading = audioContext().audioWorklet.addModule(url);
    loaded.set(url, loading);
  }
  return loading;
}

/** Loudness of the last moments, dB below full scale; -100 for silence. */
function measure(analyser: AnalyserNode, buffer: Float32Array<ArrayBuffer>): number {
  analyser.getFloatTimeDomainData(buffer);
  let power = 0;
  for (const x of buffer) power += x * x;
  return Math.max(-100, 10 * Math.log10(power / buffer.length + 1e-10));
}

/** An open microphone. */
export class Microphone {
  private constructor(
    /** What the browser really applied. */
    readonly settings: Record<string, unknown>,
    /** The sound as the browser hands it out, for a recording that wants it too. */
    readonly stream: MediaStream,
    private readonly node: AudioWorkletNode,
    private readonly source: MediaStreamAudioSourceNode,
    private readonly analyser: AnalyserNode,
  ) {}

  private readonly buffer = new Float32Array(1024);

  /**
   * Asks for the microphone and begins to capture. Echo is cancelled; noise suppression and gain
   * control stay off, because they eat fillers and loudness.
   */
  static async open(options: {
    device?: string | undefined;
    onsound: (capture: Capture) => void;
    onlost: () => void;
  }): Promise<Microphone> {
    const stream = await askForMicrophone(options.device);
    try {
      const context = audioContext();
      void context.resume();
      await load(captureUrl);
      const source = context.createMediaStreamSource(stream);
      const node = new AudioWorkletNode(context, 'capture', { numberOfOutputs: 0 });
      const analyser = new AnalyserNode(context, { fftSize: 1024 });
      node.port.onmessage = (event: MessageEvent<Capture | 'flushed'>) => {
        if (event.data !== 'flushed') options.onsound(event.data);
      };
      source.connect(node);
      source.connect(analyser);
      const track = stream.getAudioTracks()[0];
      track?.addEventListener('ended', options.onlost);
      const settings = { ...track?.getSettings(), label: track?.label };
      return new Microphone(settings, stream, node, source, analyser);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  /** Loudness just now, dB below full scale. */
  level(): number {
    return measure(this.analyser, this.buffer);
  }

  /** Hands over the last, shorter frame and gives the device back. */
  async close(): Promise<void> {
    this.source.disconnect();
    await new Promise<void>((resolve) => {
      const previous = this.node.port.onmessage;
      this.node.port.onmessage = (event) => {
        previous?.call(this.node.port, event);
        if (event.data === 'flushed') resolve();
      };
      this.node.port.postMessage('flush');
      // A suspended context answers late; the device is given back all the same.
      setTimeout(resolve, 200);
    });
    for (const track of this.stream.getTracks()) track.stop();
    this.node.port.onmessage = null;
    this.node.disconnect();
  }
}

async function askForMicrophone(device: string | undefined): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError('insecure');
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        echoCancellation: true,
        noiseSuppression: false,
        autoGainControl: false,
        channelCount: 1,
        ...(device ? { deviceId: { exact: device } } : {}),
      },
    });
  } catch (error) {
    throw new MicrophoneError(problemOf(error));
  }
}

function problemOf(error: unknown): MicrophoneProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'unknown';
}

/** What happened to an utterance, in samples of its own rate. */
export interface Heard {
  utterance: number;
  samples: number;
  done: boolean;
}

interface Playing {
  rate: number;
  resampler: Resampler;
  received: number;
  /** The server has sent all of it. */
  complete: boolean;
  stopped: boolean;
}

/** Plays what the interviewer says. */
export class Speaker {
  private readonly utterances = new Map<number, Playing>();
  private readonly buffer = new Float32Array(1024);

  private constructor(
    private readonly node: AudioWorkletNode,
    private readonly analyser: AnalyserNode,
    private readonly onheard: (heard: Heard) => void,
  ) {
    node.port.onmessage = (event: MessageEvent<PlayerReport>) => this.report(event.data);
  }

  static async open(onheard: (heard: Heard) => void): Promise<Speaker> {
    const context = audioContext();
    await load(playbackUrl);
    const node = new AudioWorkletNode(context, 'playback', {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    const analyser = new AnalyserNode(context, { fftSize: 1024, smoothingTimeConstant: 0 });
    node.connect(analyser).connect(context.destination);
    return new Speaker(node, analyser, onheard);
  }

  /** Loudness of what is heard just now, dB below full scale. */
  level(): number {
    return measure(this.analyser, this.buffer);
  }

  /** Whether something waits to be heard or is being played. */
  get busy(): boolean {
    return this.utterances.size > 0;
  }

  begin(utterance: number, rate: number): void {
    if (this.utterances.has(utterance)) return;
    this.utterances.set(utterance, {
      rate,
      resampler: new Resampler(rate, audioContext().sampleRate),
      received: 0,
      complete: false,
      stopped: false,
    });
  }

  /** Takes the next piece; what came before already is passed over. */
  add(frame: SpeechFrame): void {
    const playing = this.utterances.get(frame.utterance);
    if (!playing || playing.stopped || playing.complete) return;
    const known = Math.max(0, playing.received - frame.position);
    if (known >= frame.samples.length) return;
    const fresh = toFloat(frame.samples.subarray(known));
    playing.received += fresh.length;
    this.hand(frame.utterance, playing.resampler.push(fresh));
  }

  end(utterance: number): void {
    const playing = this.utterances.get(utterance);
    if (!playing || playing.complete) return;
    playing.complete = true;
    this.hand(utterance, playing.resampler.push(new Float32Array(playing.resampler.delay)));
    this.order({ order: 'end', utterance });
  }

  duck(utterance: number): void {
    this.order({ order: 'duck', utterance });
  }

  unduck(utterance: number): void {
    this.order({ order: 'unduck', utterance });
  }

  /** Falls silent: what plays is faded out, and what waits behind it is dropped. */
  stop(utterance: number): void {
    for (const [id, playing] of [...this.utterances]) {
      if (id < utterance) continue;
      playing.stopped = true;
      this.order({ order: 'stop', utterance: id });
    }
  }

  /** The rest of the utterance that is being sent will not come. Plays it as far as it came. */
  giveUp(): void {
    for (const [utterance, playing] of this.utterances) {
      if (playing.complete) continue;
      this.end(utterance);
      return;
    }
  }

  /** Falls silent for good. */
  close(): void {
    this.node.port.onmessage = null;
    this.node.disconnect();
    this.analyser.disconnect();
    this.utterances.clear();
  }

  private hand(utterance: number, samples: Float32Array): void {
    if (samples.length > 0) this.order({ order: 'samples', utterance, samples });
  }

  private order(order: PlayerOrder): void {
    this.node.port.postMessage(order);
  }

  private report({ utterance, heard, done }: PlayerReport): void {
    const playing = this.utterances.get(utterance);
    if (!playing) return;
    const all = done && !playing.stopped;
    const counted = Math.floor((heard * playing.rate) / audioContext().sampleRate);
    const samples = all ? playing.received : Math.min(counted, playing.received);
    if (done) this.utterances.delete(utterance);
    this.onheard({ utterance, samples, done });
  }
}
