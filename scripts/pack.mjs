/** `npm run pack:all [-- FOLDER]`: installs, builds, and packs all packages of `packages/` as tarballs, into `./packed` by default. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, install, packTo, requireNode, say } from './steps.mjs';

const [folder = 'packed', ...rest] = process.argv.slice(2);
if (rest.length > 0) {
  process.stderr.write('usage: npm run pack:all [-- FOLDER]\n');
  process.exit(2);
}
const target = resolve(process.env.INIT_CWD ?? '', folder);

requireNode();
await install({ withTests: false });
await build();
say(`Packing into ${target}`);
mkdirSync(target, { recursive: true });
process.exitCode = await packTo(target);
