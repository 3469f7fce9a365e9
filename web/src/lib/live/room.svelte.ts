/**
 * The room of one interview as the page shows it: the line, the microphone, the interviewer's voice,
 * and what the server last said of all of them.
 */

import type { ClientMessage, ServerMessage, Turn, View } from '../api';
import {
  audioContext,
  canPlay,
  CAPTURE_RATE,
  Microphone,
  MicrophoneError,
  Speaker,
  type Heard,
  type MicrophoneProblem,
} from '../sound/device';
import { decodeSpeech } from '../sound/frames';
import { Keep } from '../sound/keep';
import { Uplink } from '../sound/uplink';
import { Line, type LineState } from './line';
import { readingMs } from './reading';

export type MicrophoneState = 'off' | 'asking' | 'on' | 'failed';

export interface Shown {
  id: number;
  text: string;
  code: string;
}

/** A line of the interviewer. */
interface Utterance {
  text: string;
  kind: string;
  aloud: boolean;
}

/** Typing is reported at most this often. */
const TYPING_EVERY_MS = 1_000;
/** A hint stays this long. */
const HINT_MS = 9_000;
/** The interviewer's last line stays this long after it was said. */
const LINGER_MS = 4_000;

/** A place in the queue for a place. */
export interface Queued {
  /** From 1. */
  position: number;
  waiting: number;
  /** About how long it takes. */
  minutes: number;
}

export class Room {
  connection: LineState = $state('connecting');
  view: View | null = $state.raw(null);
  turns: Turn[] = $state.raw([]);
  /** What the interviewer is saying, or has just said. */
  saying: Utterance | null = $state.raw(null);
  /** What the candidate seems to be saying. */
  caption = $state('');
  hint: Shown | null = $state.raw(null);
  notices: Shown[] = $state.raw([]);
  microphone: MicrophoneState = $state('off');
  problem: MicrophoneProblem | null = $state(null);
  /** The candidate types; the microphone is closed. */
  typing = $state(false);
  held = $state(false);
  /** Heard only while the talk key is held. */
  pushToTalk = $state(false);
  /** All places are taken, and this is how long it takes; `null` when there is one. */
  queued: Queued | null = $state.raw(null);
  /** The candidate came in after waiting. */
  waited = $state(false);
  /** Chosen while all places were taken: no microphone, no voice. */
  typedOnly = $state(false);
  /** The browser holds sound back until the page is clicked. */
  blocked = $state(false);
  speaks = $state(false);
  listens = $state(true);
  ended = $state(false);
  /** Why the line is of no use any more, when it is. */
  closed: Shown | null = $state.raw(null);
  /** When the view came, by the page's clock, ms. */
  private viewedAt = 0;
  private offsetUs = 0;

  private readonly line: Line;
  private uplink: Uplink | null = null;
  private mic: Microphone | null = null;
  private speaker: Speaker | null = null;
  private device: string | undefined;
  private readonly utterances = new Map<number, Utterance>();
  private readonly reading = new Map<number, ReturnType<typeof setTimeout>>();
  private readUntil = 0;
  private lingering: ReturnType<typeof setTimeout> | undefined;
  private hintTimer: ReturnType<typeof setTimeout> | undefined;
  private typedAt = 0;
  private typedId = 0;
  private unsent: { id: number; text: string }[] = [];
  private shownId = 0;
  private welcomed = false;
  private pumping: ReturnType<typeof setInterval> | undefined;
  /** Said when the line is back: the key was pressed while it was gone. */
  private doneOwed = false;
  /** Opened again when there is a place. */
  private microphoneOwed = false;

  constructor(
    readonly interview: string,
    options: { pushToTalk: boolean },
  ) {
    this.pushToTalk = options.pushToTalk;
    this.line = new Line(`/api/interviews/${encodeURIComponent(interview)}/live`, {
      message: (message) => this.receive(message),
      sound: (bytes) => this.hearSpeech(bytes),
      state: (state) => this.lineChanged(state),
      canPlay: () => this.speaker !== null,
      typed: () => this.typedOnly,
      expectsAnswer: () => this.microphone === 'on' || (this.uplink?.waiting ?? 0) > 0,
    });
  }

  /** Opens the line, and takes along what an earlier page of this interview left unsent. */
  async join(): Promise<void> {
    const keep = await Keep.open(this.interview);
    this.uplink = new Uplink(this.line, keep);
    this.uplink.restore(await keep.left());
    this.restoreTyped();
    if (canPlay()) {
      try {
        this.speaker = await Speaker.open((heard) => this.heard(heard));
        audioContext().addEventListener('statechange', this.soundChanged);
      } catch {
        this.notice(
          'no_sound',
          'This browser cannot play the interviewer; every line is shown instead.',
        );
      }
    }
    this.pumping = setInterval(() => this.uplink?.pump(), 50);
    this.line.open();
  }

