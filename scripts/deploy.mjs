/**
 * `npm run deploy -- FOLDER`: installs, builds, and puts the daemon with the plugins that come with it into a folder, without
 * development tools. The folder needs nothing outside of it but Node.js.
 */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, deployTo, install, requireNode, say } from './steps.mjs';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0) fail('usage: npm run deploy -- FOLDER');
const target = resolve(process.env.INIT_CWD ?? '', folder);
if (existsSync(target) && readdirSync(target).length > 0)
  fail(`${target} is not empty. Deploy into a new folder, and then replace the old one`);

requireNode();
await install({ withTests: false });
await build();
say(`Deploying to ${target}`);
process.exitCode = await deployTo(target);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
