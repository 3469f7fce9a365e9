/** The device check: the microphone's sound goes to the server, which says what it hears. */

import { api, socketUrl, token } from '../api';
import {
  audioContext,
  CAPTURE_RATE,
  Microphone,
  MicrophoneError,
  type MicrophoneProblem,
} from '../sound/device';
import { encodeMicrophone } from '../sound/frames';

export type Verdict = 'good' | 'quiet' | 'noisy' | 'clipping' | 'silent';

/** What the server makes of the microphone so far. */
export interface Check {
  noise_db: number;
  speech_db: number | null;
  snr_db: number | null;
  clipping: boolean;
  echo_db: number | null;
  words: string | null;
  verdict: Verdict;
  advice: string;
}

type CheckMessage =
  | { type: 'level'; db: number; speech: boolean }
  | ({ type: 'check' } & Check)
  | { type: 'closed'; code: string; text: string };

export class MicrophoneCheck {
  state: 'idle' | 'asking' | 'listening' | 'failed' = $state('idle');
  problem: MicrophoneProblem | null = $state(null);
  /** The server cannot be asked; the level meter still works. */
  unheard = $state(false);
  speaking = $state(false);
  check: Check | null = $state.raw(null);
  /** Microphones to choose from. */
  devices: MediaDeviceInfo[] = $state.raw([]);
  private mic: Microphone | null = null;
  private socket: WebSocket | null = null;
  private frame = 0;

  async start(device?: string): Promise<void> {
    await this.stop();
    this.state = 'asking';
    this.check = null;
    this.problem = null;
    this.unheard = false;
    try {
      this.mic = await Microphone.open({
        device,
        onsound: ({ samples, position }) => this.send(samples, position),
        onlost: () => this.fail('missing'),
      });
    } catch (error) {
      this.fail(error instanceof MicrophoneError ? error.problem : 'unknown');
      return;
    }
    this.state = 'listening';
    this.dial(this.mic.settings);
    const all = await navigator.mediaDevices.enumerateDevices();
    this.devices = all.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
  }

  async stop(): Promise<void> {
    this.socket?.close();
    this.socket = null;
    const mic = this.mic;
    this.mic = null;
    if (this.state !== 'failed') this.state = 'idle';
    await mic?.close();
  }

  level(): number {
    return this.mic?.level() ?? -100;
  }

  private fail(problem: MicrophoneProblem): void {
    this.state = 'failed';
    this.problem = problem;
    void this.stop();
  }

  private dial(settings: Record<string, unknown>): void {
    const socket = new WebSocket(socketUrl('/api/check/microphone'));
    this.socket = socket;
    this.frame = 0;
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: 'hello', token: token(), can_play: true }));
      socket.send(
        JSON.stringify({ type: 'microphone', stream: 0, sample_rate: CAPTURE_RATE, settings }),
      );
    };
    socket.onmessage = (event: MessageEvent<string>) => this.receive(JSON.parse(event.data));
    socket.onclose = () => {
      if (this.socket === socket && !this.check) this.unheard = true;
    };
  }

  private receive(message: CheckMessage): void {
    if (message.type === 'level') this.speaking = message.speech;
    if (message.type === 'check') this.check = message;
    if (message.type === 'closed') this.unheard = true;
  }

  private send(samples: Int16Array, position: number): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(encodeMicrophone({ stream: 0, frame: this.frame, position, samples }));
    this.frame += 1;
  }
}

/** Plays a short line in an interviewer's voice; resolves when it was played. */
export async function playVoice(persona: string): Promise<void> {
  const context = audioContext();
  void context.resume();
  const sound = await context.decodeAudioData(await api.checkVoice(persona));
  const source = new AudioBufferSourceNode(context, { buffer: sound });
  source.connect(context.destination);
  await new Promise<void>((resolve) => {
    source.onended = () => resolve();
    source.start();
  });
}
