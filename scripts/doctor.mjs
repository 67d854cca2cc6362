// Reports what is missing on this machine and how to install it; needs no installed package.
const [major] = process.versions.node.split('.').map(Number);

if (major < 18) {
  console.error(
    `Node.js ${process.versions.node} is too old for this project: it needs 20.19 or newer.\n` +
      'Install a newer one (https://nodejs.org/en/download) and run the command again.',
  );
  process.exit(1);
}

import('../tools/setup/diagnosis.mjs')
  .then(({ doctor }) => doctor(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode;
  })
  .catch((error) => {
    console.error(`doctor: ${error.stack}`);
    process.exit(1);
  });
