// Every way in which webhooks misbehave, over real sockets.

import { describe, expect, it, vi } from 'vitest';
import type { CallState, VapiBehaviour } from '../../../src/index.ts';
import type { VapiMessage } from '../../support/application.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

function run({ simulator }: Setup, behaviour: Partial<VapiBehaviour>, script = 'brief'): Promise<CallState> {
  return simulator.startCall({ provider: 'vapi', script, behaviour }).over;
}

const nameOf = ({ type, status }: VapiMessage): string => [type, status].filter(Boolean).join(' ');

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('webhooks that misbehave', () => {
  it('come more than once, with the same timestamp and, in reports, other presigned URLs', async (context) => {
    const setup = await createSetup(context);
    const { deliveries } = await run(setup, { duplicates: 2 });
    const reports = setup.application.vapi('end-of-call-report');
    expect(reports).toHaveLength(3);
    expect(new Set(reports.map(({ timestamp }) => timestamp)).size).toBe(1);
    const urls = reports.map(({ artifact }) => (artifact as Record<string, string>)['presignedMonoUrl']);
    expect(new Set(urls).size).toBe(3);
    expect(deliveries.delivered).toBe(setup.application.requests.length);
    expect(deliveries.delivered % 3).toBe(0);
  });

  it('get lost by type or by status, and the call knows which', async (context) => {
    const setup = await createSetup(context);
    const { lost } = await run(setup, { loseTypes: ['conversation-update', 'status-update ended'] });
    const told = setup.application.vapi().map(nameOf);
    expect(told).not.toContain('conversation-update');
    expect(told).not.toContain('status-update ended');
    expect(told).toContain('status-update ringing');
    expect(lost).toEqual(['conversation-update', 'conversation-update', 'status-update ended']);
  });

  it('get lost by chance, and with the same seed the same ones do', async (context) => {
    const setup = await createSetup(context);
    const losses = await Promise.all(
      [7, 7, 8].map(async (seed) => (await run(setup, { seed, loseShare: 0.4 })).lost),
    );
    expect(losses[0]?.length).toBeGreaterThan(2);
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).not.toEqual(losses[0]);
  });

  it('overtake each other', async (context) => {
    const setup = await createSetup(context);
    await run(setup, { reorderMs: 400 });
    const arrived = setup.application.requests.map(
      ({ body }) => (JSON.parse(body) as { message: VapiMessage }).message.timestamp,
    );
    expect(arrived).not.toEqual(arrived.toSorted((a, b) => a - b));
    expect(setup.application.vapi().map(nameOf)[0]).toBe('status-update queued');
  });

  it('are tried again as the backoff plan says, but not after an excluded status', async (context) => {
    const setup = await createSetup(context);
    const tries = new Map<string, number>();
    setup.application.respond = ({ body }) => {
      const { status = '', type } = (JSON.parse(body) as { message: VapiMessage }).message;
      const name = `${type} ${String(status)}`;
      tries.set(name, (tries.get(name) ?? 0) + 1);
      if (name === 'status-update queued') return { status: 500 };
      if (name === 'status-update ringing') return { status: 422 };
      return { status: 200 };
    };
    const { deliveries } = await run(setup, {
      maxRetries: 2,
      retryType: 'exponential',
      retryBaseMs: 20,
      retryExcludedStatusCodes: [422],
    });
    expect(tries.get('status-update queued')).toBe(3);
    expect(tries.get('status-update ringing')).toBe(1);
    expect(deliveries.failed).toBe(2);
  });

  it('are only those that were asked for', async (context) => {
    const setup = await createSetup(context);
    await run(setup, { serverMessages: ['hang', 'transcript[transcriptType="final"]'] });
    const told = setup.application.vapi();
    expect(told.map(({ type, transcriptType }) => [type, transcriptType])).toEqual([
      ['transcript', 'final'],
      ['transcript', 'final'],
    ]);
  });

  it('leave out the end and the report', async (context) => {
    const setup = await createSetup(context);
    const { status } = await run(setup, { sendEnded: false, sendReport: false });
    const told = setup.application.vapi().map(nameOf);
    expect(status).toBe('ended');
    expect(told).not.toContain('status-update ended');
    expect(told).not.toContain('end-of-call-report');
  });
});

