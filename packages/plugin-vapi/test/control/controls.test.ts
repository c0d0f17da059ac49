import { type CommandId, type ControlName } from '@sidetone/core';
import { createCommandContext, createControlledCall, NEVER, connectionFailure } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { start, type Harness } from '../harness.ts';
import { CALL, CONTROL_URL, sample } from '../samples.ts';

const call = createControlledCall(CALL);
const context = createCommandContext();
const say = { content: 'One moment.', endCallAfterSpoken: false, interrupt: false };
const inProgress = sample('status-update in-progress, embedded call stale');

async function startKnown(options: object = {}): Promise<Harness> {
  const harness = await start(options);
  await harness.post(inProgress);
  return harness;
}

const run = ({ provider }: Harness, control: ControlName, args: object, commandId = 'cmd_fake') =>
  (provider.controls![control] as (...all: unknown[]) => Promise<void>)(call, args, {
    ...context,
    commandId: commandId as CommandId,
  });

describe('invalid argument', () => {
  it.each([
    ['say', { ...say, content: ' ' }, 'content'],
    ['addMessage', { role: 'SYSTEM', content: '', triggerResponse: true }, 'content'],
    ['addMessage', { role: 'toString', content: 'x', triggerResponse: true }, 'role'],
    ['mute', { party: 'UNKNOWN' }, 'party'],
    ['unmute', { party: 'UNKNOWN' }, 'party'],
    ['transfer', {}, 'number'],
    ['transfer', { number: '+15005550006', sipUri: 'sip:a@b' }, 'number'],
    ['transfer', { number: '' }, 'number'],
    ['transfer', { number: '4155550100' }, 'number'],
    ['transfer', { number: '1001' }, 'number'],
    ['transfer', { number: '+15005550006', extension: '12345678901' }, 'extension'],
    ['transfer', { number: '+15005550006', callerId: 'x'.repeat(41) }, 'callerId'],
    ['transfer', { sipUri: 'desk7@pbx' }, 'sipUri'],
    ['transfer', { sipUri: 'sip:a@b', extension: '1' }, 'extension'],
    ['handoff', { streamUrl: 'wss://x/y' }, 'streamUrl'],
    ['handoff', {}, 'assistantId'],
    ['handoff', { assistantId: 'a', providerOptions: { squadId: 's' } }, 'assistantId'],
  ] as const)('%s %j is rejected by name', async (control, args, argument) => {
    const harness = await startKnown();
    await expect(run(harness, control, args)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument },
    });
    expect(harness.host.requests).toEqual([]);
  });
});

describe('handoff', () => {
  it.each([
    [{ assistant: { name: 'Nova' } }, { type: 'assistant', assistant: { name: 'Nova' } }],
    [
      { assistantId: 'a', providerOptions: { contextEngineeringPlan: 'none' } },
      { type: 'assistant', assistantId: 'a', contextEngineeringPlan: 'none' },
    ],
    [{ providerOptions: { squad: { members: [] } } }, { type: 'squad', squad: { members: [] } }],
  ])('of %j has the destination %j', async (args, destination) => {
    const harness = await startKnown();
    harness.host.respond('POST', CONTROL_URL, { status: 200 });
    await run(harness, 'handoff', args);
    expect(harness.host.requests[0]?.json).toEqual({ type: 'handoff', destination });
  });
});

