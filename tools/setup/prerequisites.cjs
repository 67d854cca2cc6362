'use strict';
// Plain CommonJS without packages: bootstrap and doctor load it before `npm ci` has run.
const { spawn } = require('node:child_process');
const { accessSync, constants, statSync } = require('node:fs');
const { delimiter, join } = require('node:path');
const process = require('node:process');
const { TOOLS } = require('./prerequisite-tools.cjs');
const { isAtLeast, parseVersion } = require('./versions.cjs');

/** A tool that does not answer its version in this time is broken; Maven's first start takes seconds. */
const ANSWER_MS = 60_000;

/** The file that a shell would run for `command`, or undefined. */
function findOnPath(command, env, platform = process.platform) {
  if (/[\\/]/.test(command)) return isExecutable(command) ? command : undefined;
  const endings = platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean);
  return folders
    .flatMap((folder) => endings.map((ending) => join(folder, command + ending)))
    .find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Runs a tool and resolves with what it said; never rejects, since a tool that cannot start is an answer too. */
function ask(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env,
      timeout: ANSWER_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: /\.(cmd|bat)$/i.test(command),
    });
    const answer = { status: null, stdout: '', stderr: '' };
    child.stdout.on('data', (data) => (answer.stdout += data));
    child.stderr.on('data', (data) => (answer.stderr += data));
    child.on('error', (error) => resolve({ ...answer, stderr: error.message }));
    child.on('close', (status) => resolve({ ...answer, status }));
  });
}

function lastLine(text) {
  return text.trim().split('\n').at(-1).trim();
}

/** What is wrong with the version that was found; undefined when nothing is. */
function versionProblem(tool, version) {
  if (tool.exactMajor !== undefined && version[0] !== tool.exactMajor) {
    return `found ${version.join('.')}, needed ${tool.needed}`;
  }
  if (tool.minimum !== undefined && !isAtLeast(version, tool.minimum)) {
    return `found ${version.join('.')}, needed ${tool.needed}`;
  }
  return undefined;
}

async function askVersion(tool, command, env) {
  const answer = await ask(command, tool.args, env);
  if (answer.status !== 0)
    return { problem: `does not work: ${lastLine(answer.stderr || answer.stdout) || 'no answer'}` };
  const text = tool.read === undefined ? `${answer.stdout}\n${answer.stderr}` : tool.read(answer);
  const version = parseVersion(text);
  if (version === undefined) return { problem: `answers no version: ${lastLine(text)}` };
  const problem = versionProblem(tool, version);
  const hint = problem !== undefined && tool.hint !== undefined ? `; ${tool.hint(env)}` : '';
  return { found: version.join('.'), problem: problem === undefined ? undefined : problem + hint };
}

function notFound(tool, env, platform) {
  const names = tool.commands(env, platform).join(' or ');
  return {
    problem:
      env.JAVA_HOME && tool.name === 'Java'
        ? `${names} (from JAVA_HOME) is not there; correct or unset JAVA_HOME`
        : `${names} is not on the PATH`,
  };
}

async function checkTool(tool, env, platform) {
  if (tool.commands === undefined) {
    const version = parseVersion(process.version);
    return { found: version.join('.'), path: process.execPath, problem: versionProblem(tool, version) };
  }
  let result = notFound(tool, env, platform);
  for (const command of tool.commands(env, platform)) {
    const path = findOnPath(command, env, platform);
    if (path === undefined) continue;
    result = { path, ...(await askVersion(tool, path, env)) };
    if (result.problem === undefined) break;
  }
  return result;
}

/** Asks all five tools at once; one result per tool, in a fixed order. */
function checkPrerequisites({ env = process.env, platform = process.platform } = {}) {
  return Promise.all(
    TOOLS.map(async (tool) => {
      const { found, path, problem } = await checkTool(tool, env, platform);
      const install = tool.install[platform] ?? tool.install.linux;
      return {
        name: tool.name,
        needed: tool.needed,
        found,
        path,
        problem,
        install,
        ok: problem === undefined,
      };
    }),
  );
}

/** One paragraph per missing tool: what is wrong and how to get it. */
function describeMissing(results) {
  const missing = results.filter((result) => !result.ok);
  const lines = missing.flatMap(({ name, needed, problem, install }) => [
    `  ${name}: ${problem}`,
    `    needed:  ${needed}`,
    `    install: ${install}`,
  ]);
  return [`${missing.length} of ${results.length} prerequisites missing:`, ...lines].join('\n');
}

/** Changes whenever a tool's file, its date or JAVA_HOME does: an earlier check then no longer counts. */
function prerequisitesFingerprint({ env = process.env, platform = process.platform } = {}) {
  const files = TOOLS.flatMap((tool) => (tool.commands === undefined ? [] : tool.commands(env, platform)))
    .map((command) => findOnPath(command, env, platform))
    .map((path) => (path === undefined ? 'none' : `${path}@${statSync(path).mtimeMs}`));
  return [process.version, platform, env.PYENV_VERSION ?? '', ...files].join('\n');
}

module.exports = {
  checkPrerequisites,
  describeMissing,
  findOnPath,
  prerequisitesFingerprint,
};
