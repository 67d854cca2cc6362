// Runs before each task: checks the tools and installs missing dependencies.
// Old versions of Node.js must be able to parse this file.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node.js ${process.versions.node} is too old for this project: 20.19 or newer is required.\n` +
      'Install a newer version (https://nodejs.org/en/download) and run the command again.',
  );
  process.exit(1);
}

Promise.all([import('../tools/setup/installation.mjs'), import('../tools/cli/visible.cjs')]).then(
  ([{ install }, { visible }]) =>
    install().catch((error) => {
      console.error(visible(`bootstrap: ${error.expected === true ? error.message : error.stack}`));
      process.exit(1);
    }),
);