describe.concurrent('webhooks that look different', () => {
  it('have the literal type, one kind of history, ISO times, seconds, nulls and no call', async (context) => {
    const setup = await createSetup(context);
    await run(setup, {
      literalFinalType: true,
      conversationShape: 'conversation',
      timestamps: 'iso',
      durationUnit: 'seconds',
      nullFields: true,
      embeddedCall: 'missing',
      emptyAnalysis: true,
    });
    const told = setup.application.vapi();
    expect(told.filter(({ type }) => type === 'transcript[transcriptType="final"]')).toHaveLength(2);
    const update = told.find(({ type }) => type === 'conversation-update');
    expect(update).toHaveProperty('conversation');
    expect(update).not.toHaveProperty('messages');
    for (const message of told) {
      expect(message.timestamp).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
      expect(message).toMatchObject({ customer: null, chat: null });
      expect(message).not.toHaveProperty('call');
    }
    const report = told.find(({ type }) => type === 'end-of-call-report');
    expect(report).toMatchObject({ summary: '', analysis: {} });
    const items = report?.['messages'] as { duration?: number; time: number; endTime: number }[];
    expect(items[1]?.duration).toBeCloseTo(((items[1]?.endTime ?? 0) - (items[1]?.time ?? 0)) / 1000);
  });

  it('have no timestamp, no envelope, a current status and only the schema history', async (context) => {
    const setup = await createSetup(context);
    await run(setup, {
      timestamps: 'missing',
      envelope: 'bare',
      embeddedStatus: 'current',
      conversationShape: 'schema',
    });
    const told = setup.application.requests.map(({ body }) => JSON.parse(body) as VapiMessage);
    expect(told.every((message) => !('timestamp' in message) && !('message' in message))).toBe(true);
    expect(told.at(-1)).toMatchObject({ type: 'end-of-call-report', call: { status: 'ended' } });
    expect(told.find(({ type }) => type === 'conversation-update')).not.toHaveProperty('conversation');
  });

  it('are huge, and of types that nobody knows', async (context) => {
    const setup = await createSetup(context);
    const { deliveries } = await run(setup, {
      hugeBytes: 5_000_000,
      unknownEvery: 4,
      embeddedCall: 'id',
    });
    const sizes = setup.application.requests.map(({ body }) => body.length);
    expect(Math.max(...sizes)).toBeGreaterThan(5_000_000);
    expect(sizes.filter((size) => size > 1_000_000)).toHaveLength(1);
    expect(setup.application.vapi('assistant.moodDetected').length).toBeGreaterThan(2);
    expect(setup.application.vapi()[0]?.call).toEqual({ id: expect.any(String) });
    expect(deliveries.failed).toBe(0);
  });

  it('say that a call cost nothing, until REST knows better', async (context) => {
    const setup = await createSetup(context);
    const call = setup.simulator.startCall({
      provider: 'vapi',
      script: 'brief',
      behaviour: { costSettleMs: 600 },
    });
    await call.over;
    const read = async (): Promise<Record<string, unknown>> => {
      const { apiBaseUrl, apiKey } = setup.simulator.vapi;
      const headers = { authorization: `Bearer ${apiKey}` };
      return (await fetch(`${apiBaseUrl}/call/${call.id}`, { headers })).json() as Promise<
        Record<string, unknown>
      >;
    };
    expect(setup.application.vapi('end-of-call-report')[0]).toMatchObject({ cost: 0 });
    expect(await read()).toMatchObject({ status: 'ended', cost: 0, analysis: {}, messages: [] });
    const endedAt = call.state().endedAt ?? 0;
    await setup.application.until('the cost', () => Date.now() >= endedAt + 600);
    const settled = await read();
    expect(settled['cost']).toBeGreaterThan(0);
    expect(settled['messages']).toHaveLength(3);
  });

  it('can be anything that a test wants to tell', async (context) => {
    const setup = await createSetup(context);
    const { id } = setup.simulator.startCall({ provider: 'vapi', script: 'hello' });
    const told = await fetch(`${setup.simulator.url}/simulator/calls/${id}/messages`, {
      method: 'POST',
      body: JSON.stringify({ message: { type: 'hang' }, to: 'webhook' }),
    });
    expect(told.status).toBe(202);
    await setup.application.until('the message', () => setup.application.vapi('hang')[0]);
    expect(setup.application.vapi('hang')[0]?.call.id).toBe(id);
  });
});
