// Runs a TypeScript program of this checkout as two compiled files that are kept, its own sources and the packages that
// they use: the loader of `node --import tsx` looks at every file of every package, which takes longer than a whole synth.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { hashOf, writeWhole } from '../setup/stamps.cjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const KEPT = join(ROOT, '.local/compiled');

/** What every compiled file depends on, beside its own sources. */
const COMMON = ['tsconfig.json', 'tools/build/compiled-program.mjs'];

const OPTIONS = {
  ...{ absWorkingDir: ROOT, bundle: true, write: false, metafile: true, logLevel: 'error' },
  ...{ platform: 'node', format: 'cjs', target: 'node20', supported: { 'dynamic-import': false } },
};

/**
 * Runs a program.
 *
 * @param {string} program path in the checkout, e.g. `scripts/synth.ts`
 */
export async function runCompiled(program) {
  const name = program.replaceAll(/\W+/g, '-');
  const { own, packages } = findKept(name) ?? (await compile(program, name));
  // As deep below the checkout as the folders of tools/, whose files look for it from their own place.
  const filename = join(ROOT, 'scripts/compiled', `${name}.cjs`);
  const require = createRequire(filename);
  const compiledPackages = load(packages, filename, require);
  load(own, filename, (specifier) => compiledPackages[specifier]?.() ?? require(specifier));
}

/** The compiled files, when they are of the sources as these are now. */
function findKept(name) {
  const list = join(KEPT, `${name}.json`);
  if (!existsSync(list)) return undefined;
  const { sources, specifiers } = JSON.parse(readFileSync(list, 'utf8'));
  if (!sources.every((path) => existsSync(join(ROOT, path)))) return undefined;
  const files = filesOf(name, sources, specifiers);
  return existsSync(files.own) && existsSync(files.packages) ? files : undefined;
}

/** Their names tell their content: V8 compares machine code with its source by the length alone. */
function filesOf(name, sources, specifiers) {
  const file = (inputs, facts) => {
    const hash = hashOf(
      [...COMMON, ...inputs].map((path) => join(ROOT, path)),
      [process.version, ...facts],
    );
    return join(KEPT, `${name}.${hash.slice(0, 16)}.cjs`);
  };
  return { own: file(sources, []), packages: file(['package-lock.json'], specifiers) };
}

async function compile(program, name) {
  const { build } = await import('esbuild');
  const compiled = await build({ ...OPTIONS, entryPoints: [program], packages: 'external' });
  const sources = Object.keys(compiled.metafile.inputs);
  const [{ imports }] = Object.values(compiled.metafile.outputs);
  const specifiers = [...new Set(imports.map(({ path }) => path))]
    // esbuild itself is a native program with a small client.
    .filter((path) => !isBuiltin(path) && path !== 'esbuild')
    .sort();
  const files = filesOf(name, sources, specifiers);
  if (!existsSync(files.packages)) {
    const members = specifiers
      .map((path) => JSON.stringify(path))
      .map((path) => `${path}: () => require(${path})`);
    const stdin = { contents: `module.exports = {${members.join(', ')}}`, resolveDir: ROOT };
    const { outputFiles } = await build({ ...OPTIONS, stdin });
    writeWhole(files.packages, outputFiles[0].text);
  }
  writeWhole(files.own, compiled.outputFiles[0].text);
  writeWhole(join(KEPT, `${name}.json`), JSON.stringify({ sources, specifiers }));
  const current = Object.values(files).flatMap((file) => [file, machineCodeOf(file)]);
  for (const entry of readdirSync(KEPT)) {
    const path = join(KEPT, entry);
    if (entry.startsWith(`${name}.`) && !entry.endsWith('.json') && !current.includes(path)) rmSync(path);
  }
  return files;
}

const machineCodeOf = (file) => `${file}.v8`;

/** Runs a CommonJS file from its machine code, which V8 has made at the end of an earlier run. */
function load(file, filename, require) {
  const machineCode = machineCodeOf(file);
  const cachedData = existsSync(machineCode) ? readFileSync(machineCode) : undefined;
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
  const script = new Script(wrapped, { filename, cachedData });
  if (script.cachedDataRejected !== false) {
    process.on('exit', (code) => {
      if (code === 0) writeWhole(machineCode, script.createCachedData());
    });
  }
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, filename, dirname(filename));
  return module.exports;
}
