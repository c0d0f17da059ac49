/** `npm run build`: compiles all packages and builds the dashboard. Requires installed dependencies. */
import { build } from './steps.mjs';

await build();
