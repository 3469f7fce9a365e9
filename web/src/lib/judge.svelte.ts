/** The language model as a second judge, kept fresh while its self-test runs. */

import { api, explain, type ModelJudge } from './api';

const EVERY_MS = 1_000;

export class SecondJudge {
  judge: ModelJudge = $state.raw() as ModelJudge;
  problem = $state('');
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(first: ModelJudge) {
    this.judge = first;
  }

  /** Whether the self-test runs. */
  get running(): boolean {
    return this.judge.progress != null;
  }

  /** Asks again and again until the self-test is over. */
  watch(): () => void {
    this.stopped = false;
    if (this.running) this.later();
    return () => {
      this.stopped = true;
      clearTimeout(this.timer);
    };
  }

  check(): Promise<void> {
    return this.change(() => api.checkJudge());
  }

  cancel(): Promise<void> {
    return this.change(() => api.cancelJudgeCheck());
  }

  private async change(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
      await this.refresh();
    } catch (error) {
      this.problem = explain(error);
    }
  }

  private async refresh(): Promise<void> {
    try {
      this.judge = await api.judge();
      this.problem = '';
    } catch (error) {
      this.problem = explain(error);
    }
    if (this.running) this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.refresh(), EVERY_MS);
  }
}
