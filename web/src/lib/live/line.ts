/** One WebSocket to the server that is opened again when it is lost. */

import { renewToken, socketUrl, token, type ClientMessage, type ServerMessage } from '../api';

/** How long to wait before each further try, seconds; the last one counts for all that follow. */
const BACKOFF_S = [0.5, 1, 2, 4, 5];
/** Above this much unsent, frames wait outside of the socket. */
const BUFFERED_MAX = 512 * 1024;
/** While sound is sent the server acknowledges several times a second: silent for so long, it is gone. */
const SILENT_MS_MAX = 6_000;
/** A server that has not said welcome after so long will not: another try is better. */
const WELCOME_MS_MAX = 15_000;

export type LineState =
  /** The first try. */
  | 'connecting'
  /** All places are taken: the server says how long it takes, and welcome when it is over. */
  | 'queued'
  /** The server has said welcome. */
  | 'open'
  /** It was lost; another try follows. */
  | 'lost'
  /** The server said that it is of no use any more. */
  | 'closed';

export interface LineEvents {
  message(message: ServerMessage): void;
  sound(frame: ArrayBuffer): void;
  state(state: LineState): void;
  /** What to say first, but for the token. */
  canPlay(): boolean;
  /** Whether the answers will be typed, which takes no place of a spoken interview. */
  typed(): boolean;
  /** Whether an answer of the server is owed: sound is on its way to it. */
  expectsAnswer(): boolean;
}

export class Line {
  private socket: WebSocket | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;
  private dialledAt = 0;
  private state: LineState = 'connecting';

  constructor(
    private readonly path: string,
    private readonly events: LineEvents,
  ) {}

  open(): void {
    window.addEventListener('online', this.hurry);
    window.addEventListener('offline', this.dropped);
    this.watch = setInterval(() => this.checkAlive(), 1_000);
    this.dial();
  }

  /** Closes it for good. */
  close(): void {
    window.removeEventListener('online', this.hurry);
    window.removeEventListener('offline', this.dropped);
    clearTimeout(this.timer);
    clearInterval(this.watch);
    this.hangUp();
    this.enter('closed');
  }

  /** Says hello anew, on a new socket. */
  redial(): void {
    this.hangUp();
    this.enter('connecting');
    this.dial();
  }

  /** Gives the place in the queue back. */
  leaveQueue(): void {
    const leave: ClientMessage = { type: 'leave' };
    if (this.state === 'queued' && this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify(leave));
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  get congested(): boolean {
    return (this.socket?.bufferedAmount ?? 0) > BUFFERED_MAX;
  }

  /** Sends a message. Returns `false` when there is no line. */
  send(message: ClientMessage): boolean {
    if (!this.isOpen || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Sends a frame. Returns `false` when there is no line. */
  sendBytes(bytes: ArrayBuffer): boolean {
    if (!this.isOpen || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(bytes);
    return true;
  }

  private dial(): void {
    clearTimeout(this.timer);
    const socket = new WebSocket(socketUrl(this.path));
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.dialledAt = performance.now();
    socket.onopen = () => {
      this.heardAt = performance.now();
      const hello: ClientMessage = {
        type: 'hello',
        token: token(),
        can_play: this.events.canPlay(),
        typed: this.events.typed(),
      };
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.receive(event.data);
    socket.onclose = this.dropped;
  }

  private receive(data: string | ArrayBuffer): void {
    this.heardAt = performance.now();
    if (data instanceof ArrayBuffer) {
      this.events.sound(data);
      return;
    }
    const message: ServerMessage = JSON.parse(data);
    if (message.type === 'welcome') {
      this.tries = 0;
      this.enter('open');
    }
    if (message.type === 'queued') {
      this.tries = 0;
      this.dialledAt = this.heardAt;
      this.enter('queued');
    }
    if (message.type === 'closed' && message.code === 'bad_token') {
      // The server was started anew. The page takes its new token and goes on where it was.
      this.hangUp();
      renewToken()
        .catch(() => undefined)
        .finally(() => this.retry());
      return;
    }
    if (message.type === 'closed' || message.type === 'ended') {
      this.events.message(message);
      this.close();
      return;
    }
    this.events.message(message);
  }

  private readonly dropped = (): void => {
    if (this.state === 'closed') return;
    this.hangUp();
    this.retry();
  };

  private readonly hurry = (): void => {
    if (this.state !== 'lost') return;
    this.hangUp();
    this.dial();
  };

  private retry(): void {
    if (this.state === 'closed') return;
    this.enter('lost');
    const wait = BACKOFF_S[Math.min(this.tries, BACKOFF_S.length - 1)] ?? 5;
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.dial(), wait * 1000);
  }

  private hangUp(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private checkAlive(): void {
    const now = performance.now();
    if (this.state !== 'open') {
      if (this.socket && now - this.dialledAt > WELCOME_MS_MAX) this.dropped();
    } else if (this.events.expectsAnswer() && now - this.heardAt > SILENT_MS_MAX) {
      this.dropped();
    }
  }

  private enter(state: LineState): void {
    if (this.state === state) return;
    this.state = state;
    this.events.state(state);
  }
}
