/** Invented numbers of one state and day; undefined where nothing was reported. */
export interface DayNumbers {
  readonly beds?: number | undefined;
  readonly icuBeds?: number | undefined;
  readonly covidBeds?: number | undefined;
  readonly reportingBeds?: number | undefined;
}

/** Days from one wave of infections to the next. */
const WAVE_DAYS = 180;

/** Share of COVID patients between the waves, and what a wave adds. */
const QUIET_SHARE = 0.03;
const WAVE_SHARE = 0.18;

/**
 * Invents hospital numbers, the same ones in every run. Sizes follow the alphabet and not the population, so that
 * nobody takes them for real; waves go over the states one after the other.
 */
export class SampleNumbers {
  private seed = 1;
  private readonly days: number[];

  constructor(private readonly states: readonly string[]) {
    this.days = states.map(() => 0);
  }

  /** Numbers of the state's next day. */
  next(state: string): DayNumbers {
    const index = this.states.indexOf(state);
    const day = this.days[index] ?? 0;
    this.days[index] = day + 1;
    const size = 800 + 450 * (index + 1);
    const beds = Math.round(size * (0.97 + 0.06 * this.random()));
    const reportingBeds = Math.floor(beds * (0.94 + 0.06 * this.random()));
    // Straight lines up and down: unlike sine and cosine the same on every processor.
    const phase = ((day + 3 * index) % WAVE_DAYS) / WAVE_DAYS;
    const wave = 1 - Math.abs(2 * phase - 1);
    const share = (QUIET_SHARE + WAVE_SHARE * wave) * (0.9 + 0.2 * this.random());
    return {
      beds,
      icuBeds: Math.round(beds * (0.11 + 0.02 * this.random())),
      covidBeds: Math.round(reportingBeds * share),
      reportingBeds,
    };
  }

  /** From 0 to 1: the generator of Park and Miller, whose products stay exact in a double. */
  private random(): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed / 2_147_483_647;
  }
}
