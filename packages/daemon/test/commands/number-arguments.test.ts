/** Telephone numbers in commands: normalised, or rejected before anything is stored or sent. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, ControlArguments } from '@sidetone/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_COUNTRIES, type Countries } from '../../src/calls/numbers/countries.ts';
import { CommandService } from '../../src/commands/command-service.ts';
import { createIds } from '../../src/ids.ts';
import type { ProviderView } from '../../src/plugins/ports.ts';
import { createHarness, event, PROVIDER, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let harness: Harness;
let commands: CommandService;
let createCommands: (countries: Countries) => CommandService;
let callId: CallId;
/** The arguments that the provider received. */
let sent: object[];

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  sent = [];
  const provider = {
    id: PROVIDER,
    state: 'RUNNING',
    isRunning: true,
    capabilities: ['TRANSFER', 'PLACE_CALL'],
    capabilitiesFor: () => ['TRANSFER'],
    async control(_name: string, _call: object, args: object) {
      sent.push(args);
    },
    async placeCall(args: object) {
      sent.push(args);
      return harness.emit(event('call.started', {}, { call: `placed-${sent.length}` }));
    },
  } as unknown as ProviderView;
  const providers = { list: () => [provider], get: () => provider };
  createCommands = (countries) => new CommandService({ ...harness, countries, providers, ids: createIds() });
  commands = createCommands(NO_COUNTRIES);
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
});
afterEach(() => harness.close());

const storedCommands = async () =>
  (await harness.eventLog.page(0, 100, { types: ['COMMAND_CHANGED'] })).length;

const transfer = (args: ControlArguments['transfer']) => commands.run('transfer', callId, args, 'someone');

test.each([
  ['+14155550100', '+14155550100'],
  [' +14155550100 ', '+14155550100'],
  ['\u202A+14155550100\u202C', '+14155550100'],
  ['tel:+1-415-555-0100', '+14155550100'],
  ['0014155550100', '+14155550100'],
  ['+1 (415) 555-0100', '+14155550100'],
  ['\uFF0B14155550100', '+14155550100'],
  ['+١٤١٥٥٥٥٠١٠٠', '+14155550100'],
  ['+१४१५५५५०१००', '+14155550100'],
  ['415-555-0100', '4155550100'],
  ['1001', '1001'],
])('%j is stored and sent as %s', async (number, expected) => {
  const { command } = await transfer({ number });
  expect(command).toMatchObject({ status: 'ACCEPTED', arguments: { number: expected } });
  await commands.place(PROVIDER, { to: number, from: number }, 'someone');
  expect(sent).toEqual([{ number: expected }, { to: expected, from: expected }]);
});

test('a national number is completed with the country of the provider', async () => {
  const countries = { default: 'US', byProvider: { [PROVIDER]: 'IN' } } as const;
  await createCommands(countries).run('transfer', callId, { number: '080 5555 1234' }, 'someone');
  await createCommands({ default: 'US', byProvider: {} }).place(PROVIDER, { to: '415.555.0100' }, 'someone');
  expect(sent).toEqual([{ number: '+918055551234' }, { to: '+14155550100' }]);
});

test.each([
  'not a number',
  '',
  ' ',
  '12',
  '+1',
  '+12',
  '+8012345678',
  '1'.repeat(16),
  '\u202A',
  '+1415555010x',
])('%j is rejected before anything is stored or sent', async (number) => {
  await expect(transfer({ number })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/^number: expected a telephone number with \+ and its country code/),
    details: { argument: 'number' },
  });
  if (number.trim() !== '')
    await expect(commands.place(PROVIDER, { to: number }, 'someone')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'to' },
    });
  expect([sent, await storedCommands()]).toEqual([[], 0]);
});

test('the message about an invalid number does not contain it', async () => {
  const failure = await transfer({ number: '+1999' }).catch((error: unknown) => error);
  expect(String(failure)).not.toContain('1999');
});

test('an extension in the number is dialled as one, unless another is given', async () => {
  await transfer({ number: '+1 415 555 0100 ext. 12' });
  await transfer({ number: '+14155550100;ext=12', extension: '7' });
  expect(sent).toEqual([
    { number: '+14155550100', extension: '12' },
    { number: '+14155550100', extension: '7' },
  ]);
  await expect(commands.place(PROVIDER, { to: '+14155550100x12' }, 'someone')).rejects.toMatchObject({
    message: 'to: expected a telephone number without an extension',
  });
});

test('SIP URIs, addresses and ids of the provider are sent as given', async () => {
  await transfer({ sipUri: 'sip:desk 1@pbx.example.net', callerId: 'Front desk' });
  await commands.place(
    PROVIDER,
    { to: 'sip:+14155550100@pbx.example.net', from: 'a1b2c3d4-0000' },
    'someone',
  );
  await commands.place(PROVIDER, { to: 'client:ana' }, 'someone');
  await commands.place(PROVIDER, { to: '' }, 'someone');
  expect(sent).toEqual([
    { sipUri: 'sip:desk 1@pbx.example.net', callerId: 'Front desk' },
    { to: 'sip:+14155550100@pbx.example.net', from: 'a1b2c3d4-0000' },
    { to: 'client:ana' },
    { to: '' },
  ]);
});

test('invisible characters around addresses, extensions and names are not sent', async () => {
  await transfer({ sipUri: ' \u202Asip:desk7@pbx.example.net\u202C', callerId: '\u200EFront desk\uFEFF ' });
  await transfer({
    number: '+14155550100',
    extension: '\u206642\u2069 ',
    callerId: '\u0645\u06CC\u200C\u0631',
  });
  await commands.place(
    PROVIDER,
    { to: '\u202Asip:ana\u200B@example.net\u202C', from: '\u200Ea1b2' },
    'someone',
  );
  expect(sent).toEqual([
    { sipUri: 'sip:desk7@pbx.example.net', callerId: 'Front desk' },
    { number: '+14155550100', extension: '42', callerId: '\u0645\u06CC\u200C\u0631' },
    { to: 'sip:ana@example.net', from: 'a1b2' },
  ]);
});

test('another notation of the same number is the same command', async () => {
  const run = (number: string) => commands.run('transfer', callId, { number }, 'someone', 'key');
  const [first, second] = [await run('+14155550100'), await run('tel:+1-415-555-0100')];
  expect(second.command?.id).toBe(first.command?.id);
  expect(sent).toHaveLength(1);
});
