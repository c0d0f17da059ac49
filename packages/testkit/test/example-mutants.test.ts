/** Tests the audits with mistakes in the examples: a text of a source file is replaced, and exactly these audits fail. */
import { conform } from '@sidetone/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { PatchedExamples, type Patch } from './support/patched-example.ts';

type Mutant = readonly [mistake: string, patch: Patch, failed: readonly string[]];

const of =
  (file: string) =>
  (from: string, to: string): Patch => ({ file, from, to });
const index = of('index.js');
const controls = of('controls.js');
const session = of('session.js');
const translate = of('translate.js');

const ECHO: readonly Mutant[] = [
  ['a control does nothing', index('sendCommand(id, { end: true }),', 'void id,'), ['A7C2']],
  ['a control only validates', index('await sendCommand(id, { say: content });', ''), ['A7C2']],
  [
    'times are read in seconds',
    index('instantOf(at) ?? receivedAt', '(instantOf(at) ?? receivedAt) / 1000'),
    ['1B97'],
  ],
  [
    'times are read without their zone',
    index(
      'instantOf(at) ?? receivedAt',
      "((ms) => ms === undefined ? receivedAt : new Date(new Date(ms).toISOString().replace('Z', '')).getTime())(instantOf(at))",
    ),
    ['A5C8'],
  ],
  [
    'a listener throws in a later turn',
    index("stream.end('the socket closed'))", "{ stream.end('x'); queueMicrotask(() => stream.flush()); })"),
    ['D1E4'],
  ],
  [
    'a rejection has no handler',
    index(
      'calls.get(base.providerCallId)?.socket?.close(1000);',
      "calls.get(base.providerCallId)?.socket?.close(1000); void host.state.get('x').then(() => undefined.y);",
    ),
    ['D1E4'],
  ],
  [
    'the secret is logged in base64',
    index(
      "if (path !== 'events') return { status: 404 };",
      "if (path !== 'events') return { status: 404 }; host.log.debug('x', { a: Buffer.from('u:' + secret.reveal()).toString('base64') });",
    ),
    ['BB5A'],
  ],
  [
    'the secret is logged in hexadecimal digits',
    index(
      "if (path !== 'events') return { status: 404 };",
      "if (path !== 'events') return { status: 404 }; host.log.debug('x', { a: Buffer.from(secret.reveal()).toString('hex') });",
    ),
    ['BB5A'],
  ],
  [
    'the secret is emitted in a URL',
    index(
      "status: 'IN_PROGRESS' }",
      "status: 'IN_PROGRESS', details: { providerData: { url: '/?' + secret.reveal().replace('-', '%2D') } } }",
    ),
    ['07C6'],
  ],
  [
    'a timer of a call is left after it',
    index(
      'calls.delete(base.providerCallId);',
      'calls.delete(base.providerCallId); host.clock.schedule(60000, () => {});',
    ),
    ['F3A9'],
  ],
  [
    'a timer is left by a stop before the first call',
    index(
      'isStopped = true;',
      'isStopped = true; if (calls.size === 0) host.clock.schedule(9000, () => {});',
    ),
    ['F3A9'],
  ],
  [
    'a message without text fails',
    index('speech(base, { text }) {', 'speech(base, { text }) { text.trim();'),
    ['F97A', 'D8B3'],
  ],
  [
    'a redelivered message is another event',
    index(
      'const key = { dedupeKey: `speech:${base.occurredAt}:${text}` };',
      'const key = { dedupeKey: `speech:${host.randomToken()}` };',
    ),
    ['9C02'],
  ],
];

