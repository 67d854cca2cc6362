import { build, type BuildResult, type Metafile, type Plugin } from 'esbuild';
import { join } from 'node:path';
import { TaskError } from '../cli/errors';
import { fromRoot, ROOT } from '../cli/paths';
import { writeWhole } from '../setup/stamps.cjs';
import { HANDLERS_DIRECTORY, handlerNames } from './handler-names';
import { zipFiles } from './zip';

/** A Lambda's code, ready for `AssetType.FILE`. Its handler is `index.handler`. */
export interface HandlerBundle {
  readonly name: string;
  readonly zipPath: string;
  /** Size of the code that Lambda loads at a cold start. */
  readonly bytes: number;
}

/** Where to read and write; the defaults are the project's own folders. */
export interface BundleOptions {
  /** Has one folder a Lambda, with an index.ts. @default handlers/ */
  readonly sourceDirectory?: string;
  /** @default dist/handlers/ */
  readonly outputDirectory?: string;
}

/** A cold start grows with the code that Node.js has to parse. */
const MAX_BYTES = 400_000;
const MAX_INPUTS = 8;

/**
 * Bundles one Lambda with the SDK into `<output>/<name>.zip`, which holds `index.mjs` only and has the same bytes on
 * every machine. The source map is written next to it, to read a stack trace with; it is not deployed.
 *
 * @throws TaskError when there is no such handler, or its code is larger than allowed (naming the largest parts).
 */
export async function bundleHandler(
  name: string,
  { sourceDirectory = HANDLERS_DIRECTORY, outputDirectory = fromRoot('dist/handlers') }: BundleOptions = {},
): Promise<HandlerBundle> {
  const names = handlerNames(sourceDirectory);
  if (!names.includes(name)) {
    throw new TaskError(
      `There is no handler '${name}': ${sourceDirectory} has ${names.join(', ') || 'none'}.`,
    );
  }
  const { outputFiles, metafile } = await compile(join(sourceDirectory, name, 'index.ts'));
  const code = contentsOf(outputFiles, '.mjs');
  if (code.byteLength > MAX_BYTES) throw tooLarge(name, code.byteLength, metafile);
  const zipPath = join(outputDirectory, `${name}.zip`);
  writeWhole(join(outputDirectory, `${name}.mjs.map`), contentsOf(outputFiles, '.map'));
  writeWhole(zipPath, zipFiles(new Map([['index.mjs', code]])));
  return { name, zipPath, bytes: code.byteLength };
}

type Compiled = BuildResult<{ write: false; metafile: true }>;

function compile(entryPoint: string): Promise<Compiled> {
  return build({
    entryPoints: [entryPoint],
    absWorkingDir: ROOT,
    outfile: 'index.mjs',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // The SDK's ES modules: its CommonJS ones cannot be tree-shaken.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    sourcemap: 'external',
    // The error that build() throws has all of it.
    logLevel: 'silent',
    plugins: [credentialsFromEnvironment],
  });
}

/**
 * A Lambda finds its role's credentials in the environment, always. Without the SDK's other eight sources (SSO, profile
 * files, instance metadata …) each bundle is 110 to 135 KB smaller.
 */
const credentialsFromEnvironment: Plugin = {
  name: 'credentials-from-environment',
  setup(bundler) {
    bundler.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: 'credentials',
      namespace: 'credentials-from-environment',
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'credentials-from-environment' }, () => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: ROOT,
    }));
  },
};

function contentsOf(files: Compiled['outputFiles'], ending: string): Uint8Array {
  const file = files.find(({ path }) => path.endsWith(ending));
  if (file === undefined) throw new TaskError(`esbuild wrote no ${ending} file.`);
  return file.contents;
}

function tooLarge(name: string, bytes: number, { outputs }: Metafile): TaskError {
  const kilobytes = (size: number): string => `${(size / 1_000).toFixed(size < 10_000 ? 1 : 0)} KB`;
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const largest = inputs
    .sort(([, one], [, other]) => other.bytesInOutput - one.bytesInOutput)
    .slice(0, MAX_INPUTS)
    .map(([path, { bytesInOutput }]) => `  ${kilobytes(bytesInOutput)} ${path}`);
  return new TaskError(
    `Handler '${name}' is ${kilobytes(bytes)}, more than the ${kilobytes(MAX_BYTES)} that start fast. ` +
      `Import less, or a smaller package. Its largest parts:\n${largest.join('\n')}`,
  );
}