describe('retry', () => {
  const commands = [
    ['say', say],
    ['addMessage', { role: 'USER', content: 'x', triggerResponse: true }],
    ['transfer', { number: '+15005550006' }],
    ['handoff', { assistantId: 'a' }],
    ['sayFirstMessage', {}],
    ['mute', { party: 'CUSTOMER' }],
    ['endCall', {}],
  ] as const;
  const idempotent = new Set(['mute', 'endCall']);

  it.each(commands)('%s after a timeout happens only if it is idempotent', async (control, args) => {
    const harness = await startKnown({ control: { timeoutMs: 2500 } });
    harness.host.respond('POST', CONTROL_URL, NEVER);
    const done = run(harness, control, args).catch((error: { code: string }) => error.code);
    await harness.host.clock.advance(2500);
    if (idempotent.has(control)) await harness.host.clock.advance(2500);
    expect(await done).toBe('PROVIDER_TIMEOUT');
    expect(harness.host.requests).toHaveLength(idempotent.has(control) ? 2 : 1);
  });

  it.each(commands)('%s happens once after 503', async (control, args) => {
    const harness = await startKnown();
    const replies = [{ status: 503 }, { status: 200 }];
    harness.host.respond('POST', CONTROL_URL, () => replies.shift()!);
    await run(harness, control, args);
    expect(harness.host.requests).toHaveLength(2);
  });

  describe.each([502, 504, 408, 520, 522, 524])('after %i, which may hide a success', (status) => {
    it.each(commands)('%s happens only if it is idempotent', async (control, args) => {
      const harness = await startKnown();
      harness.host.respond('POST', CONTROL_URL, { status });
      // The daemon stores the outcome of this fault as UNKNOWN.
      await expect(run(harness, control, args)).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' });
      expect(harness.host.requests).toHaveLength(idempotent.has(control) ? 2 : 1);
    });
  });

  it('does not happen after a rejection', async () => {
    const harness = await startKnown();
    harness.host.respond('POST', CONTROL_URL, { status: 400, json: { message: 'no' } });
    harness.host.respond('GET', /call/, { json: { id: CALL, status: 'in-progress' } });
    await expect(run(harness, 'endCall', {})).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    expect(harness.host.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('happens once after a failed connection', async () => {
    const harness = await startKnown();
    let attempts = 0;
    harness.host.respond('POST', CONTROL_URL, () => {
      if (++attempts === 1) throw connectionFailure('ENOTFOUND');
      return {};
    });
    await run(harness, 'transfer', { number: '+15005550006' });
    expect(attempts).toBe(2);
  });
});

describe('after endCall', () => {
  it('requests the call in case its end is not reported', async () => {
    const harness = await startKnown();
    harness.host.respond('POST', CONTROL_URL, { status: 200 });
    harness.host.respond('GET', /call/, { json: sample('get ended call, full', 'rest-response') });
    await run(harness, 'endCall', {});
    await harness.host.clock.advance(2000);
    expect(harness.host.eventsOf('call.ended')).toHaveLength(1);
    await harness.host.clock.advance(60_000);
    expect(harness.host.requests).toHaveLength(2);
  });
});

describe('confirmation of a command', () => {
  const history = (...lines: readonly (readonly [string, string])[]) => ({
    message: {
      type: 'conversation-update',
      conversation: lines.map(([role, content]) => ({ role, content })),
      call: { id: CALL, type: 'webCall' },
    },
  });
  const confirmed = ({ host }: Harness) =>
    host.eventsOf('command.confirmed').map(({ commandId }) => commandId);
  async function startAccepting(): Promise<Harness> {
    const harness = await startKnown();
    harness.host.respond('POST', CONTROL_URL, { status: 200 });
    return harness;
  }

  it.each([
    ['We are open from 9 am to 5 pm.', 'we are open from nine a m to five p m'],
    ['Call 555-0142.', 'call five five five, oh one four two'],
    ['That is $25.50.', 'that is twenty five dollars and fifty cents'],
    ['It is on the 21st.', 'it is on the twenty first'],
  ])('does not depend on how numerals are written: %s', async (content, spoken) => {
    const harness = await startAccepting();
    await run(harness, 'say', { ...say, content }, 'cmd_1');
    await harness.post(history(['assistant', spoken]));
    expect(confirmed(harness)).toEqual(['cmd_1']);
  });

  it('is not emitted when the command is accepted', async () => {
    const harness = await startAccepting();
    await run(harness, 'say', say);
    await harness.host.clock.settle();
    expect(confirmed(harness)).toEqual([]);
  });

  it.each([
    ['say', say, 'assistant', 'One moment!'],
    ['say', say, 'bot', 'Well. One moment. And now'],
    ['addMessage', { role: 'SYSTEM', content: 'Be brief.', triggerResponse: false }, 'system', 'Be brief.'],
    ['addMessage', { role: 'USER', content: 'Be brief.', triggerResponse: false }, 'user', 'be brief'],
  ] as const)('is emitted for %s %j when the history contains: %s %s', async (control, args, role, text) => {
    const harness = await startAccepting();
    await harness.post(history(['system', 'You are Nova.'], ['assistant', 'Hello.']));
    await run(harness, control, args, 'cmd_1');
    await harness.post(history(['system', 'You are Nova.'], ['assistant', 'Hello.'], [role, text]));
    await harness.post(history(['system', 'You are Nova.'], ['assistant', 'Hello.'], [role, text]));
    expect(confirmed(harness)).toEqual(['cmd_1']);
  });

  it('ignores text of other roles, and earlier text', async () => {
    const harness = await startAccepting();
    await harness.post(history(['assistant', 'One moment.']));
    await run(harness, 'say', say, 'cmd_1');
    await harness.post(history(['assistant', 'One moment.'], ['user', 'One moment.']));
    expect(confirmed(harness)).toEqual([]);
    await harness.post(
      history(['assistant', 'One moment.'], ['user', 'One moment.'], ['assistant', 'One moment.']),
    );
    expect(confirmed(harness)).toEqual(['cmd_1']);
  });

  it('requires the text once for each command', async () => {
    const harness = await startAccepting();
    await run(harness, 'say', say, 'cmd_1');
    await run(harness, 'say', say, 'cmd_2');
    await harness.post(history(['assistant', 'One moment.']));
    expect(confirmed(harness)).toEqual(['cmd_1']);
    await harness.post(history(['assistant', 'One moment.'], ['assistant', 'One moment.']));
    expect(confirmed(harness)).toEqual(['cmd_1', 'cmd_2']);
  });

  it('is emitted when forced speech with its text starts', async () => {
    const harness = await startAccepting();
    const speech = {
      type: 'assistant.speechStarted',
      text: 'One moment.',
      call: { id: CALL, type: 'webCall' },
    };
    await run(harness, 'say', say, 'cmd_1');
    await harness.post({ message: { ...speech, source: 'model' } });
    expect(confirmed(harness)).toEqual([]);
    await harness.post({ message: { ...speech, source: 'force-say' } });
    expect(confirmed(harness)).toEqual(['cmd_1']);
  });

  it('is emitted after a timeout, and not after a rejection', async () => {
    const harness = await startAccepting();
    harness.host.respond('POST', CONTROL_URL, NEVER);
    const unknown = run(harness, 'say', say, 'cmd_1').catch(() => undefined);
    await harness.host.clock.advance(5000);
    await unknown;
    harness.host.respond('POST', CONTROL_URL, { status: 401 });
    await run(harness, 'say', { ...say, content: 'Rejected text' }, 'cmd_2').catch(() => undefined);
    await harness.post(history(['assistant', 'One moment. Rejected text.']));
    expect(confirmed(harness)).toEqual(['cmd_1']);
  });

  it('ignores the first history after a restart, in which nothing is known to be new', async () => {
    const before = await startKnown();
    await before.provider.stop(context.signal);
    const { clock, state } = before.host;
    const harness = await start({}, { clock, state });
    harness.host.respond('POST', CONTROL_URL, { status: 200 });
    await run(harness, 'say', say, 'cmd_1');
    await harness.post(history(['assistant', 'One moment.']));
    expect(confirmed(harness)).toEqual([]);
    await harness.post(history(['assistant', 'One moment.'], ['assistant', 'One moment.']));
    expect(confirmed(harness)).toEqual(['cmd_1']);
  });
});
