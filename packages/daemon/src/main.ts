/** Entry point of the command line. */
import { run } from './cli/program.ts';

await run(process.argv);
