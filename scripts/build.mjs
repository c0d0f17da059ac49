/** `npm run build`: what `npm start` and `npm test` begin with, after the install. */
import { build } from './steps.mjs';

await build();
