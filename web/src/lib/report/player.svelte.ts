/** Plays one answer and says which moment of the interview is heard. */

import { soundUrl } from '$lib/api';

export class AnswerPlayer {
  /** Interview time that is heard, or from which it would go on, microseconds. */
  at = $state(0);
  playing = $state(false);
  failed = $state(false);
  readonly start: number;
  readonly end: number;
  private readonly url: string;
  private audio: HTMLAudioElement | undefined;
  private frame = 0;

  constructor(interview: string, span: { start: number; end: number }) {
    this.start = span.start;
    this.end = span.end;
    this.at = span.start;
    this.url = soundUrl(interview, { start: span.start, end: span.end });
  }

  /** Goes to a moment of the interview and plays on from there. */
  async playFrom(us: number): Promise<void> {
    this.seek(us);
    await this.play();
  }

  /** Goes to a moment of the interview. */
  seek(us: number): void {
    this.at = Math.min(this.end, Math.max(this.start, us));
    this.sound().currentTime = (this.at - this.start) / 1e6;
  }

  async toggle(): Promise<void> {
    if (this.playing) this.sound().pause();
    else if (this.at >= this.end - 200_000) await this.playFrom(this.start);
    else await this.play();
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.audio?.pause();
    this.audio?.removeAttribute('src');
    this.audio = undefined;
  }

  private async play(): Promise<void> {
    this.failed = false;
    try {
      await this.sound().play();
    } catch (error) {
      // A pause that comes while it loads is no failure.
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.failed = true;
    }
  }

  private sound(): HTMLAudioElement {
    if (this.audio) return this.audio;
    const audio = new Audio();
    audio.preload = 'auto';
    audio.src = this.url;
    audio.onplay = () => {
      takeFloor(audio);
      this.playing = true;
      this.follow();
    };
    audio.onpause = () => (this.playing = false);
    audio.onended = () => {
      this.playing = false;
      this.at = this.end;
    };
    audio.onerror = () => {
      this.failed = true;
      this.playing = false;
    };
    this.audio = audio;
    return audio;
  }

  /** `timeupdate` comes four times a second, words come faster. */
  private follow(): void {
    cancelAnimationFrame(this.frame);
    if (!this.audio || !this.playing) return;
    this.at = this.start + this.audio.currentTime * 1e6;
    this.frame = requestAnimationFrame(() => this.follow());
  }
}

let heard: HTMLMediaElement | undefined;

/** Stops what plays elsewhere on the page: only one voice is heard at a time. */
export function takeFloor(media: HTMLMediaElement): void {
  if (heard && heard !== media) heard.pause();
  heard = media;
}

/** Makes whatever begins to play inside a node stop what plays elsewhere. */
export function oneVoice(node: HTMLElement): () => void {
  const began = (event: Event) => {
    if (event.target instanceof HTMLMediaElement) takeFloor(event.target);
  };
  // Media events do not bubble; they can be captured.
  node.addEventListener('play', began, true);
  return () => node.removeEventListener('play', began, true);
}
