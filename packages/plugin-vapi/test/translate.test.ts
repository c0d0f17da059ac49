import type { ProviderEvent } from '@sidetone/core';
import { describe, expect, it } from 'vitest';
import { translateCall, type KnownCall } from '../src/calls/call-events.ts';
import { translate } from '../src/translate.ts';
import { decodeCall } from '../src/calls/call-object.ts';
import { decodeMessage } from '../src/wire.ts';
import { play } from './play.ts';
import { CALL, OTHER_CALL, sample } from './samples.ts';

const RECEIVED_AT = 1_787_400_000_000;

function eventsOf(body: unknown, known: KnownCall = { status: 'IN_PROGRESS', assistantSeen: true }) {
  const result = decodeMessage(body);
  if (!result.ok) throw new Error(result.problem);
  return translate(result.message, { receivedAt: RECEIVED_AT, known });
}

/** Returns the events other than the `call.started` of every message with a call object. */
const otherEvents = (name: string, known?: KnownCall): readonly ProviderEvent[] =>
  eventsOf(sample(name), known).filter(({ type }) => type !== 'call.started');

const started = (name: string, known: KnownCall): ProviderEvent | undefined =>
  eventsOf(sample(name), known).find(({ type }) => type === 'call.started');

const unknown: KnownCall = { assistantSeen: false };

describe('a webhook with a call object', () => {
  it('creates the call with all its details', () => {
    expect(started('status-update queued', unknown)).toEqual({
      type: 'call.started',
      providerCallId: CALL,
      occurredAt: 1_787_310_000_000,
      dedupeKey: 'status-update:1787310000000:queued',
      status: 'QUEUED',
      details: {
        direction: 'OUTBOUND',
        to: '+15005550006',
        createdAt: Date.UTC(2026, 7, 21, 9),
        assistant: { providerAssistantId: '0f6b6b1e-6a0d-4a53-9d27-5f2a5a6f3b10' },
        providerData: { type: 'outboundPhoneCall' },
      },
    });
  });

  it('derives the caller and the callee from the direction', () => {
    const call = { id: CALL, customer: { number: '+1500' }, phoneNumber: { number: '+1600' } };
    const parties = (type: string) => {
      const [event] = eventsOf({ message: { type: 'hang', call: { ...call, type } } });
      return event?.type === 'call.started' ? { ...event.details, providerData: undefined } : undefined;
    };
    expect(parties('inboundPhoneCall')).toMatchObject({ direction: 'INBOUND', from: '+1500', to: '+1600' });
    expect(parties('outboundPhoneCall')).toMatchObject({ direction: 'OUTBOUND', from: '+1600', to: '+1500' });
    expect(parties('webCall')).toMatchObject({ direction: 'WEB', from: '+1500' });
    expect(parties('vapi.websocketCall')).toMatchObject({ direction: 'WEB' });
    expect(parties('holographicCall')).not.toHaveProperty('direction');
  });

  it('does not expose the monitor URLs, which are credentials', () => {
    expect(JSON.stringify(eventsOf(sample('status-update queued')))).not.toMatch(/listen|control|wss:/i);
  });

  it('ignores the assistant of the call object once an event named one', () => {
    expect(started('hang', { status: 'IN_PROGRESS', assistantSeen: true })).not.toHaveProperty(
      'details.assistant',
    );
  });
});

describe('status', () => {
  it('is read from the message, not from its stale call object', () => {
    expect(started('status-update in-progress, embedded call stale', unknown)).toMatchObject({
      status: 'IN_PROGRESS',
    });
    expect(started('hang', unknown)).not.toHaveProperty('status');
  });

  it('is in progress after messages that only such a call sends', () => {
    const waiting: KnownCall = { isKnown: true, status: 'RINGING', assistantSeen: false };
    for (const name of [
      'model-output token',
      'voice-input',
      'assistant.started',
      'user-interrupted without turnId',
      'tool-calls, arguments as string',
      'conversation-update, only conversation array',
    ]) {
      expect(started(name, unknown), name).toMatchObject({ status: 'IN_PROGRESS' });
      expect(started(name, waiting), name).toMatchObject({ status: 'IN_PROGRESS' });
    }
    const prompt = { type: 'conversation-update', conversation: [{ role: 'system', content: 'You are.' }] };
    const [event] = eventsOf({ message: { ...prompt, call: { id: CALL } } }, waiting);
    expect(event).not.toHaveProperty('status');
  });

  it('is not reported with a transcript, which implies it', () => {
    expect(started('transcript final', unknown)).not.toHaveProperty('status');
  });

  it('stays FORWARDING or ENDED after further messages', () => {
    for (const status of ['FORWARDING', 'ENDED'] as const) {
      expect(started('user-interrupted with turnId', { status, assistantSeen: true })).not.toHaveProperty(
        'status',
      );
    }
  });

  it('is ignored if it is unknown', () => {
    expect(started('status-update, unknown status', unknown)).not.toHaveProperty('status');
    expect(otherEvents('status-update, unknown status')).toEqual([]);
  });
});

