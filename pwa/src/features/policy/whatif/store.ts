/** What the server makes of a trial: asked a moment after the last change, and only the last answer counts. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../../core/api/client';
import type { Curve, HouseholdsOf, SimulatedPage, Simulation } from '../../../core/api/policyTypes';
import { now as clockNow } from '../../../core/clock';
import { asked, type Range, type Trial, textOf } from './model';

/** Sliders send many values; the server gets the one they rest on. */
export const REST_MS = 250;

export interface Worked<T> {
  readonly data: T | null;
  /** The trial that `data` answers. */
  readonly of: string;
  /** When the present question was put; null while nothing is asked. */
  readonly since: number | null;
  readonly error: unknown;
}

function idle<T>(): Worked<T> {
  return { data: null, of: '', since: null, error: null };
}

/** One question at a time; a newer one takes the older one back. */
class Asker<Q, A> {
  readonly #state = signal<Worked<A>>(idle<A>());
  readonly #ask: (question: Q, signal: AbortSignal) => Promise<A>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | null = null;
  #wanted = '';

  constructor(ask: (question: Q, signal: AbortSignal) => Promise<A>) {
    this.#ask = ask;
  }

  get state(): ReadonlySignal<Worked<A>> {
    return this.#state;
  }

  /** Asks after a moment of rest; the same question is not asked twice unless `again`. */
  ask(question: Q, again = false): void {
    const wanted = JSON.stringify(question);
    if (wanted === this.#wanted && !again) return;
    this.#drop();
    this.#wanted = wanted;
    this.#state.value = { ...this.#state.value, since: clockNow(), error: null };
    this.#timer = setTimeout(() => void this.#run(question, wanted), again ? 0 : REST_MS);
  }

  async #run(question: Q, wanted: string): Promise<void> {
    const mine = new AbortController();
    this.#running = mine;
    try {
      const data = await this.#ask(question, mine.signal);
      if (!mine.signal.aborted) this.#state.value = { data, of: wanted, since: null, error: null };
    } catch (error) {
      if (!mine.signal.aborted) this.#state.value = { ...this.#state.value, since: null, error };
    }
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
  }

  /** Gives the question up; what was known before stays on screen. */
  cancel(): void {
    this.#drop();
    this.#wanted = '';
    this.#state.value = { ...this.#state.value, since: null };
  }

  reset(): void {
    this.cancel();
    this.#state.value = idle<A>();
  }
}

export interface CurveQuestion {
  readonly trial: Trial;
  readonly range: Range;
}

const simulations = new Asker<Trial, Simulation>((trial, abort) =>
  call(api.POST('/policy/simulations', { body: asked(trial), signal: abort })),
);

const curves = new Asker<CurveQuestion, Curve>(({ trial, range }, abort) => {
  const body = {
    ...asked(trial),
    parameter: trial.focus,
    from: textOf(range.from),
    to: textOf(range.to),
    steps: range.points,
  };
  return call(api.POST('/policy/simulations/curve', { body, signal: abort }));
});

export const simulation: ReadonlySignal<Worked<Simulation>> = simulations.state;
export const curve: ReadonlySignal<Worked<Curve>> = curves.state;

/** The trial without the number on the slider: the curve runs over all of its values. */
export function withoutFocus(trial: Trial): Trial {
  const { [trial.focus]: _onSlider, ...others } = trial.set;
  return { ...trial, set: others };
}

/** Works a trial out. The number on the slider and which one it is do not change the same question. */
export function work(trial: Trial, range: Range | null, again = false): void {
  simulations.ask({ ...trial, focus: '' }, again);
  if (range !== null) curves.ask({ trial: withoutFocus(trial), range }, again);
}

export function cancelWork(): void {
  simulations.cancel();
  curves.cancel();
}

export function resetWhatIf(): void {
  simulations.reset();
  curves.reset();
}

const PAGE = 50;

/** A page of the households behind a number. */
export function readHouseholds(
  trial: Trial,
  list: HouseholdsOf,
  after: string | null,
): Promise<SimulatedPage> {
  const body = { ...asked(trial), list, after, limit: PAGE };
  return call(api.POST('/policy/simulations/households', { body }));
}

/** Lights a household would get and lose, by rule. */
export function difference(
  before: readonly string[],
  after: readonly string[],
): { gained: string[]; lost: string[] } {
  return {
    gained: after.filter((rule) => !before.includes(rule)),
    lost: before.filter((rule) => !after.includes(rule)),
  };
}
