/** Runs `work`, which needs no answer from outside, to its end; what it waits for with setTimeout takes no time. */
export async function inFakeTime<T>(work: () => Promise<T>): Promise<T> {
  jest.useFakeTimers();
  try {
    let hasEnded = false;
    const result = work().finally(() => (hasEnded = true));
    while (!hasEnded) await Promise.race([result, jest.advanceTimersByTimeAsync(1_000)]);
    return await result;
  } finally {
    jest.useRealTimers();
  }
}
