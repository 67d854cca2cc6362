'use strict';
// Plain CommonJS without packages: bootstrap and doctor load it before `npm ci` has run.
const { spawn } = require('node:child_process');
const { accessSync, constants, statSync } = require('node:fs');
const { delimiter, join } = require('node:path');
const process = require('node:process');

/** A tool that does not answer its version in this time is broken; Maven's first start takes seconds. */
const ANSWER_MS = 60_000;

const PYTHON_PROBE = 'import sys, ensurepip, venv; print("Python %d.%d.%d" % sys.version_info[:3])';

/** The five tools that must be there before anything else; everything else installs itself. */
const TOOLS = [
  {
    name: 'Node.js',
    minimum: [20, 19],
    needed: '20.19 or newer',
    install: {
      darwin: 'brew install node@22',
      linux: 'https://nodejs.org/en/download (Debian and Ubuntu package older ones)',
      win32: 'winget install OpenJS.NodeJS.LTS',
    },
  },
  {
    name: 'Java',
    exactMajor: 17,
    needed: '17 (Spark 3.5 on EMR 7 runs on it)',
    commands: (env) => (env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : ['java']),
    args: ['-version'],
    hint: (env) =>
      env.JAVA_HOME ? `JAVA_HOME is ${env.JAVA_HOME}` : 'if 17 is installed too, point JAVA_HOME at it',
    install: {
      darwin:
        'brew install openjdk@17, then export JAVA_HOME="$(brew --prefix openjdk@17)/libexec/openjdk.jdk/Contents/Home"',
      linux: 'sudo apt-get install openjdk-17-jdk-headless',
      win32: 'winget install EclipseAdoptium.Temurin.17.JDK',
    },
  },
  {
    name: 'Maven',
    minimum: [3, 8],
    needed: '3.8 or newer',
    commands: () => ['mvn'],
    args: ['-version'],
    install: {
      darwin: 'brew install maven',
      linux: 'sudo apt-get install maven',
      win32: 'https://maven.apache.org/install.html',
    },
  },
  {
    name: 'Python',
    minimum: [3, 10],
    needed: '3.10 or newer, with its venv module',
    commands: (env, platform) => (platform === 'win32' ? ['python', 'py'] : ['python3', 'python']),
    args: ['-c', PYTHON_PROBE],
    install: {
      darwin: 'brew install python@3.12',
      linux: 'sudo apt-get install python3 python3-venv',
      win32: 'winget install Python.Python.3.12',
    },
  },
  {
    name: 'Terraform',
    minimum: [1, 5],
    needed: '1.5 or newer',
    commands: (env) => [env.TERRAFORM_BINARY_NAME || 'terraform'],
    args: ['version', '-json'],
    // Warnings about the CLI configuration come on stderr; only stdout is JSON.
    read: (answer) => JSON.parse(answer.stdout).terraform_version,
    install: {
      darwin: 'brew install hashicorp/tap/terraform',
      linux: 'https://developer.hashicorp.com/terraform/install#linux (apt, dnf or one binary)',
      win32: 'winget install Hashicorp.Terraform',
    },
  },
];

/** The first version number in a tool's answer, as numbers: `openjdk version "17.0.15"` → [17, 0, 15]; Java's old 1.8 → [8]. */
function parseVersion(text) {
  const match = /(\d+(?:\.\d+)+|(?<=version "?v?)\d+)/.exec(text);
  if (match === null) return undefined;
  const numbers = match[0].split('.').map(Number);
  const oldJava = /java|jdk/i.test(text) && numbers[0] === 1;
  return oldJava ? numbers.slice(1) : numbers;
}

/** True when `version` is `minimum` or newer; both are [major, minor, …]. */
function isAtLeast(version, minimum) {
  for (const [index, least] of minimum.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

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
        ? `${names} (from JAVA_HOME) is not there`
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
  isAtLeast,
  parseVersion,
  prerequisitesFingerprint,
};
