const { basename } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** End-to-end tests share one deployment: the test that changes it runs after the others, the one that removes it last. */
const LAST = ['covid.test.ts', 'cleanup.test.ts'];

module.exports = class EndToEndOrder extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (path.includes('/end-to-end/') ? LAST.indexOf(basename(path)) : -1);
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