describe('transcripts and speech', () => {
  it('become final utterances with a dedupe key that does not contain the text', () => {
    const [event] = otherEvents('transcript final');
    expect(event).toMatchObject({
      type: 'utterance.final',
      providerCallId: CALL,
      occurredAt: 1_787_310_009_400,
      party: 'CUSTOMER',
      text: 'Hi, yes, go ahead.',
    });
    expect(event?.dedupeKey).toMatch(/^transcript:1787310009400:user:final:/);
    expect(event?.dedupeKey).not.toContain('go ahead');
    expect(otherEvents('transcript final, literal type string')[0]).toMatchObject({ party: 'ASSISTANT' });
  });

  it('contain the text as filtered by Vapi', () => {
    expect(otherEvents('transcript final, filtered')[0]).toMatchObject({ text: '[removed]' });
  });

  it('become partials without a dedupe key', () => {
    const message = { type: 'transcript', role: 'bot', transcriptType: 'partial', transcript: 'Good mor' };
    const [, event] = eventsOf({ message: { ...message, call: { id: CALL } } });
    expect(event).toMatchObject({ type: 'utterance.partial', party: 'ASSISTANT', text: 'Good mor' });
    expect(event).not.toHaveProperty('dedupeKey');
  });

  it.each([
    ['speech-update assistant started', 'speech.started', 'ASSISTANT'],
    ['speech-update user started, turn missing', 'speech.started', 'CUSTOMER'],
    ['speech-update user stopped', 'speech.stopped', 'CUSTOMER'],
  ])('%s becomes %s of the %s', (name, type, party) => {
    expect(otherEvents(name)).toMatchObject([{ type, party }]);
  });

  it('are ignored if the role or the kind is unknown', () => {
    for (const fields of [{ role: 'narrator' }, { transcriptType: 'draft' }, { role: 'constructor' }]) {
      const message = {
        type: 'transcript',
        role: 'user',
        transcriptType: 'final',
        transcript: 'x',
        ...fields,
      };
      expect(eventsOf({ message: { ...message, call: { id: CALL } } })).toHaveLength(1);
    }
  });
});

describe('dedupe keys', () => {
  const again = (name: string) => eventsOf(sample(name)).map(({ dedupeKey }) => dedupeKey);

  it('are equal for a redelivered webhook', () => {
    expect(again('transcript final')).toEqual(again('transcript final'));
  });

  it('differ for different events at the same time', () => {
    const message = { type: 'speech-update', timestamp: RECEIVED_AT, role: 'user', status: 'started' };
    const keys = [{}, { role: 'assistant' }, { status: 'stopped' }, { turn: 4 }].map(
      (fields) => eventsOf({ message: { ...message, ...fields, call: { id: CALL } } })[1]?.dedupeKey,
    );
    expect(new Set(keys).size).toBe(4);
  });

  it('are absent without a timestamp, because the same text may be said twice', () => {
    const message = { type: 'transcript', role: 'user', transcriptType: 'final', transcript: 'ok' };
    const [, event] = eventsOf({ message: { ...message, call: { id: CALL } } });
    expect(event).toMatchObject({ occurredAt: RECEIVED_AT, text: 'ok' });
    expect(event).not.toHaveProperty('dedupeKey');
  });

  it('of a report do not depend on presigned URLs', () => {
    const report = sample('end-of-call-report, duplicate delivery with new presigned urls') as {
      message: { artifact: object };
    };
    const other = { message: { ...report.message, artifact: { presignedMonoUrl: 'https://x/?sig=three' } } };
    expect(eventsOf(other)).toEqual(eventsOf(report));
  });
});

