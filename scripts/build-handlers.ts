import { bundleHandler, handlerNames, type HandlerBundle, toKilobytes } from './lib/bundle';

/**
 * Bundles every Lambda under handlers/ and prints its size.
 *
 * @param print takes one line a Lambda.
 * @throws BundleError when one of them cannot be built or is too large.
 */
export async function buildHandlers(print: (line: string) => void = console.log): Promise<HandlerBundle[]> {
  const bundles = await Promise.all(handlerNames().map((name) => bundleHandler(name)));
  for (const { name, bytes, zipBytes } of bundles) {
    print(`${name.padEnd(12)} ${toKilobytes(bytes)} of code, ${toKilobytes(zipBytes)} as zip`);
  }
  return bundles;
}
