'use strict';

/** Packages whose install script bootstrap runs: the terminal library of `cdktf` has no binary for Node 24 and some platforms. */
exports.NEEDED = ['@cdktf/node-pty-prebuilt-multiarch'];

/** Packages that work without theirs: npm installs their binaries as packages of their own. */
exports.NOT_NEEDED = ['@parcel/watcher', '@swc/core', 'esbuild', 'unrs-resolver'];
