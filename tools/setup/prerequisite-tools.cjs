'use strict';
const { join } = require('node:path');

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
    // JAVA_TOOL_OPTIONS, which Java repeats first, may hold other numbers.
    read: ({ stderr, stdout }) =>
      `${stderr}\n${stdout}`.split('\n').find((line) => line.includes(' version "')) ?? '',
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

module.exports = { TOOLS };
