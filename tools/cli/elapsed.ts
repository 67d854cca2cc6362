/** A terminal shows the seconds as they pass; in a log, a line now and then is a sign of life. */
const TICK_MS = process.stdout.isTTY ? 1_000 : 30_000;

/** "45 s", "2 min 05 s", "1 h 02 min". */
export function describeSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${twoDigits(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${twoDigits(whole % 60)} s` : `${whole} s`;
}

/**
 * Says the name of the state that `work` announces, with the time since its beginning, again and again until it ends.
 * `first` is said before any state.
 */
export async function withElapsed<T>(
  say: (text: string) => void,
  first: string,
  work: (onState: (state: { readonly name: string }) => void) => Promise<T>,
): Promise<T> {
  const start = Date.now();
  let name = first;
  const tell = (): void => {
    say(`${name}, ${describeSeconds((Date.now() - start) / 1000)}`);
  };
  const timer = setInterval(tell, TICK_MS);
  try {
    tell();
    return await work((state) => {
      name = state.name;
      tell();
    });
  } finally {
    clearInterval(timer);
  }
}
