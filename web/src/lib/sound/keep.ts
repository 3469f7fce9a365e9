/**
 * Keeps what was captured and not yet acknowledged in the browser's own database, so that a page that
 * is reloaded in the middle of an answer sends it again. Without such a database (a private
 * window, a full disk) the frames are kept in memory alone, until the page is left.
 */

import type { KeptFrame } from './outbox';

/** A stream that an earlier page of this interview left behind. */
export interface LeftStream {
  stream: number;
  sampleRate: number;
  settings: Record<string, unknown>;
  frames: KeptFrame[];
}

interface StreamRow {
  interview: string;
  stream: number;
  sampleRate: number;
  settings: Record<string, unknown>;
}

interface FrameRow {
  interview: string;
  stream: number;
  frame: number;
  bytes: ArrayBuffer;
}

const MOST = Number.MAX_SAFE_INTEGER;

/** The frames of one interview on this device. */
export class Keep {
  private constructor(
    private readonly database: IDBDatabase | null,
    private readonly interview: string,
  ) {}

  static async open(interview: string): Promise<Keep> {
    try {
      return new Keep(await openDatabase(), interview);
    } catch {
      return new Keep(null, interview);
    }
  }

  /** Remembers a stream before its first frame. */
  addStream(stream: number, sampleRate: number, settings: Record<string, unknown>): void {
    const row: StreamRow = { interview: this.interview, stream, sampleRate, settings };
    this.write('streams', (store) => store.put(row));
  }

  addFrame(stream: number, frame: KeptFrame): void {
    const row: FrameRow = { interview: this.interview, stream, ...frame };
    this.write('frames', (store) => store.put(row));
  }

  /** Forgets the frames before `frames`, which the server has. */
  acknowledge(stream: number, frames: number): void {
    const range = IDBKeyRange.bound(
      [this.interview, stream, 0],
      [this.interview, stream, frames],
      false,
      true,
    );
    this.write('frames', (store) => store.delete(range));
  }

  /** Forgets a stream that the server has the whole of. */
  forget(stream: number): void {
    this.acknowledge(stream, MOST);
    this.write('streams', (store) => store.delete([this.interview, stream]));
  }

  /** Every stream that was left behind, oldest first. */
  async left(): Promise<LeftStream[]> {
    if (!this.database) return [];
    const transaction = this.database.transaction(['streams', 'frames']);
    const all = (store: string, depth: number) =>
      settled(
        transaction
          .objectStore(store)
          .getAll(
            IDBKeyRange.bound(
              [this.interview, ...Array<number>(depth).fill(0)],
              [this.interview, ...Array<number>(depth).fill(MOST)],
            ),
          ),
      );
    const [streams, frames] = await Promise.all([
      all('streams', 1) as Promise<StreamRow[]>,
      all('frames', 2) as Promise<FrameRow[]>,
    ]);
    return streams.map(({ stream, sampleRate, settings }) => ({
      stream,
      sampleRate,
      settings,
      frames: frames
        .filter((row) => row.stream === stream)
        .map(({ frame, bytes }) => ({ frame, bytes })),
    }));
  }

  private write(store: string, act: (store: IDBObjectStore) => IDBRequest): void {
    if (!this.database) return;
    try {
      const transaction = this.database.transaction(store, 'readwrite', { durability: 'relaxed' });
      // A full disk ends the transaction; the frame is still in memory and on its way.
      transaction.onerror = (event) => event.preventDefault();
      act(transaction.objectStore(store));
    } catch {
      // The database was closed under the page (storage cleared): memory is left.
    }
  }
}

/** Forgets every kept frame of every interview on this device. */
export async function forgetAllKept(): Promise<void> {
  try {
    const database = await openDatabase();
    const transaction = database.transaction(['streams', 'frames'], 'readwrite');
    await Promise.all([
      settled(transaction.objectStore('streams').clear()),
      settled(transaction.objectStore('frames').clear()),
    ]);
    database.close();
  } catch {
    // There is no database, so there is nothing in it.
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open('greenroom', 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('streams', { keyPath: ['interview', 'stream'] });
    opening.result.createObjectStore('frames', { keyPath: ['interview', 'stream', 'frame'] });
  };
  return settled(opening);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps no data'));
  });
}