  /** Leaves the room; the interview can go on later. */
  async leave(): Promise<void> {
    clearInterval(this.pumping);
    clearTimeout(this.lingering);
    clearTimeout(this.hintTimer);
    for (const timer of this.reading.values()) clearTimeout(timer);
    await this.closeMicrophone();
    this.line.close();
    if (!this.speaker) return;
    audioContext().removeEventListener('statechange', this.soundChanged);
    this.speaker.close();
  }

  /** Interview time now, microseconds. */
  nowUs(): number {
    return performance.now() * 1000 + this.offsetUs;
  }

  /** How long the candidate has held the floor in this answer, seconds. */
  answerSeconds(): number {
    const view = this.view;
    if (!view) return 0;
    const runs =
      view.floor === 'candidate' &&
      view.answer_since_us != null &&
      this.connection === 'open' &&
      view.phase !== 'paused' &&
      view.phase !== 'reviewing';
    return (view.answer_ms + (runs ? performance.now() - this.viewedAt : 0)) / 1000;
  }

  /** How long until preparation or review ends by itself, seconds; `null` when nothing runs out. */
  secondsLeft(): number | null {
    const until = this.view?.until_us;
    return until == null ? null : Math.max(0, (until - this.nowUs()) / 1e6);
  }

  /** Loudness of the interviewer just now, dB below full scale. */
  speechLevel(): number {
    return this.speaker?.level() ?? -100;
  }

  /** Loudness of the candidate just now, dB below full scale. */
  voiceLevel(): number {
    return this.mic?.level() ?? -100;
  }

  /** The microphone's sound, for a camera recording that wants it too. */
  get voice(): MediaStream | null {
    return this.mic?.stream ?? null;
  }

  // What the candidate does.

  /** Begins, or goes on after a break: opens the microphone unless the answers are typed. */
  async ready(typed: boolean): Promise<void> {
    this.allowSound();
    this.typing = typed;
    if (!typed && this.listens && !(await this.openMicrophone())) return;
    this.send({ type: 'ready' });
  }

  /** Begins without a place, typing. */
  typeMeanwhile(): void {
    this.typedOnly = true;
    this.typing = true;
    this.queued = null;
    this.line.redial();
  }

  leaveQueue(): void {
    this.line.leaveQueue();
  }

  done(): void {
    this.doneOwed = !this.send({ type: 'done' });
  }

  startAnswer(): void {
    this.send({ type: 'start_answer' });
  }

  retake(): void {
    this.send({ type: 'retake' });
  }

  repeat(): void {
    this.send({ type: 'repeat' });
  }

  skip(): void {
    this.send({ type: 'skip' });
  }

  later(): void {
    this.send({ type: 'later' });
  }

  end(): void {
    // During a break nothing is heard, the wish to end included.
    if (this.view?.phase === 'paused') this.send({ type: 'ready' });
    this.send({ type: 'end' });
  }

  async pause(): Promise<void> {
    this.send({ type: 'pause' });
    await this.closeMicrophone();
  }

  talk(held: boolean): void {
    if (held === this.held) return;
    this.held = held;
    this.send({ type: 'talk', held });
  }

  setPushToTalk(on: boolean): void {
    this.held = false;
    this.pushToTalk = on;
    this.send({ type: 'push_to_talk', on });
  }

  /** Types from now on, in the same place; the microphone is given back. */
  async typeInstead(): Promise<void> {
    this.typing = true;
    await this.closeMicrophone();
  }

  /** Speaks from now on. */
  async speakInstead(): Promise<void> {
    this.allowSound();
    if (await this.openMicrophone()) this.typing = false;
  }

