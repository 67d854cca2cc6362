'use strict';

/** Packages whose install scripts bootstrap runs: the terminal library of `cdktf` has no binary for Node 24 and some platforms. */
exports.NEEDED = ['@cdktf/node-pty-prebuilt-multiarch'];

/** Packages that work without their install scripts: npm installs their binaries as separate packages. */
exports.NOT_NEEDED = ['@parcel/watcher', '@swc/core', 'esbuild', 'unrs-resolver'];