const TWILIO: readonly Mutant[] = [
  [
    'a control does nothing',
    controls("await request(callPath(sid), signal, { Status: 'completed' });", 'void sid, signal;'),
    ['A7C2'],
  ],
  [
    'a control of the stream does nothing',
    controls('sessionIn(sid).clear(),', 'void sessionIn(sid),'),
    ['A7C2'],
  ],
  [
    'twice the sample rate is declared',
    session('sampleRate: RATE, parties });', 'sampleRate: 2 * RATE, parties });'),
    ['C6F1'],
  ],
  [
    'half the sample rate is declared',
    session('sampleRate: RATE, parties });', 'sampleRate: RATE / 2, parties });'),
    ['C6F1'],
  ],
  [
    'details have the time of the machine',
    translate('to: textOf(to) };', 'to: textOf(to), createdAt: Math.floor(Date.now() / 1e5) * 1e5 };'),
    ['6D2B'],
  ],
  [
    'details have seconds',
    translate('to: textOf(to) };', 'to: textOf(to), createdAt: 1767603600 };'),
    ['1B97'],
  ],
  [
    'times are read in the zone of the machine',
    translate(
      'instantOf(at) ?? receivedAt }',
      "at == null ? receivedAt : new Date(String(at).replace(' +0000', '')).getTime() }",
    ),
    ['A5C8'],
  ],
  [
    'a message without a payload fails',
    session(
      "Buffer.from(textOf(payload) ?? '', 'base64')",
      "Buffer.from(/** @type {any} */ (payload), 'base64')",
    ),
    ['EA15'],
  ],
  [
    'a key message without its object fails',
    session("objectOf(dtmf)['digit']", '/** @type {any} */ (dtmf).digit'),
    ['EA15'],
  ],
  [
    'a command is confirmed before it is sent',
    controls(
      "if (content.trim() === '') throw invalidArgument('content', 'expected text');\n      if (sessionIn",
      "if (content.trim() === '') throw invalidArgument('content', 'expected text');\n      host.emit({ type: 'command.confirmed', providerCallId: sid, occurredAt: host.clock.now(), commandId: arguments[2].commandId });\n      if (sessionIn",
    ),
    ['E4B9'],
  ],
  [
    'a rejection has no handler',
    index('calls.delete(sid);', "calls.delete(sid); void request('', AbortSignal.abort());"),
    ['D1E4'],
  ],
  [
    'credentials are logged as a header',
    index(
      'const route = getOwn(ROUTES, path);',
      "const route = getOwn(ROUTES, path); host.log.debug('x', { a: 'Basic ' + Buffer.from(settings.accountSid + ':' + authToken.reveal()).toString('base64') });",
    ),
    ['BB5A'],
  ],
  [
    'credentials are logged in a URL',
    index(
      'const route = getOwn(ROUTES, path);',
      "const route = getOwn(ROUTES, path); host.log.debug('x', { a: 'https://me:' + authToken.reveal().replaceAll('-', '%2d') + '@x' });",
    ),
    ['BB5A'],
  ],
  [
    'a timer is left while no call is live',
    index('stopped.abort();', 'stopped.abort(); if (calls.size === 0) host.clock.schedule(9000, () => {});'),
    ['F3A9'],
  ],
];

const STATED_TWILIO: readonly Mutant[] = [
  [
    'numbers are swapped',
    translate('from: textOf(from), to: textOf(to) }', 'from: textOf(to), to: textOf(from) }'),
    ['8D6E'],
  ],
  ['the direction is missing', translate("inbound: 'INBOUND',", "internal: 'INBOUND',"), ['8D6E']],
  ['a second start opens a second stream', session('if (stream) return;', ''), ['5F1C']],
  ['a key is emitted as another', session("type: 'dtmf', digits }", "type: 'dtmf', digits: '#' }"), ['B3D7']],
];

const STATED_ECHO: readonly Mutant[] = [
  ['another rate is declared without positions', index('sampleRate: 8000', 'sampleRate: 16000'), ['B3D7']],
  ['the text is changed', index('text: String(text) }', 'text: String(text).slice(1) }'), ['B3D7']],
];

const examples = new PatchedExamples();
afterAll(() => examples.remove());

describe.each([
  ['echo-provider', [...ECHO, ...STATED_ECHO]],
  ['twilio-provider', [...TWILIO, ...STATED_TWILIO]],
] as const)('mistakes in %s', (name, mutants) => {
  it.each(mutants)('%s', async (_mistake, patch, failed) => {
    const { audits } = await conform(await examples.load(name, patch));
    const failures = audits.filter(
      ({ outcome, level }) => outcome === 'not-covered' || (outcome === 'fail' && level !== 'MAY'),
    );
    expect(
      failures.map(({ id }) => id),
      failures.map(({ id, reason }) => `${id} ${reason}`).join('\n'),
    ).toEqual(failed);
  });
});
