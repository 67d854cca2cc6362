// Runs before every task: checks the tools, installs what is missing, does nothing when all is there.
// Written so that an old Node can still parse it and say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node.js ${process.versions.node} is too old for this project: it needs 20.19 or newer.\n` +
      'Install a newer one (https://nodejs.org/en/download) and run the command again.',
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
