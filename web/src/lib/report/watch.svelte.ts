/** A report that is kept fresh while it is being made. */

import { api, explain, type Report } from '$lib/api';

const EVERY_MS = 1_000;
/** How often to look again after a change before it is taken for done. */
const LOOKS_AFTER_CHANGE = 3;

export class ReportWatch {
  report: Report = $state.raw() as Report;
  /** Why the report could not be asked for; it is asked for again all the same. */
  problem = $state('');
  /** Something was changed just now and is being judged again. */
  again = $state(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private looks = 0;
  private stopped = true;

  constructor(
    first: Report,
    private readonly ask: (id: string) => Promise<Report> = api.report,
  ) {
    this.report = first;
  }

  /** Asks each second until the report is made; returns what stops it. */
  watch(): () => void {
    this.stopped = false;
    this.later();
    return () => {
      this.stopped = true;
      clearTimeout(this.timer);
    };
  }

  /** To be called after a change that makes the server judge again. */
  changed(): void {
    this.again = true;
    this.looks = LOOKS_AFTER_CHANGE;
    this.later();
  }

  private get open(): boolean {
    return this.report.state === 'judging' || this.report.state === 'not_yet' || this.looks > 0;
  }

  private later(): void {
    clearTimeout(this.timer);
    if (!this.stopped && this.open) this.timer = setTimeout(() => void this.look(), EVERY_MS);
    else if (!this.open) this.again = false;
  }

  private async look(): Promise<void> {
    this.looks = Math.max(0, this.looks - 1);
    try {
      const report = await this.ask(this.report.interview);
      if (this.stopped) return;
      this.report = report;
      this.problem = '';
    } catch (error) {
      this.problem = explain(error);
      // What could not be asked is asked again, also at the end of a change.
      if (this.again) this.looks = Math.max(1, this.looks);
    }
    this.later();
  }
}
