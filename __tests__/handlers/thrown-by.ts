/** The error that a function throws; fails the test when it throws none. */
export function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`threw ${String(error)}, which is no Error`, { cause: error });
  }
  throw new Error('threw nothing');
}
