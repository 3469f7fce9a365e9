/** What this installation can do, kept fresh while models are on their way. */

import { api, explain, type Model, type Status } from './api';

const EVERY_MS = 500;

export class Setup {
  status: Status = $state.raw() as Status;
  problem = $state('');
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(first: Status) {
    this.status = first;
  }

  /** The models that are fetched unless told otherwise. */
  get chosen(): Model[] {
    return this.status.models.filter((model) => model.default);
  }

  /** The share of the chosen models that is here, 0 to 1. */
  get share(): number {
    const all = this.chosen.reduce((sum, model) => sum + model.bytes, 0);
    const done = this.chosen.reduce(
      (sum, model) => sum + Math.min(model.bytes, model.bytes_done),
      0,
    );
    return all === 0 ? 1 : done / all;
  }

  /** Whether interviews can be spoken both ways. */
  get spoken(): boolean {
    return this.status.abilities.listen && this.status.abilities.speak;
  }

  /** Asks again and again until nothing is on its way any more. */
  watch(): () => void {
    this.stopped = false;
    if (this.status.pulling) this.later();
    return () => {
      this.stopped = true;
      clearTimeout(this.timer);
    };
  }

  /** Fetches models; none named means those that are fetched by default. */
  async pull(ids: string[] = []): Promise<void> {
    this.problem = '';
    try {
      await api.pullModels(ids);
      await this.refresh();
    } catch (error) {
      this.problem = explain(error);
    }
  }

  private async refresh(): Promise<void> {
    try {
      this.status = await api.status();
      this.problem = '';
    } catch (error) {
      this.problem = explain(error);
    }
    if (this.status.pulling) this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.refresh(), EVERY_MS);
  }
}

/** What is missing, and what it means for an interview; empty when nothing is. */
export function missing(status: Status): string[] {
  const { listen, speak, captions, turn_end, meaning, language } = status.abilities;
  const list: string[] = [];
  if (!listen) list.push('Spoken answers cannot be understood yet: you type them.');
  if (!speak) list.push('The interviewer has no voice yet: you read the lines.');
  if (listen && !captions) list.push('No captions appear while you talk.');
  if (listen && !turn_end) {
    list.push('Whether you are done is told by your words and your silence, not by your tone.');
  }
  if (!meaning) list.push('Whether an answer fits the question is judged by its words alone.');
  if (!language) list.push('Follow-ups come from the question bank instead of a language model.');
  return list;
}
