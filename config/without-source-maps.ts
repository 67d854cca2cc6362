/**
 * Reading the source maps of the CDKTF provider takes a third of a synth, and only the stack of a program fault needs them:
 * `SOURCE_MAPS=on npm run synth` shows it with the lines of the source.
 */
if (process.env.SOURCE_MAPS !== 'on') process.setSourceMapsEnabled(false);
