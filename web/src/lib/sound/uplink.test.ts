import { beforeEach, expect, test } from 'vitest';
import type { ClientMessage } from '../api';
import { Uplink } from './uplink';

/** A line and a shelf that write down what they are given: "mic 0", "frame 0/3", "end 0=4", "forget 0". */
class Record {
  log: string[] = [];
  congested = false;
  broken = false;

  send(message: ClientMessage): boolean {
    if (this.broken) return false;
    if (message.type === 'microphone') this.log.push(`mic ${message.stream}`);
    if (message.type === 'microphone_end') this.log.push(`end ${message.stream}=${message.frames}`);
    return true;
  }

  sendBytes(bytes: ArrayBuffer): boolean {
    if (this.broken) return false;
    const view = new DataView(bytes);
    this.log.push(`frame ${view.getUint8(1)}/${view.getUint32(4, true)}`);
    return true;
  }

  addStream(): void {}
  addFrame(): void {}
  acknowledge(): void {}

  forget(stream: number): void {
    this.log.push(`forget ${stream}`);
  }

  take(): string[] {
    return this.log.splice(0);
  }
}

let record: Record;
let uplink: Uplink;

beforeEach(() => {
  record = new Record();
  uplink = new Uplink(record, record);
});

function speak(frames: number) {
  for (let i = 0; i < frames; i += 1) uplink.add(new Int16Array(960), i * 960);
}

test('a stream is announced before its frames and ended after them', () => {
  uplink.welcome([]);
  uplink.begin(24_000, {});
  speak(2);
  uplink.end();
  expect(record.take()).toEqual(['mic 0', 'frame 0/0', 'frame 0/1', 'end 0=2']);
  uplink.acknowledge(0, 2);
  expect(record.take()).toEqual(['forget 0']);
});

test('after a reconnect only what is not synced is sent again, then the stream goes on', () => {
  uplink.welcome([]);
  uplink.begin(24_000, {});
  speak(2);
  uplink.lost();
  speak(2);
  record.take();
  uplink.welcome([{ stream: 0, frames: 1 }]);
  speak(1);
  expect(record.take()).toEqual(['frame 0/1', 'frame 0/2', 'frame 0/3', 'frame 0/4']);
});

test('a stream that the server never heard of is announced again', () => {
  uplink.welcome([]);
  uplink.begin(24_000, {});
  speak(1);
  uplink.lost();
  record.take();
  uplink.welcome([]);
  expect(record.take()).toEqual(['mic 0', 'frame 0/0']);
});

test('what an earlier page left is sent and ended before a new stream begins', () => {
  const bytes = (frame: number) => {
    const view = new DataView(new ArrayBuffer(16));
    view.setUint8(1, 4);
    view.setUint32(4, frame, true);
    return { frame, bytes: view.buffer };
  };
  uplink.restore([
    { stream: 4, sampleRate: 24_000, settings: {}, frames: [bytes(7), bytes(8), bytes(9)] },
  ]);
  uplink.welcome([{ stream: 4, frames: 8 }]);
  uplink.begin(24_000, {});
  speak(1);
  expect(record.take()).toEqual(['frame 4/8', 'frame 4/9', 'end 4=10', 'mic 5', 'frame 5/0']);
  uplink.acknowledge(4, 10);
  expect(record.take()).toEqual(['forget 4']);
});

test('a number that the server has seen is never used again', () => {
  uplink.welcome([{ stream: 6, frames: 3 }]);
  expect(uplink.begin(24_000, {})).toBe(7);
});

test('a congested line takes the rest later, in order', () => {
  uplink.welcome([]);
  uplink.begin(24_000, {});
  record.congested = true;
  speak(2);
  expect(record.take()).toEqual(['mic 0']);
  record.congested = false;
  uplink.pump();
  expect(record.take()).toEqual(['frame 0/0', 'frame 0/1']);
});

test('a line that breaks while sending loses nothing', () => {
  uplink.welcome([]);
  uplink.begin(24_000, {});
  record.broken = true;
  speak(3);
  uplink.end();
  uplink.lost();
  record.broken = false;
  record.take();
  uplink.welcome([{ stream: 0, frames: 0 }]);
  expect(record.take()).toEqual(['frame 0/0', 'frame 0/1', 'frame 0/2', 'end 0=3']);
});
