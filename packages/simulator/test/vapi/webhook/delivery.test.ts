// Faults and formats of webhooks, over real sockets.

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

describe.concurrent('faults of webhooks', () => {
  it('duplicates have the same timestamp and, in reports, different presigned URLs', async (context) => {
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

  it('messages are lost by type or status, and the state of the call lists them', async (context) => {
    const setup = await createSetup(context);
    const { lost } = await run(setup, { loseTypes: ['conversation-update', 'status-update ended'] });
    const received = setup.application.vapi().map(nameOf);
    expect(received).not.toContain('conversation-update');
    expect(received).not.toContain('status-update ended');
    expect(received).toContain('status-update ringing');
    expect(lost).toEqual(['conversation-update', 'conversation-update', 'status-update ended']);
  });

  it('random losses depend only on the seed', async (context) => {
    const setup = await createSetup(context);
    const losses = await Promise.all(
      [7, 7, 8].map(async (seed) => (await run(setup, { seed, loseShare: 0.4 })).lost),
    );
    expect(losses[0]?.length).toBeGreaterThan(2);
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).not.toEqual(losses[0]);
  });

  it('messages arrive out of order', async (context) => {
    const setup = await createSetup(context);
    await run(setup, { reorderMs: 400 });
    const arrived = setup.application.requests.map(
      ({ body }) => (JSON.parse(body) as { message: VapiMessage }).message.timestamp,
    );
    expect(arrived).not.toEqual(arrived.toSorted((a, b) => a - b));
    expect(setup.application.vapi().map(nameOf)[0]).toBe('status-update queued');
  });

  it('retries follow the backoff plan, but not after an excluded status', async (context) => {
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

  it('only the server messages are sent', async (context) => {
    const setup = await createSetup(context);
    await run(setup, { serverMessages: ['hang', 'transcript[transcriptType="final"]'] });
    const received = setup.application.vapi();
    expect(received.map(({ type, transcriptType }) => [type, transcriptType])).toEqual([
      ['transcript', 'final'],
      ['transcript', 'final'],
    ]);
  });

  it('the end and the report are omitted', async (context) => {
    const setup = await createSetup(context);
    const { status } = await run(setup, { sendEnded: false, sendReport: false });
    const received = setup.application.vapi().map(nameOf);
    expect(status).toBe('ended');
    expect(received).not.toContain('status-update ended');
    expect(received).not.toContain('end-of-call-report');
  });
});

describe.concurrent('formats of webhooks', () => {
  it('the literal type, one kind of history, ISO times, seconds, nulls and no call', async (context) => {
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
    const received = setup.application.vapi();
    expect(received.filter(({ type }) => type === 'transcript[transcriptType="final"]')).toHaveLength(2);
    const update = received.find(({ type }) => type === 'conversation-update');
    expect(update).toHaveProperty('conversation');
    expect(update).not.toHaveProperty('messages');
    for (const message of received) {
      expect(message.timestamp).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
      expect(message).toMatchObject({ customer: null, chat: null });
      expect(message).not.toHaveProperty('call');
    }
    const report = received.find(({ type }) => type === 'end-of-call-report');
    expect(report).toMatchObject({ summary: '', analysis: {} });
    const items = report?.['messages'] as { duration?: number; time: number; endTime: number }[];
    expect(items[1]?.duration).toBeCloseTo(((items[1]?.endTime ?? 0) - (items[1]?.time ?? 0)) / 1000);
  });

  it('no timestamp, no envelope, a current status and only the schema history', async (context) => {
    const setup = await createSetup(context);
    await run(setup, {
      timestamps: 'missing',
      envelope: 'bare',
      embeddedStatus: 'current',
      conversationShape: 'schema',
    });
    const received = setup.application.requests.map(({ body }) => JSON.parse(body) as VapiMessage);
    expect(received.every((message) => !('timestamp' in message) && !('message' in message))).toBe(true);
    expect(received.at(-1)).toMatchObject({ type: 'end-of-call-report', call: { status: 'ended' } });
    expect(received.find(({ type }) => type === 'conversation-update')).not.toHaveProperty('conversation');
  });

  it('huge messages and unknown types', async (context) => {
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

  it('a call costs nothing until its cost has settled', async (context) => {
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

  it('tests can send any message', async (context) => {
    const setup = await createSetup(context);
    const { id } = setup.simulator.startCall({ provider: 'vapi', script: 'hello' });
    const response = await fetch(`${setup.simulator.url}/simulator/calls/${id}/messages`, {
      method: 'POST',
      body: JSON.stringify({ message: { type: 'hang' }, to: 'webhook' }),
    });
    expect(response.status).toBe(202);
    await setup.application.until('the message', () => setup.application.vapi('hang')[0]);
    expect(setup.application.vapi('hang')[0]?.call.id).toBe(id);
  });
});
