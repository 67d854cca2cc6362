/**
 * Reading the source maps of the CDKTF provider takes a third of the time of a synth, and only stack traces need them:
 * `SOURCE_MAPS=on npm run synth` enables them.
 */
if (process.env.SOURCE_MAPS !== 'on') process.setSourceMapsEnabled(false);
