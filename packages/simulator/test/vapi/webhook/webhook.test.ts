// The sequence and the fields are those of "A typical call as seen by webhooks" in Vapi's documentation.

import { describe, expect, it, vi } from 'vitest';
import { createSetup } from '../../support/setup.ts';

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('the webhooks of a Vapi call', () => {
  it('report its whole lifecycle in order', async (context) => {
    const { simulator, application } = await createSetup(context);
    const call = simulator.startCall({ provider: 'vapi', script: 'hello' });
    const state = await call.over;

    const received = application
      .vapi()
      .filter(({ transcriptType }) => transcriptType !== 'partial')
      .map(({ type, status, role }) => [type, status, role].filter(Boolean).join(' '));
    const turn = (role: string): string[] => [
      `speech-update started ${role}`,
      `speech-update stopped ${role}`,
      `transcript ${role}`,
      'conversation-update',
    ];
    expect(received).toEqual([
      'status-update queued',
      'status-update ringing',
      'status-update in-progress',
      'assistant.started',
      ...turn('assistant'),
      ...turn('user'),
      ...turn('assistant'),
      'status-update ended',
      'end-of-call-report',
    ]);
    expect(state).toMatchObject({ over: true, status: 'ended', endedReason: 'customer-ended-call' });
    expect(state.deliveries).toMatchObject({ delivered: application.requests.length, failed: 0 });
  });

  it('contain the call with its monitor URLs and its initial status', async (context) => {
    const { simulator, application } = await createSetup(context);
    const { id, over } = simulator.startCall({ provider: 'vapi', script: 'brief' });
    await over;
    for (const { call, timestamp } of application.vapi()) {
      expect(call).toMatchObject({
        id,
        status: 'queued',
        monitor: {
          listenUrl: `${simulator.url.replace('http', 'ws')}/${id}/listen`,
          controlUrl: `${simulator.url}/${id}/control`,
        },
      });
      expect(timestamp).toBeTypeOf('number');
    }
  });

  it('extend partial transcripts word by word up to the final one', async (context) => {
    const { simulator, application } = await createSetup(context);
    await simulator.startCall({ provider: 'vapi', script: 'hello' }).over;
    const [first, ...texts] = application.vapi('transcript').map(({ transcript }) => String(transcript));
    expect(first).toBe('Hello,');
    expect(texts.slice(0, 4)).toEqual([
      'Hello, how',
      'Hello, how can',
      'Hello, how can I',
      'Hello, how can I help?',
    ]);
  });

  it('end with a report that contains the transcript', async (context) => {
    const { simulator, application } = await createSetup(context);
    const { startedAt, endedAt, transcript } = await simulator.startCall({
      provider: 'vapi',
      script: 'hello',
    }).over;
    const [report] = application.vapi('end-of-call-report');
    const messages =
      (report?.['artifact'] as { messages: Record<string, unknown>[] } | undefined)?.messages ?? [];
    expect(messages.map(({ role, message }) => `${String(role)}: ${String(message)}`).slice(1)).toEqual([
      'bot: Hello, how can I help?',
      'user: When do you close?',
      'bot: At six. Goodbye!',
    ]);
    for (const [index, { startMs, endMs }] of transcript.entries()) {
      expect(messages[index + 1]).toMatchObject({
        time: (startedAt ?? 0) + startMs,
        endTime: (startedAt ?? 0) + endMs,
        secondsFromStart: startMs / 1_000,
        duration: endMs - startMs,
      });
    }
    expect(report).toMatchObject({
      endedReason: 'customer-ended-call',
      startedAt: new Date(startedAt ?? 0).toISOString(),
      endedAt: new Date(endedAt ?? 0).toISOString(),
      analysis: { summary: expect.any(String) },
      cost: expect.any(Number),
      costBreakdown: { total: report?.['cost'] },
      recordingUrl: expect.stringMatching(/^http/),
    });
  });

  it('report that the customer interrupted', async (context) => {
    const { simulator, application } = await createSetup(context);
    await simulator.startCall({ provider: 'vapi', script: 'interruption' }).over;
    const received = application
      .vapi()
      .map(({ type, status, role }) => [type, status, role].filter(Boolean).join(' '));
    const at = received.indexOf('user-interrupted');
    expect(received[at + 1]).toBe('speech-update started user');
    expect(received.indexOf('speech-update stopped assistant')).toBeGreaterThan(at);
  });

  it('contain the secret if there is one', async (context) => {
    const { simulator, application } = await createSetup(context);
    simulator.pointAt({ vapiWebhookSecret: 'open sesame' });
    const { id } = simulator.startCall({ provider: 'vapi', script: 'hello' });
    const [request] = await application.until(
      'a webhook',
      () => application.requests.length > 0 && application.requests,
    );
    expect(request?.headers).toMatchObject({ 'x-vapi-secret': 'open sesame', 'x-call-id': id });
  });

  it('are sent once, and an unreachable server does not stop the call', async (context) => {
    const { simulator, application } = await createSetup(context);
    simulator.pointAt({ vapiWebhook: 'http://127.0.0.1:1/' });
    const state = await simulator.startCall({ provider: 'vapi', script: 'brief' }).over;
    expect(state).toMatchObject({
      status: 'ended',
      deliveries: { delivered: 0, lastFailure: 'unreachable' },
    });
    expect(state.deliveries.failed).toBe(state.deliveries.sent);
    expect(application.requests).toEqual([]);
  });

  it('are delayed as the behaviour says', async (context) => {
    const { simulator, application } = await createSetup(context);
    const behaviour = {
      queuedMs: 300,
      ringingMs: 400,
      endedDelayMs: 300,
      reportDelayMs: 700,
      maxDurationMs: 500,
    };
    const { endedAt, endedReason } = await simulator.startCall({
      provider: 'vapi',
      script: 'hello',
      behaviour,
    }).over;
    expect(endedReason).toBe('exceeded-max-duration');
    const [queued, ringing, answered, ended, report] = application
      .vapi()
      .filter(({ type }) => type === 'status-update' || type === 'end-of-call-report')
      .map(({ timestamp }) => timestamp);
    const late = (from = 0, to = 0, ms = 0): void => {
      expect(to - from).toBeGreaterThan(ms - 45);
      expect(to - from).toBeLessThan(ms + 250);
    };
    late(queued, ringing, 300);
    late(ringing, answered, 400);
    late(endedAt ?? 0, ended, 300);
    late(endedAt ?? 0, report, 700);
  });
});
