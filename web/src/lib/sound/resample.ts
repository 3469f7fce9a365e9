/**
 * Changes the sampling rate of a running signal by a rational factor, with a windowed-sinc low-pass
 * (Blackman window), so that nothing above the lower of both Nyquist frequencies folds back.
 */
export class Resampler {
  /** Output samples for `down` input samples. */
  private readonly up: number;
  private readonly down: number;
  /** One row of coefficients for each of the `up` positions between two input samples. */
  private readonly phases: Float32Array[];
  private readonly taps: number;
  /** The last `taps` input samples and what has not been used yet. */
  private pending: Float32Array;
  /** Position of the next output sample, in input samples times `up`, counted in `pending`. */
  private next = 0;

  constructor(from: number, to: number) {
    const divisor = gcd(from, to);
    this.up = to / divisor;
    this.down = from / divisor;
    // 24 zero crossings of the sinc on each side keep the transition band within 8% of the
    // lower rate; a lower output rate stretches the sinc.
    const stretch = Math.max(1, from / to);
    this.taps = Math.ceil(48 * stretch);
    this.phases = designPhases(this.up, this.taps, 0.95 / stretch);
    this.pending = new Float32Array(this.taps);
  }

  /** By how many input samples the output lags behind: half of the filter's length. */
  get delay(): number {
    return this.up === this.down ? 0 : Math.ceil(this.taps / 2);
  }

  /** Takes input of any length and returns the output that is complete. */
  push(input: Float32Array): Float32Array<ArrayBuffer> {
    if (this.up === this.down) return Float32Array.from(input);
    const signal = new Float32Array(this.pending.length + input.length);
    signal.set(this.pending);
    signal.set(input, this.pending.length);
    const available = (signal.length - this.taps) * this.up - this.next;
    const out = new Float32Array(available > 0 ? Math.ceil(available / this.down) : 0);
    for (let i = 0; i < out.length; i += 1) {
      out[i] = this.sampleAt(signal, this.next);
      this.next += this.down;
    }
    const used = Math.min(Math.floor(this.next / this.up), signal.length - this.taps);
    this.next -= used * this.up;
    this.pending = signal.slice(used);
    return out;
  }

  private sampleAt(signal: Float32Array, position: number): number {
    const first = Math.floor(position / this.up);
    const phase = this.phases[position % this.up];
    let sum = 0;
    for (let tap = 0; tap < this.taps; tap += 1) {
      sum += (phase?.[tap] ?? 0) * (signal[first + tap] ?? 0);
    }
    return sum;
  }
}

/** Low-pass coefficients for each position between two samples; every row sums to 1. */
function designPhases(up: number, taps: number, cutoff: number): Float32Array[] {
  return Array.from({ length: up }, (_, phase) => {
    const row = new Float32Array(taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const x = tap - taps / 2 + 1 - phase / up;
      const w = (x + taps / 2) / taps;
      const value = sinc(x * cutoff) * blackman(w);
      row[tap] = value;
      sum += value;
    }
    return row.map((value) => value / sum);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function blackman(w: number): number {
  if (w <= 0 || w >= 1) return 0;
  return 0.42 - 0.5 * Math.cos(2 * Math.PI * w) + 0.08 * Math.cos(4 * Math.PI * w);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
