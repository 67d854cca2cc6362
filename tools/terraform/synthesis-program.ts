import { main } from '../../main';
import { ROOT } from '../cli/checkout';

// main.ts as one compiled program: see compiled-program.mjs.
main(ROOT);
