/** The candidate's own picture, and its recording for self-review where that was chosen. */

import { api, ApiError } from '../api';

/** Length of a piece, milliseconds. */
const PIECE_MS = 2_000;
/** Pieces that may wait for the server: four minutes. */
const WAITING_MAX = 120;
/** How long to wait after a failed upload, milliseconds. */
const RETRY_MS = 3_000;

/** Opens the camera; throws what the browser throws. */
export function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  });
}

interface Piece {
  seq: number;
  blob: Blob;
  endUs: number;
}

/** Records a picture (and a voice, if there is one) and uploads it piece by piece, in order. */
export class CameraRecording {
  private readonly recorder: MediaRecorder;
  private readonly take: number;
  private startUs = 0;
  private seq = 0;
  private waiting: Piece[] = [];
  private uploading = false;

  constructor(
    private readonly interview: string,
    picture: MediaStream,
    voice: MediaStream | null,
    private readonly nowUs: () => number,
    private readonly onproblem: (text: string) => void,
  ) {
    this.take = nextTake(interview);
    const tracks = [...picture.getVideoTracks(), ...(voice?.getAudioTracks() ?? [])];
    this.recorder = new MediaRecorder(new MediaStream(tracks), {
      ...webmType(),
      videoBitsPerSecond: 1_000_000,
    });
    this.recorder.onstart = () => (this.startUs = this.nowUs());
    this.recorder.ondataavailable = ({ data }) => this.add(data);
  }

  start(): void {
    this.recorder.start(PIECE_MS);
  }

  stop(): void {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
  }

  private add(blob: Blob): void {
    if (blob.size === 0) return;
    if (this.waiting.length >= WAITING_MAX) {
      this.stop();
      this.onproblem('The camera’s recording stopped: too much of it waits for the connection.');
      return;
    }
    this.waiting.push({ seq: this.seq, blob, endUs: this.nowUs() });
    this.seq += 1;
    void this.upload();
  }

  private async upload(): Promise<void> {
    if (this.uploading) return;
    this.uploading = true;
    while (this.waiting[0]) {
      const { seq, blob, endUs } = this.waiting[0];
      try {
        const startUs = seq === 0 ? this.startUs : undefined;
        await api.addCameraPiece(this.interview, this.take, seq, blob, { startUs, endUs });
        this.waiting.shift();
      } catch (error) {
        if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
          this.waiting = [];
          this.stop();
          this.onproblem(`The camera’s recording stopped: ${error.message}`);
        } else {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    }
    this.uploading = false;
  }
}

function webmType(): { mimeType?: string } {
  const types = ['video/webm;codecs=vp9,opus', 'video/webm;codecs=vp8,opus', 'video/webm'];
  const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
  return mimeType ? { mimeType } : {};
}

/** Every run of the recorder is a take of its own; a reloaded page begins another one. */
function nextTake(interview: string): number {
  const key = `greenroom.take.${interview}`;
  try {
    const take = Number(localStorage.getItem(key) ?? '0');
    localStorage.setItem(key, String(take + 1));
    return take;
  } catch {
    return Math.floor(performance.timeOrigin / 1000) % 1_000_000;
  }
}

/** What the light does to a picture. */
export type Light = 'good' | 'dark' | 'behind';

/**
 * Judges the light from the grey values of a small picture, row by row: dark on the whole, or the
 * middle, where a head is, much darker than the edges.
 */
export function judgeLight(grey: Uint8ClampedArray, width: number): Light {
  const height = grey.length / width;
  let middle = 0;
  let middleCount = 0;
  let edge = 0;
  let edgeCount = 0;
  grey.forEach((value, i) => {
    const x = (i % width) / width;
    const y = Math.floor(i / width) / height;
    if (x > 0.33 && x < 0.67 && y > 0.15 && y < 0.75) {
      middle += value;
      middleCount += 1;
    } else if (x < 0.2 || x > 0.8) {
      edge += value;
      edgeCount += 1;
    }
  });
  const inMiddle = middle / Math.max(1, middleCount);
  const atEdge = edge / Math.max(1, edgeCount);
  if (atEdge - inMiddle > 60) return 'behind';
  return inMiddle < 55 ? 'dark' : 'good';
}