describe('timestamps', () => {
  it('may be ISO 8601 strings', () => {
    expect(otherEvents('timestamp as iso string')[0]).toMatchObject({
      occurredAt: Date.UTC(2026, 7, 21, 9, 0, 9),
    });
  });

  it('are rounded to milliseconds', () => {
    expect(otherEvents('numbers at the edge')[0]).toMatchObject({ occurredAt: 1_787_310_000_000 });
  });
});

describe('other messages', () => {
  it('report a new assistant with its own id only', () => {
    expect(otherEvents('assistant.started', unknown)).toMatchObject([
      {
        type: 'assistant.changed',
        assistant: { providerAssistantId: '0f6b6b1e-6a0d-4a53-9d27-5f2a5a6f3b10', name: 'Nova' },
      },
    ]);
    // After a handoff the call object still names the first assistant.
    expect(otherEvents('assistant.started', { assistantSeen: true })[0]).toMatchObject({
      assistant: { name: 'Nova' },
    });
    expect(otherEvents('assistant.started', { assistantSeen: true })[0]).not.toHaveProperty(
      'assistant.providerAssistantId',
    );
  });

  it('report the destination of a transfer, and its assistant', () => {
    expect(otherEvents('transfer-update to number')).toMatchObject([
      { type: 'transfer.started', destination: '+15005550123' },
    ]);
    expect(otherEvents('transfer-update to assistant')).toMatchObject([
      { type: 'transfer.started', destination: 'Billing' },
      { type: 'assistant.changed', assistant: { name: 'Billing' } },
    ]);
    expect(otherEvents('transfer-update, no own fields')[0]).not.toHaveProperty('destination');
    expect(started('status-update forwarding', unknown)).toMatchObject({ status: 'FORWARDING' });
  });

  it('report a hang as a notice, not as a hangup', () => {
    expect(otherEvents('hang')).toMatchObject([{ type: 'notice', code: 'VAPI_PIPELINE_DELAYED' }]);
  });

  it('ignore histories and model tokens', () => {
    for (const name of [
      'conversation-update, schema shape',
      'model-output token',
      'voice-input',
      'many nulls',
    ]) {
      expect(otherEvents(name).filter(({ type }) => type !== 'utterance.final')).toEqual([]);
    }
  });

  it('report unanswered requests of one type once', () => {
    const keys = ['tool-calls, arguments as string', 'tool-calls, arguments as object'].map(
      (name) => otherEvents(name)[0],
    );
    expect(keys[0]).toMatchObject({ type: 'notice', code: 'VAPI_REQUEST_UNANSWERED' });
    expect(keys[0]?.dedupeKey).toBe(keys[1]?.dedupeKey);
  });
});

describe('end of a call', () => {
  it('is reported with its reason and error message', () => {
    expect(otherEvents('status-update ended, inbound error artifacts')).toEqual([
      {
        type: 'call.ended',
        providerCallId: OTHER_CALL,
        occurredAt: 1_787_310_001_000,
        dedupeKey: 'status-update:1787310001000:ended',
        end: {
          category: 'CONFIGURATION',
          code: 'assistant-request-failed',
          message: 'timeout of 7500ms exceeded',
        },
      },
    ]);
  });

  it('is also reported by an end-of-call report', () => {
    const message = {
      type: 'end-of-call-report',
      timestamp: RECEIVED_AT,
      endedReason: 'customer-ended-call',
      startedAt: '2026-08-21T09:00:06.000Z',
      endedAt: '2026-08-21T09:02:41.300Z',
      cost: 0.1432,
      summary: '',
      analysis: { summary: 'All done.', successEvaluation: 'true' },
      artifact: {
        recording: {
          stereoUrl: 'https://storage.example.net/s.wav',
          mono: { combinedUrl: 'https://a/b?sig=1' },
        },
      },
      call: { id: CALL },
    };
    const [, ended, report] = eventsOf({ message });
    expect(ended).toMatchObject({
      type: 'call.ended',
      occurredAt: Date.UTC(2026, 7, 21, 9, 2, 41, 300),
      end: { category: 'CUSTOMER_ENDED', code: 'customer-ended-call' },
    });
    expect(report).toEqual({
      type: 'call.report',
      providerCallId: CALL,
      occurredAt: RECEIVED_AT,
      dedupeKey: expect.stringMatching(/^report:[\w-]{22}$/) as string,
      details: {
        answeredAt: Date.UTC(2026, 7, 21, 9, 0, 6),
        endedAt: Date.UTC(2026, 7, 21, 9, 2, 41, 300),
      },
      summary: 'All done.',
      cost: { amount: 0.1432, currency: 'USD' },
      providerData: {
        durationSeconds: 155.3,
        successEvaluation: 'true',
        stereoRecordingUrl: 'https://storage.example.net/s.wav',
      },
    });
  });
});