  keyPressed(): void {
    const now = performance.now();
    if (now - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = now;
    this.send({ type: 'typing' });
  }

  /** Sends a typed answer; it is kept and sent again until the server has it. */
  type(text: string): void {
    this.typedId += 1;
    this.unsent.push({ id: this.typedId, text });
    this.storeTyped();
    this.send({ type: 'typed', id: this.typedId, text });
  }

  async chooseMicrophone(device: string): Promise<void> {
    this.device = device;
    if (this.microphone !== 'on') return;
    await this.closeMicrophone();
    await this.openMicrophone();
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  /** Lets sound through; works only from within a click or a key press. */
  allowSound(): void {
    if (canPlay()) void audioContext().resume();
  }

  /** Takes the interview back from another tab. */
  rejoin(): void {
    location.reload();
  }

  // The microphone.

  async openMicrophone(): Promise<boolean> {
    if (this.microphone === 'on') return true;
    this.microphone = 'asking';
    this.problem = null;
    try {
      this.mic = await Microphone.open({
        device: this.device,
        onsound: ({ samples, position }) => {
          if (this.uplink?.add(samples, position) === false) this.roomIsFull();
        },
        onlost: () => void this.microphoneLost(),
      });
    } catch (error) {
      this.microphone = 'failed';
      this.problem = error instanceof MicrophoneError ? error.problem : 'unknown';
      return false;
    }
    this.uplink?.begin(CAPTURE_RATE, this.mic.settings);
    this.microphone = 'on';
    this.soundChanged();
    return true;
  }

  async closeMicrophone(): Promise<void> {
    const mic = this.mic;
    this.mic = null;
    this.held = false;
    this.microphone = 'off';
    if (!mic) return;
    await mic.close();
    this.uplink?.end();
  }

  private async microphoneLost(): Promise<void> {
    await this.closeMicrophone();
    this.microphone = 'failed';
    this.problem = 'missing';
  }

  private roomIsFull(): void {
    if (this.notices.some((notice) => notice.code === 'kept_full')) return;
    this.notice(
      'kept_full',
      'Ten minutes of sound wait for the connection, and no more can be kept. Pause until it is back.',
    );
  }

  // What the server says.

  private receive(message: ServerMessage): void {
    switch (message.type) {
      case 'queued':
        return this.wait(message);
      case 'welcome':
        return this.welcome(message);
      case 'ack':
        return this.uplink?.acknowledge(message.stream, message.frames);
      case 'view':
        this.pushToTalk = message.view.push_to_talk;
        return this.show(message.view);
      case 'say':
        return this.say(message);
      case 'say_end':
        return this.speaker?.end(message.utterance);
      case 'duck':
        return this.speaker?.duck(message.utterance);
      case 'unduck':
        return this.speaker?.unduck(message.utterance);
      case 'stop_speaking':
        return this.stopSpeaking(message.utterance);
      case 'caption':
        this.caption = message.text;
        return;
      case 'turn':
        return this.addTurn(message.turn);
      case 'hint':
        return this.showHint(message.kind, message.text);
      case 'notice':
        // A line that the voice gave up on is only shown; those behind it must not wait for it.
        if (message.code === 'not_spoken') this.speaker?.giveUp();
        return this.notice(message.code, message.text);
      case 'level':
        return;
      case 'ended':
        return this.over();
      case 'closed':
        this.closed = { id: 0, code: message.code, text: message.text };
        void this.closeMicrophone();
    }
  }

  private wait({ position, waiting, minutes }: Queued): void {
    this.queued = { position, waiting, minutes };
    if (this.mic) {
      this.microphoneOwed = true;
      void this.closeMicrophone();
    }
  }

  private welcome(message: Extract<ServerMessage, { type: 'welcome' }>): void {
    if (this.queued) this.waited = true;
    this.queued = null;
    this.offsetUs = message.now_us - performance.now() * 1000;
    this.turns = message.turns;
    this.speaks = message.speaks;
    this.listens = message.listens && !this.typedOnly;
    // The interviewer takes up the thread anew; what was still to be heard is of the lost line.
    this.silence();
    this.uplink?.welcome(message.synced);
    this.typedId = Math.max(this.typedId, message.typed);
    this.unsent = this.unsent.filter((typed) => typed.id > message.typed);
    this.storeTyped();
    for (const { id, text } of this.unsent) this.send({ type: 'typed', id, text });
    if (this.pushToTalk) this.send({ type: 'push_to_talk', on: true });
    const onBreak = this.view?.phase === 'paused' && message.view.phase !== 'paused';
    this.show(message.view);
    // The server was away for so long that it has forgotten the break.
    if (onBreak) this.send({ type: 'pause' });
    else if (this.doneOwed && message.view.floor === 'candidate') this.done();
    this.doneOwed = false;
    const first = !this.welcomed;
    this.welcomed = true;
    if (first && message.resumed) void this.goOn(message.view);
    if (this.microphoneOwed && !this.typing) void this.openMicrophone();
    this.microphoneOwed = false;
  }

  /** The page was loaded in the middle of an interview: listens again without being asked. */
  private async goOn(view: View): Promise<void> {
    if (view.phase === 'waiting' || view.phase === 'paused' || view.phase === 'ended') return;
    if (this.listens && !this.typing) await this.openMicrophone();
    this.soundChanged();
  }

  private show(view: View): void {
    const before = this.view;
    this.view = view;
    if (view.push_to_talk) this.pushToTalk = true;
    this.viewedAt = performance.now();
    if (before && (before.item !== view.item || before.floor !== view.floor)) this.caption = '';
    if (view.phase === 'ended') this.over();
  }

  private over(): void {
    this.ended = true;
    void this.closeMicrophone();
  }

  private addTurn(turn: Turn): void {
    const others = this.turns.filter((one) => one.id !== turn.id);
    this.turns = [...others, turn].sort((a, b) => a.index - b.index);
    if (turn.speaker === 'candidate') this.caption = '';
  }

  private say(message: Extract<ServerMessage, { type: 'say' }>): void {
    const { utterance, text, kind, aloud, sample_rate } = message;
    this.utterances.set(utterance, { text, kind, aloud });
    if (aloud && this.speaker) {
      this.speaker.begin(utterance, sample_rate);
      this.soundChanged();
    } else {
      this.read(utterance, text);
    }
  }

  /** Shows a line that is not spoken here, after those before it, for as long as reading it takes. */
  private read(utterance: number, text: string): void {
    const now = performance.now();
    const begins = Math.max(now, this.readUntil);
    this.readUntil = begins + readingMs(text);
    const shown = setTimeout(() => {
      this.heard({ utterance, samples: 0, done: false });
      const timer = setTimeout(() => {
        this.reading.delete(utterance);
        this.heard({ utterance, samples: 0, done: true });
      }, readingMs(text));
      this.reading.set(utterance, timer);
    }, begins - now);
    this.reading.set(utterance, shown);
  }

  private stopSpeaking(utterance: number): void {
    this.speaker?.stop(utterance);
    this.readUntil = 0;
    for (const [id, timer] of [...this.reading]) {
      if (id < utterance) continue;
      clearTimeout(timer);
      this.reading.delete(id);
      this.heard({ utterance: id, samples: 0, done: true });
    }
  }

  private silence(): void {
    this.speaker?.stop(0);
    this.readUntil = 0;
    for (const timer of this.reading.values()) clearTimeout(timer);
    this.reading.clear();
    this.utterances.clear();
  }

  private hearSpeech(bytes: ArrayBuffer): void {
    const frame = decodeSpeech(bytes);
    if (frame) this.speaker?.add(frame);
  }

  private heard({ utterance, samples, done }: Heard): void {
    this.send({ type: 'played', utterance, samples, done });
    const line = this.utterances.get(utterance);
    if (line) this.showLine(line, done);
    if (done) this.utterances.delete(utterance);
  }

  private showLine(line: Utterance, done: boolean): void {
    clearTimeout(this.lingering);
    this.saying = line;
    if (!done) return;
    this.lingering = setTimeout(() => {
      if (this.saying === line) this.saying = null;
    }, LINGER_MS);
  }

  private showHint(code: string, text: string): void {
    this.hint = { id: this.nextId(), code, text };
    clearTimeout(this.hintTimer);
    this.hintTimer = setTimeout(() => (this.hint = null), HINT_MS);
  }

  private notice(code: string, text: string): void {
    const over = code === 'stored_again' ? ['not_stored', 'disk_full'] : [];
    const others = this.notices.filter((notice) => ![code, ...over].includes(notice.code));
    this.notices = [...others, { id: this.nextId(), code, text }].slice(-3);
  }

  private nextId(): number {
    this.shownId += 1;
    return this.shownId;
  }

  private lineChanged(state: LineState): void {
    this.connection = state;
    if (state === 'lost' || state === 'queued') this.uplink?.lost();
  }

  private readonly soundChanged = (): void => {
    this.blocked =
      canPlay() &&
      audioContext().state !== 'running' &&
      (this.speaker?.busy === true || this.microphone === 'on');
  };

  private send(message: ClientMessage): boolean {
    return this.line.send(message);
  }

  // Typed answers outlive the page, as spoken ones do.

  private get typedKey(): string {
    return `greenroom.typed.${this.interview}`;
  }

  private storeTyped(): void {
    try {
      if (this.unsent.length === 0) localStorage.removeItem(this.typedKey);
      else localStorage.setItem(this.typedKey, JSON.stringify(this.unsent));
    } catch {
      // Without storage the text is kept until the page is left.
    }
  }

  private restoreTyped(): void {
    try {
      this.unsent = JSON.parse(localStorage.getItem(this.typedKey) ?? '[]');
      this.typedId = Math.max(0, ...this.unsent.map((typed) => typed.id));
    } catch {
      this.unsent = [];
    }
  }
}
