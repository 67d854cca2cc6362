'use strict';
// Plain CommonJS without packages: bootstrap and doctor load it before `npm ci` has run.
const { execFile } = require('node:child_process');
const { accessSync, constants, statSync } = require('node:fs');
const { delimiter, join } = require('node:path');
const process = require('node:process');

/** Timeout of a version query; the first start of Maven takes seconds. */
const ANSWER_MS = 60_000;

const PYTHON_PROBE = 'import sys, ensurepip, venv; print("Python %d.%d.%d" % sys.version_info[:3])';

/**
 * The tools that users must install. `minimum` is the oldest accepted version, `end` the first version that is too new.
 */
const TOOLS = [
  {
    name: 'Node.js',
    minimum: '20.19',
    needed: '20.19 or newer',
    install: {
      darwin: 'brew install node@22',
      linux: 'https://nodejs.org/en/download (Debian and Ubuntu package older ones)',
      win32: 'winget install OpenJS.NodeJS.LTS',
    },
  },
  {
    name: 'Java',
    minimum: '17',
    end: '18',
    needed: '17 (as on EMR 7)',
    commands: (env) => (env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : ['java']),
    args: ['-version'],
    // Java first prints JAVA_TOOL_OPTIONS, which can contain other numbers.
    read: ({ stderr, stdout }) =>
      `${stderr}\n${stdout}`.split('\n').find((line) => line.includes(' version "')) ?? '',
    hint: (env) =>
      env.JAVA_HOME ? `JAVA_HOME is ${env.JAVA_HOME}` : 'if 17 is installed too, set JAVA_HOME to it',
    install: {
      darwin:
        'brew install openjdk@17, then export JAVA_HOME="$(brew --prefix openjdk@17)/libexec/openjdk.jdk/Contents/Home"',
      linux: 'sudo apt-get install openjdk-17-jdk-headless',
      win32: 'winget install EclipseAdoptium.Temurin.17.JDK',
    },
  },
  {
    name: 'Maven',
    minimum: '3.8',
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
    minimum: '3.10',
    needed: '3.10 or newer with the venv module',
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
    minimum: '1.5',
    needed: '1.5 or newer',
    commands: (env) => [env.TERRAFORM_BINARY_NAME || 'terraform'],
    args: ['version', '-json'],
    // Warnings about the CLI configuration are on stderr.
    read: ({ stdout }) => JSON.parse(stdout).terraform_version,
    install: {
      darwin: 'brew install hashicorp/tap/terraform',
      linux: 'https://developer.hashicorp.com/terraform/install#linux (apt, dnf or one binary)',
      win32: 'winget install Hashicorp.Terraform',
    },
  },
];

/** The executable of `command` in PATH, or undefined. */
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

/** The first version number in a text: `openjdk version "17.0.15"` → 17.0.15. */
function parseVersion(text) {
  return /(\d+(?:\.\d+)+|(?<=version "?v?)\d+)/.exec(text)?.[0];
}

const compareVersions = (one, other) => one.localeCompare(other, 'en', { numeric: true });

function versionProblem({ minimum, end, needed }, version) {
  const isAccepted =
    compareVersions(version, minimum) >= 0 && (end === undefined || compareVersions(version, end) < 0);
  return isAccepted ? undefined : `found ${version}, required ${needed}`;
}

/** Runs a tool; `problem` describes a failure. */
function run(command, args, env) {
  const options = { env, timeout: ANSWER_MS, shell: /\.(cmd|bat)$/i.test(command) };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const problem = error === null ? undefined : stderr || stdout || error.message;
      resolve({ stdout, stderr, problem });
    });
  });
}

async function queryVersion(tool, command, env) {
  const answer = await run(command, tool.args, env);
  const lastLine = (text) => text.trim().split('\n').at(-1).trim();
  if (answer.problem !== undefined) return { problem: `does not work: ${lastLine(answer.problem)}` };
  const text = tool.read === undefined ? `${answer.stdout}\n${answer.stderr}` : tool.read(answer);
  const found = parseVersion(text);
  if (found === undefined) return { problem: `prints no version: ${lastLine(text)}` };
  const problem = versionProblem(tool, found);
  return { found, problem: problem && tool.hint ? `${problem}; ${tool.hint(env)}` : problem };
}

async function checkTool(tool, env, platform) {
  if (tool.commands === undefined) {
    const found = parseVersion(process.version);
    return { found, path: process.execPath, problem: versionProblem(tool, found) };
  }
  const commands = tool.commands(env, platform);
  const names = commands.join(' or ');
  const isJavaHome = env.JAVA_HOME && tool.name === 'Java';
  let result = {
    problem: isJavaHome
      ? `${names} (from JAVA_HOME) does not exist; fix or unset JAVA_HOME`
      : `${names} was not found in PATH`,
  };
  for (const command of commands) {
    const path = findOnPath(command, env, platform);
    if (path === undefined) continue;
    result = { path, ...(await queryVersion(tool, path, env)) };
    if (result.problem === undefined) break;
  }
  return result;
}

/** Checks all tools concurrently; the results are in the order of the tools. */
function checkPrerequisites({ env = process.env, platform = process.platform } = {}) {
  return Promise.all(
    TOOLS.map(async (tool) => {
      const { name, needed, install } = tool;
      const result = await checkTool(tool, env, platform);
      const ok = result.problem === undefined;
      return { name, needed, ...result, install: install[platform] ?? install.linux, ok };
    }),
  );
}

function describeMissing(results) {
  const missing = results.filter((result) => !result.ok);
  const lines = missing.flatMap(({ name, needed, problem, install }) => [
    `  ${name}: ${problem}`,
    `    required: ${needed}`,
    `    install:  ${install}`,
  ]);
  return [`${missing.length} of ${results.length} prerequisites are missing:`, ...lines].join('\n');
}

/** Changes with the files of the tools, their dates and JAVA_HOME: then the tools are checked again. */
function prerequisitesFingerprint({ env = process.env, platform = process.platform } = {}) {
  const files = TOOLS.flatMap((tool) => (tool.commands === undefined ? [] : tool.commands(env, platform)))
    .map((command) => findOnPath(command, env, platform))
    .map((path) => (path === undefined ? 'none' : `${path}@${statSync(path).mtimeMs}`));
  return [process.version, platform, env.PYENV_VERSION ?? '', ...files].join('\n');
}

module.exports = { checkPrerequisites, describeMissing, findOnPath, prerequisitesFingerprint };
