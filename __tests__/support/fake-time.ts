/** Runs `work`, which needs no answer from outside, to its end; what it waits for with setTimeout takes no time. */
export async function inFakeTime<T>(work: () => Promise<T>): Promise<T> {
  jest.useFakeTimers();
  try {
    const end = { isReached: false };
    const result = work().finally(() => (end.isReached = true));
    while (!end.isReached) await Promise.race([result, jest.advanceTimersByTimeAsync(1_000)]);
    return await result;
  } finally {
    jest.useRealTimers();
  }
}
