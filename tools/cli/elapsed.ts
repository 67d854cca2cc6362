/** A terminal is updated each second, a log every 30 seconds. */
const TICK_MS = process.stdout.isTTY ? 1_000 : 30_000;

/** "45 s", "2 min 05 s", "1 h 02 min". */
export function describeSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${twoDigits(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${twoDigits(whole % 60)} s` : `${whole} s`;
}

/**
 * Shows the state of `work` with the elapsed time periodically; `first` before the first state.
 */
export async function withElapsed<T>(
  update: (text: string) => void,
  first: string,
  work: (onState: (state: { readonly name: string }) => void) => Promise<T>,
): Promise<T> {
  const start = Date.now();
  let name = first;
  const show = (): void => {
    update(`${name}, ${describeSeconds((Date.now() - start) / 1000)}`);
  };
  const timer = setInterval(show, TICK_MS);
  try {
    show();
    return await work((state) => {
      name = state.name;
      show();
    });
  } finally {
    clearInterval(timer);
  }
}
