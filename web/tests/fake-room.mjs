/**
 * The live line of the scripted server. Instead of listening it goes on when "I'm done" is pressed, a typed answer
 * comes, or as much sound arrived as a test asks for; it acknowledges frames like the real one.
 */

import { tone } from './fake-server.mjs';

const RATE = 24_000;

/** Serves a socket: an interview's live line, or the device check. */
export function openRoom(state, socket, url) {
  const live = /^\/api\/interviews\/([^/]+)\/live$/.exec(url);
  if (live) new RoomLine(state, socket, live[1]);
  else if (url === '/api/check/microphone') checkMicrophone(socket);
  else socket.close();
}

function checkMicrophone(socket) {
  let frames = 0;
  socket.on('message', (data, binary) => {
    if (!binary) return;
    frames += 1;
    if (frames % 6 === 0) send(socket, { type: 'level', db: -32, speech: true });
    if (frames !== 60) return;
    send(socket, {
      type: 'check',
      noise_db: -58,
      speech_db: -27,
      snr_db: 31,
      clipping: false,
      echo_db: -52,
      words: 'hello this is how I sound today',
      verdict: 'good',
      advice: 'This will work well.',
    });
  });
}

function send(socket, message) {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

/** What an interview remembers between two lines. */
function memoryOf(interview) {
  interview.memory ??= {
    at: -1,
    utterance: 0,
    typed: 0,
    pushToTalk: false,
    streams: new Map(),
    /** What came and should not have: frames with a hole in front, streams announced twice. */
    gaps: [],
    /** Streams that were ended. */
    ended: new Set(),
    /** Every report of played sound. */
    played: [],
    /** Samples sent of each utterance. */
    sent: new Map(),
    answerMs: 0,
    since: null,
    retakes: interview.plan.format.retakes_max,
    begun: performance.now(),
  };
  return interview.memory;
}

class RoomLine {
  constructor(state, socket, id) {
    this.state = state;
    state.line = this;
    this.socket = socket;
    this.interview = state.interviews.get(id);
    this.pendingDone = null;
    this.acks = setInterval(() => this.acknowledge(), 200);
    socket.on('message', (data, binary) => {
      if (binary) this.frame(data);
      else this.message(JSON.parse(data.toString()));
    });
    socket.on('close', () => {
      clearInterval(this.acks);
      if (this.interview) this.stopClock();
    });
  }

  get memory() {
    return memoryOf(this.interview);
  }

  frame(data) {
    if (this.state.deaf) return;
    const stream = data.readUInt8(1);
    const number = data.readUInt32LE(4);
    const known = this.memory.streams.get(stream);
    if (known === undefined || number > known) this.memory.gaps.push(`${stream}/${number}`);
    else if (number === known) this.memory.streams.set(stream, known + 1);
  }

  acknowledge() {
    if (!this.interview) return;
    for (const [stream, frames] of this.memory.streams) {
      send(this.socket, { type: 'ack', stream, frames });
    }
  }

  message(message) {
    switch (message.type) {
      case 'hello':
        if (!this.state.queue || message.typed) return this.hello(message.token);
        return send(this.socket, { type: 'queued', ...this.state.queue });
      case 'leave':
        this.state.left = true;
        send(this.socket, { type: 'closed', code: 'left', text: 'you have left the queue' });
        return this.socket.close();
      case 'microphone':
        if (this.memory.streams.has(message.stream))
          this.memory.gaps.push(`twice ${message.stream}`);
        else this.memory.streams.set(message.stream, 0);
        return;
      case 'microphone_end':
        this.memory.ended.add(message.stream);
        return;
      case 'played':
        this.memory.played.push(message);
        if (message.done && message.utterance === this.waitingFor) this.spoken();
        return;
      case 'ready':
        if (this.memory.at < 0) return this.next();
        return this.floor('candidate');
      case 'typed':
        if (message.id <= this.memory.typed) return;
        this.memory.typed = message.id;
        this.turn('candidate', message.text, false);
        return this.next();
      case 'done':
        if (this.phase === 'reviewing') return this.next();
        if (this.interview.plan.format.one_way) return this.review();
        return this.next();
      case 'start_answer':
        this.phase = 'question';
        return this.floor('candidate');
      case 'retake':
        this.memory.retakes -= 1;
        this.memory.answerMs = 0;
        return this.prepare();
      case 'skip':
        return this.next();
      case 'repeat':
        return this.say(this.line ?? '', 'repeat');
      case 'push_to_talk':
        this.memory.pushToTalk = message.on;
        return this.view();
      case 'pause':
        this.stopClock();
        return this.view('paused');
      case 'end':
        return this.close();
    }
  }

  hello(token) {
    if (token !== this.state.token) {
      send(this.socket, { type: 'closed', code: 'bad_token', text: 'load the page again' });
      this.socket.close();
      return;
    }
    if (!this.interview) {
      send(this.socket, { type: 'closed', code: 'not_found', text: 'there is no such interview' });
      return;
    }
    // A deaf server is one whose disk hangs: the next line finds it well again.
    this.state.deaf = false;
    const memory = this.memory;
    const resumed = memory.at >= 0;
    this.phase = this.phaseNow();
    send(this.socket, {
      type: 'welcome',
      interview: this.interview.id,
      now_us: this.nowUs(),
      resumed,
      synced: [...memory.streams].map(([stream, frames]) => ({ stream, frames })),
      typed: memory.typed,
      turns: this.interview.turns,
      view: this.viewNow(resumed ? 'interviewer' : 'nobody'),
      speaks: true,
      listens: true,
    });
    if (resumed) this.say('Sorry, I lost you for a moment. Where were we?', 'where_were_we');
  }

  nowUs() {
    return Math.round((performance.now() - this.memory.begun) * 1000);
  }

  phaseNow() {
    const { at } = this.memory;
    const count = this.interview.plan.items.length;
    if (at < 0) return 'waiting';
    if (at === 0) return 'warm_up';
    if (at <= count) return 'question';
    return this.interview.plan.format.one_way ? 'closing' : 'candidate_questions';
  }

  next() {
    const { items, format } = this.interview.plan;
    this.memory.at += 1;
    this.memory.answerMs = 0;
    this.memory.since = null;
    this.memory.retakes = format.retakes_max;
    const at = this.memory.at;
    if (at > (format.one_way ? items.length : items.length + 1)) return this.close();
    this.phase = this.phaseNow();
    if (at === 0 && !format.one_way) {
      return this.say(
        `Hello, I’m ${this.interview.plan.persona.name}. It’s good to meet you. An easy one first: what have you been busy with lately?`,
        'greeting',
      );
    }
    if (at === items.length + 1)
      return this.say('What would you like to ask me?', 'invite_questions');
    if (format.one_way) return this.prepare();
    this.interview.answered = at;
    this.say(`Thank you. ${items[at - 1].text}`, 'question');
  }

  prepare() {
    this.phase = 'preparing';
    const seconds = this.interview.plan.format.preparation_s;
    this.untilUs = this.nowUs() + seconds * 1_000_000;
    this.view('preparing', 'nobody');
  }

  review() {
    this.stopClock();
    this.phase = 'reviewing';
    this.untilUs = this.nowUs() + 20_000_000;
    this.view('reviewing', 'candidate');
  }

  say(text, kind) {
    const memory = this.memory;
    memory.utterance += 1;
    this.line = text;
    this.waitingFor = memory.utterance;
    this.stopClock();
    this.view(this.phase, 'interviewer');
    this.turn('interviewer', text, true);
    send(this.socket, {
      type: 'say',
      utterance: memory.utterance,
      text,
      kind,
      aloud: true,
      sample_rate: RATE,
    });
    const samples = tone(Math.min(3, 0.6 + text.length / 60));
    for (let at = 0; at < samples.length; at += 4_800) {
      this.speech(memory.utterance, at, samples.subarray(at, at + 4_800));
    }
    memory.sent.set(memory.utterance, samples.length);
    send(this.socket, { type: 'say_end', utterance: memory.utterance, samples: samples.length });
  }

  speech(utterance, position, samples) {
    const bytes = Buffer.alloc(16 + samples.length * 2);
    bytes.writeUInt8(2, 0);
    bytes.writeUInt32LE(utterance, 4);
    bytes.writeBigUInt64LE(BigInt(position), 8);
    samples.forEach((sample, i) => bytes.writeInt16LE(sample, 16 + i * 2));
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(bytes);
  }

  stopSpeaking(utterance) {
    send(this.socket, { type: 'stop_speaking', utterance });
  }

  spoken() {
    this.waitingFor = null;
    if (this.closing) {
      this.interview.state = 'ended';
      this.interview.report = 'judging';
      send(this.socket, { type: 'ended' });
      return;
    }
    this.floor('candidate');
    setTimeout(
      () => send(this.socket, { type: 'caption', text: 'well last spring we had a' }),
      1500,
    );
    setTimeout(
      () =>
        send(this.socket, {
          type: 'caption',
          text: 'well last spring we had a ferry timetable to rebuild in two weeks and the supplier',
        }),
      2500,
    );
    if (this.interview.plan.live_hints) {
      const hint = { type: 'hint', kind: 'long_answer', text: 'Come to how it turned out.' };
      setTimeout(() => send(this.socket, hint), 3000);
    }
  }

  floor(who) {
    if (who === 'candidate') this.memory.since = performance.now();
    this.view(this.phase, who);
  }

  stopClock() {
    const memory = this.memory;
    if (memory.since !== null) memory.answerMs += performance.now() - memory.since;
    memory.since = null;
  }

  close() {
    this.closing = true;
    this.phase = 'closing';
    this.interview.ended_at = new Date().toISOString();
    this.say('Thank you, that was all from me. Goodbye.', 'closing');
  }

  turn(speaker, text, spoken) {
    const index = this.interview.turns.length;
    const turn = {
      id: `trn_${index}`,
      index,
      speaker,
      name: speaker === 'interviewer' ? this.interview.plan.persona.name : 'You',
      text,
      start_us: this.nowUs(),
      end_us: this.nowUs() + 2_000_000,
      spoken,
      unscored: this.memory.at === 0,
      answer: null,
    };
    this.interview.turns.push(turn);
    send(this.socket, { type: 'turn', turn });
  }

  view(phase = this.phase, floor = 'candidate') {
    this.interview.state = 'running';
    send(this.socket, { type: 'view', view: this.viewNow(floor, phase) });
  }

  viewNow(floor, phase = this.phase) {
    const memory = this.memory;
    const { items, format } = this.interview.plan;
    const item = memory.at >= 1 && memory.at <= items.length ? memory.at - 1 : null;
    const running = memory.since === null ? 0 : performance.now() - memory.since;
    return {
      phase,
      item,
      items: items.length,
      number: item === null ? null : item + 1,
      question:
        item === null
          ? memory.at === 0
            ? 'What have you been busy with lately?'
            : null
          : items[item].text,
      probe: null,
      floor,
      answer_since_us: floor === 'candidate' ? this.nowUs() - Math.round(running * 1000) : null,
      answer_ms: Math.round(memory.answerMs + running),
      answer_nudge_s: 120,
      answer_limit_s: format.answer_limit_s,
      until_us: phase === 'preparing' || phase === 'reviewing' ? this.untilUs : null,
      retakes_left: memory.retakes,
      push_to_talk: memory.pushToTalk,
    };
  }
}
