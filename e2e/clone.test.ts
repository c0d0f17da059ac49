/** Runs the commands of documents about the clone: for contributors, the examples, the simulator and the dashboard. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { follow } from '../test/support/commands.ts';
import { startDaemon, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';
import { folderWithPrograms, shell } from './support/shell.ts';

const ROOT = process.cwd();
const DONE = { code: 0 };

test('CONTRIBUTING.md: debugs the daemon and a test from sources', async () => {
  const page = follow('CONTRIBUTING.md');
  const folder = folderWithPrograms();
  const daemon = page.take('node --inspect').replace('--inspect', '--inspect=0');
  const inspected = await shell(ROOT, `${daemon} --port 0 --data ${folder}`, { until: /GraphiQL\s+http/ });
  expect(inspected).toMatchObject({ code: 0, stderr: expect.stringContaining('Debugger listening') });
  // It would wait for a debugger, and the tests run anyway.
  const debugged = page.take('npx vitest run --inspect-brk');
  const listed = await shell(ROOT, debugged.replace('run --inspect-brk', 'list --filesOnly'));
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining(debugged.split(' ').at(-1)!) });
});

test.each(['echo-provider', 'twilio-provider'] as const)('examples/%s: passes its audits', async (name) => {
  const page = follow(`examples/${name}/README.md`);
  const folder = join(ROOT, 'examples', name);
  const [card, audits] = await Promise.all([
    shell(folder, page.take('npx sidetone conform')),
    shell(folder, page.take('npm test')),
  ]);
  expect(card).toMatchObject({ code: 0, stdout: expect.stringMatching(/MUST (\d+) of \1/) });
  expect(audits).toMatchObject({ code: 0, stdout: expect.stringMatching(/^# fail 0$/m) });
});

test('the READMEs of the simulator and of the transcript follower', async () => {
  const page = follow('packages/simulator/README.md', 'examples/transcript-follower/README.md');
  const folder = folderWithPrograms();
  const daemon = await startDaemon(writeConfig(folder, await simulator()));
  const calls = page.take('sidetone-simulator').replaceAll('http://127.0.0.1:4000/', daemon.url);
  const simulated = await shell(folder, calls, { until: /"event":"ready"/ });
  expect(simulated).toMatchObject(DONE);

  const atUrl = page
    .take('node follow.mjs transcript.txt http')
    .replace('http://127.0.0.1:4100/', daemon.url);
  const atDefault = `${page.take('node follow.mjs transcript.txt')} ${daemon.url}`;
  for (const [index, command] of [atDefault, atUrl].entries()) {
    const file = join(folder, `${index}.txt`);
    const script = `${command.replace('transcript.txt', file)} & until [ -s ${file} ]; do sleep 0.1; done; kill $!`;
    expect(await shell('examples/transcript-follower', script)).toMatchObject(DONE);
  }
});

test('packages/dashboard: serves the page from its sources', async () => {
  const page = follow('packages/dashboard/README.md');
  const served = await shell(ROOT, page.take('npx pnpm'), { until: /Local:.*http/ });
  expect(served.stdout).toContain('Local');
});
