// Reports missing tools and how to install them. Uses no installed package.
const [major] = process.versions.node.split('.').map(Number);

if (major < 18) {
  console.error(
    `Node.js ${process.versions.node} is too old for this project: 20.19 or newer is required.\n` +
      'Install a newer version (https://nodejs.org/en/download) and run the command again.',
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
