import { build, type BuildResult, type Metafile, type Plugin } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HANDLERS_DIRECTORY, handlerNames } from './handler-names';
import { zipFiles } from './zip';

const PROJECT = join(__dirname, '..', '..');

/** A Lambda's code, ready for `AssetType.FILE`. Its handler is `index.handler`. */
export interface HandlerBundle {
  readonly name: string;
  readonly zipPath: string;
  /** Base64 of the zip's SHA-256, as Lambda's `source_code_hash` wants it. */
  readonly sha256Base64: string;
  /** Size of the code that Lambda loads at a cold start. */
  readonly bytes: number;
  /** Size of the zip. */
  readonly zipBytes: number;
}

/** Where to read and write; the defaults are the project's own folders. */
export interface BundleOptions {
  /** Has one folder a Lambda, with an index.ts. @default handlers/ */
  readonly sourceDirectory?: string;
  /** @default dist/handlers/ */
  readonly outputDirectory?: string;
  /** Largest code, bytes. @default 400 KB: a cold start grows with the code that Node.js has to parse. */
  readonly maxBytes?: number;
}

const OUTPUT_DIRECTORY = join(PROJECT, 'dist', 'handlers');
const MAX_BYTES = 400_000;
const LARGEST_INPUTS_SHOWN = 8;

/** A handler that cannot be built, or that would start too slowly. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/**
 * Bundles one Lambda with the SDK into `<output>/<name>.zip`, which holds `index.mjs` only and has the same bytes on
 * every machine. The source map is written beside it, to read a stack trace with; it is not deployed.
 *
 * @throws BundleError when there is no such handler, or its code is larger than allowed (naming the largest parts).
 */
export async function bundleHandler(name: string, options: BundleOptions = {}): Promise<HandlerBundle> {
  const {
    sourceDirectory = HANDLERS_DIRECTORY,
    outputDirectory = OUTPUT_DIRECTORY,
    maxBytes = MAX_BYTES,
  } = options;
  const names = handlerNames(sourceDirectory);
  if (!names.includes(name)) {
    throw new BundleError(
      `There is no handler '${name}': ${sourceDirectory} has ${names.join(', ') || 'none'}.`,
    );
  }
  const { outputFiles, metafile } = await compile(join(sourceDirectory, name, 'index.ts'));
  const code = contentsOf(outputFiles, '.mjs');
  if (code.byteLength > maxBytes) throw tooLarge(name, code.byteLength, maxBytes, metafile);

  const zip = zipFiles(new Map([['index.mjs', code]]));
  const zipPath = join(outputDirectory, `${name}.zip`);
  mkdirSync(outputDirectory, { recursive: true });
  writeAtomically(join(outputDirectory, `${name}.mjs.map`), contentsOf(outputFiles, '.map'));
  writeAtomically(zipPath, zip);
  const sha256Base64 = createHash('sha256').update(zip).digest('base64');
  return { name, zipPath, sha256Base64, bytes: code.byteLength, zipBytes: zip.byteLength };
}

type Compiled = BuildResult<{ write: false; metafile: true }>;

function compile(entryPoint: string): Promise<Compiled> {
  return build({
    entryPoints: [entryPoint],
    absWorkingDir: PROJECT,
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
    // The error that build() throws says it all.
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
      resolveDir: PROJECT,
    }));
  },
};

function contentsOf(files: Compiled['outputFiles'], ending: string): Uint8Array {
  const file = files.find(({ path }) => path.endsWith(ending));
  if (file === undefined) throw new BundleError(`esbuild wrote no ${ending} file.`);
  return file.contents;
}

function tooLarge(name: string, bytes: number, maxBytes: number, { outputs }: Metafile): BundleError {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const largest = inputs
    .sort(([, one], [, other]) => other.bytesInOutput - one.bytesInOutput)
    .slice(0, LARGEST_INPUTS_SHOWN)
    .map(([path, { bytesInOutput }]) => `  ${toKilobytes(bytesInOutput)} ${path}`);
  return new BundleError(
    `Handler '${name}' is ${toKilobytes(bytes)}, more than the ${toKilobytes(maxBytes)} that start fast. ` +
      `Import less, or a smaller package. Its largest parts:\n${largest.join('\n')}`,
  );
}

/** `198 KB`, of 1,000 bytes. */
function toKilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} KB`;
}

/** Whoever reads the path sees the old file or the new one, never half of it. */
function writeAtomically(path: string, data: Uint8Array): void {
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, data);
  renameSync(draft, path);
}
