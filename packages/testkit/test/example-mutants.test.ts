/** Tests the audits with mistakes in the examples: a text of a source file is replaced, and exactly these audits fail. */
import { conform } from '@sidetone/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { PatchedExamples, type Patch } from './support/patched-example.ts';

type Mutant = readonly [mistake: string, patch: Patch | readonly Patch[], failed: readonly string[]];

const of =
  (file: string) =>
  (from: string, to: string): Patch => ({ file, from, to });
const index = of('index.js');
const controls = of('controls.js');
const session = of('session.js');
const translate = of('translate.js');

const ECHO: readonly Mutant[] = [
  [
    'a control does nothing',
    index('sendCommand(id, { end: true }, signal),', 'Promise.resolve(void [id, signal]),'),
    ['A7C2'],
  ],
  [
    'a control only validates',
    index('await sendCommand(id, { say: content }, signal);', 'void signal;'),
    ['A7C2'],
  ],
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
      "typeof from === 'string' ? { from } : {};",
      "({ from, providerData: { url: '/?' + secret.reveal().replace('-', '%2D') } });",
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
    controls('sessionIn(sid).clear(signal),', 'void [sessionIn(sid), signal],'),
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
  ['the number is that of the other side', index('? { from } :', '? { to: from } :'), ['8D6E']],
  ['another rate is declared without positions', index('sampleRate: 8000', 'sampleRate: 16000'), ['B3D7']],
  ['the text is changed', index('text: String(text) }', 'text: String(text).slice(1) }'), ['B3D7']],
];

/** Mistakes whose effect is memory, waiting, or dependence on the machine. */
const COSTS_OF_ECHO: readonly Mutant[] = [
  [
    'every ended call is remembered',
    index(
      'calls.delete(base.providerCallId);',
      'calls.delete(base.providerCallId); (secret.ended ??= new Set()).add(base.providerCallId);',
    ),
    ['A1D7'],
  ],
  [
    'the sockets of ended calls are kept in a list',
    index('call.socket = socket;', 'call.socket = socket; (secret.all ??= []).push(socket);'),
    ['A1D7'],
  ],
  [
    'audio is sent back without a limit',
    index(
      'socket.onMessage((audio) => {',
      'socket.onMessage((audio) => { void socket.send(audio).catch(() => {});',
    ),
    ['B2E6'],
  ],
  [
    'audio waits for earlier audio to be sent back',
    index(
      'socket.onMessage((audio) => {',
      'let sent = Promise.resolve(); socket.onMessage((audio) => { sent = sent.then(() => socket.send(audio)).catch(() => {});',
    ),
    ['B2E6'],
  ],
  [
    'a command waits for its peer',
    index(
      'await sendMessage(socket, JSON.stringify(command), signal);',
      'await socket.send(JSON.stringify(command));',
    ),
    ['C7F4'],
  ],
  [
    'late audio is dropped by the clock of the machine',
    index(
      'socket.onMessage((audio) => {',
      'let at = Date.now(); socket.onMessage((audio) => { const before = at; at = Date.now(); if (at - before > 60000) return;',
    ),
    ['3A6C'],
  ],
  [
    'a repeated start opens a stream',
    [
      index(
        'answered(base, { from }) {',
        'answered(base, { from }) { if (secret.over) host.openStream({ ...AUDIO, ...base });',
      ),
      index('calls.delete(base.providerCallId);', 'calls.delete(base.providerCallId); secret.over = true;'),
    ],
    ['9F5E'],
  ],
  [
    'a repeated request is another answer',
    index(
      "typeof from === 'string' ? { from } : {};",
      '({ from, providerData: { repeated: String(secret.at === host.clock.now()) } }); secret.at = host.clock.now();',
    ),
    ['4D7B'],
  ],
];

const COSTS_OF_TWILIO: readonly Mutant[] = [
  [
    'every ended call is remembered',
    index(
      "type === 'call.ended')) forget(sid);",
      "type === 'call.ended')) { forget(sid); (stopped.ended ??= new Set()).add(sid); }",
    ),
    ['A1D7'],
  ],
  [
    'a message of audio waits for its peer',
    session('at + RATE) } }, signal);', 'at + RATE) } }, new AbortController().signal);'),
    ['C7F4'],
  ],
  [
    'a request has no time limit',
    index(
      'answer(sid) {',
      "answer(sid) { void host.fetch('https://api.twilio.com/x', { signal: stopped.signal }).catch(() => {});",
    ),
    ['D4A8'],
  ],
  [
    'an aborted start leaves a timer',
    index(
      'start: async () => {},',
      "start: async (signal) => { const cancel = host.clock.schedule(60000, () => {}); await request('', signal).catch((error) => { if (!signal.aborted) cancel(); throw error; }); cancel(); },",
    ),
    ['E9B3'],
  ],
  [
    'a repeated start sets a timer',
    [
      index('answer(sid) {', 'answer(sid) { if (stopped.isOver) host.clock.schedule(3600000, () => {});'),
      index('calls.delete(sid);', 'calls.delete(sid); stopped.isOver = true;'),
    ],
    ['9F5E'],
  ],
];

const examples = new PatchedExamples();
afterAll(() => examples.remove());

describe.each([
  ['echo-provider', [...ECHO, ...STATED_ECHO, ...COSTS_OF_ECHO]],
  ['twilio-provider', [...TWILIO, ...STATED_TWILIO, ...COSTS_OF_TWILIO]],
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