describe('translateCall', () => {
  const events = (name: string, known: KnownCall = unknown) => {
    const call = decodeCall(sample(name, 'rest-response'));
    if (!call) throw new Error('no call');
    return translateCall(call, RECEIVED_AT, known);
  };

  it('returns the end and the report of an ended call', () => {
    expect(events('get ended call, full')).toMatchObject([
      { type: 'call.started', details: { direction: 'OUTBOUND', to: '+15005550006' } },
      {
        type: 'call.ended',
        occurredAt: Date.UTC(2026, 7, 21, 9, 2, 41, 300),
        end: { category: 'CUSTOMER_ENDED', code: 'customer-ended-call' },
      },
      {
        type: 'call.report',
        summary: 'Customer confirmed the renewal and asked for an e-mail receipt.',
        cost: { amount: 0.1432, currency: 'USD' },
        details: {
          answeredAt: Date.UTC(2026, 7, 21, 9, 0, 6),
          endedAt: Date.UTC(2026, 7, 21, 9, 2, 41, 300),
        },
        providerData: {
          durationSeconds: 155.3,
          structuredData: { renewed: true, channel: 'email' },
          recordingUrl: 'https://storage.example.net/rec/m.wav',
          stereoRecordingUrl: 'https://storage.example.net/rec/s.wav',
        },
        utterances: [
          { party: 'ASSISTANT', text: 'Good morning, this is Nova.', startMs: 400, endMs: 2300 },
          { party: 'CUSTOMER', text: 'Hi, yes, go ahead.', startMs: 2700, endMs: 3800 },
        ],
      },
    ]);
  });

  it('omits a cost of zero, which is not final', () => {
    const report = events('get ended call read too early, cost zero').find(
      ({ type }) => type === 'call.report',
    );
    expect(report).not.toHaveProperty('cost');
  });

  it('returns the status of a live call', () => {
    expect(events('get call, monitor urls as pasted in docs')).toMatchObject([
      { type: 'call.started', occurredAt: RECEIVED_AT, status: 'IN_PROGRESS' },
    ]);
  });

  it('ignores nulls and unknown values', () => {
    const [event] = events('get call, many nulls and unknown enum values');
    expect(event).toMatchObject({ type: 'call.started', providerCallId: OTHER_CALL });
    expect(event).not.toHaveProperty('status');
  });
});

describe('a call that is known by its report alone', () => {
  const report = (call: object) => ({
    message: {
      type: 'end-of-call-report',
      endedReason: 'customer-ended-call',
      startedAt: '2025-11-17T16:00:00.000Z',
      endedAt: '2025-11-17T16:00:42.000Z',
      call: { id: 'late-1', customer: { number: '+15005550006' }, ...call },
      artifact: { transcript: 'AI: Hello.\nUser: Hi.' },
    },
  });

  it('was created before it was answered, and keeps the number of the person', async () => {
    const { call, transcript } = await play([report({})]);
    expect(call).toMatchObject({
      status: 'ENDED',
      createdAt: Date.UTC(2025, 10, 17, 16),
      answeredAt: Date.UTC(2025, 10, 17, 16),
      endedAt: Date.UTC(2025, 10, 17, 16, 0, 42),
      from: '+15005550006',
    });
    expect(call).not.toHaveProperty('direction');
    expect(transcript.map(({ text }) => text)).toEqual(['Hello.', 'Hi.']);
  });

  it('keeps the creation time and the direction that it has', async () => {
    const { call } = await play([
      report({ createdAt: '2025-11-17T15:59:50.000Z', type: 'outboundPhoneCall' }),
    ]);
    expect(call).toMatchObject({ createdAt: Date.UTC(2025, 10, 17, 15, 59, 50), to: '+15005550006' });
    expect(call).not.toHaveProperty('from');
  });

  it('does not change the numbers of a call that was reported before', async () => {
    const live = { id: 'late-1', type: 'outboundPhoneCall', customer: { number: '+15005550006' } };
    const { call } = await play([{ message: { type: 'hang', call: { ...live, monitor: {} } } }, report({})]);
    expect(call).toMatchObject({ to: '+15005550006' });
    expect(call).not.toHaveProperty('from');
  });
});
