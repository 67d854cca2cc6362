import { build, type BuildResult, type Metafile, type Plugin } from 'esbuild';
import { join } from 'node:path';
import { TaskError } from '../cli/errors';
import { fromRoot, ROOT } from '../cli/paths';
import { writeWhole } from '../setup/stamps.cjs';
import { HANDLERS_DIRECTORY, handlerNames } from './handler-names';
import { zipFiles } from './zip';

/** The deployment package of a Lambda function. Its handler is `index.handler`. */
interface HandlerBundle {
  readonly name: string;
  readonly zipPath: string;
  readonly bytes: number;
}

interface BundleOptions {
  /** Contains a folder with an index.ts for each Lambda function. @default handlers/ */
  readonly sourceDirectory?: string;
  /** @default dist/handlers/ */
  readonly outputDirectory?: string;
}

/** The duration of a cold start depends on the size of the code. */
const MAX_BYTES = 400_000;
const MAX_INPUTS = 8;

/**
 * Bundles a Lambda function with the SDK into `<output>/<name>.zip`, which contains only `index.mjs` and has the same bytes
 * on all machines. The source map next to it is not deployed.
 *
 * @throws TaskError when the handler does not exist, or its code is too large
 */
export async function bundleHandler(
  name: string,
  { sourceDirectory = HANDLERS_DIRECTORY, outputDirectory = fromRoot('dist/handlers') }: BundleOptions = {},
): Promise<HandlerBundle> {
  const names = handlerNames(sourceDirectory);
  if (!names.includes(name)) {
    throw new TaskError(
      `The handler '${name}' does not exist. ${sourceDirectory} contains: ${names.join(', ') || 'none'}.`,
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
    // Only the ES modules of the SDK can be tree-shaken.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    sourcemap: 'external',
    // The error of build() contains all messages.
    logLevel: 'silent',
    plugins: [credentialsFromEnvironment],
  });
}

/**
 * Lambda provides the credentials in the environment. Without the SDK's other eight sources (SSO, profile files, instance
 * metadata …) each bundle is 110 to 135 KB smaller.
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
    `The code of handler '${name}' has ${kilobytes(bytes)}, more than the limit of ${kilobytes(MAX_BYTES)} for a fast cold start. ` +
      `Import less code or smaller packages. The largest parts:\n${largest.join('\n')}`,
  );
}
