// Runs a task of this folder as one compiled program: `node scripts/compiled.mjs synth` instead of `node --import tsx
// scripts/synth.ts`. The loader looks at every file of every package, which takes as long as the synth itself.
import { Module } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));
const [name] = process.argv.splice(2, 1);
const { outputFiles } = buildSync({
  entryPoints: [join(folder, `${name}.ts`)],
  bundle: true,
  // Too big to be compiled each time, or native.
  external: ['esbuild', 'cdktf', 'constructs', '@cdktf/*'],
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  write: false,
});
// As deep below the checkout as scripts/lib, whose files look for it from their own place.
const file = join(folder, 'compiled', `${name}.cjs`);
const program = new Module(file);
program.filename = file;
program.paths = Module._nodeModulePaths(folder);
program._compile(outputFiles[0].text, file);
