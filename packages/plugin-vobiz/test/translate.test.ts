import { describe, expect, it } from 'vitest';
import { translateWebhook, withPlus } from '../src/translate.ts';
import { decodeWebhook } from '../src/webhook/webhook-form.ts';
import { CALL, form, samplesOf } from './samples.ts';

const RECEIVED_AT = 1_790_930_000_000;

function events(fields: Record<string, string>) {
  const result = decodeWebhook(new URLSearchParams(fields));
  if (!result.ok) throw new Error(result.problem);
  return translateWebhook(result.webhook, RECEIVED_AT);
}

describe('numbers', () => {
  it.each([
    ['919000000002', '+919000000002'],
    ['+919000000002', '+919000000002'],
    ['02240000001', '02240000001'],
    ['1800', '1800'],
    ['sip:ana@example.net', 'sip:ana@example.net'],
    ['anonymous', 'anonymous'],
    [undefined, undefined],
  ])('%s is %s', (told, number) => {
    expect(withPlus(told)).toBe(number);
  });
});

describe('webhooks about a call', () => {
  it('announce an outbound call that was answered', () => {
    expect(events(form('answer_outbound'))).toEqual([
      {
        type: 'call.started',
        providerCallId: CALL,
        occurredAt: RECEIVED_AT,
        status: 'IN_PROGRESS',
        details: {
          direction: 'OUTBOUND',
          from: '+918000000001',
          to: '+919000000002',
          createdAt: Date.UTC(2026, 9, 2, 6, 15, 4, 120),
        },
      },
    ]);
  });

  it('announce an inbound call that rings, with a national number as it is', () => {
    expect(events(form('answer_inbound_national_number'))).toMatchObject([
      { status: 'RINGING', details: { direction: 'INBOUND', from: '02240000001', to: '+918000000001' } },
    ]);
    expect(events(form('ring'))).toMatchObject([{ status: 'RINGING' }]);
  });

  it('about a stream that is in trouble are notices, once each', () => {
    expect(events(form('stream_degraded'))).toMatchObject([
      { type: 'notice', code: 'VOBIZ_STREAM_DEGRADED' },
    ]);
    const [dropped] = events(form('stream_dropped'));
    expect(dropped).toMatchObject({ type: 'notice', code: 'VOBIZ_STREAM_DROPPED' });
    expect(dropped?.dedupeKey).toBe(events(form('stream_dropped'))[0]?.dedupeKey);
  });
});

describe('a hangup', () => {
  it('ends the call and reports on it', () => {
    const [, ended, report] = events(form('hangup_normal_caller'));
    expect(ended).toEqual({
      type: 'call.ended',
      providerCallId: CALL,
      occurredAt: RECEIVED_AT,
      dedupeKey: 'hangup',
      end: { category: 'CUSTOMER_ENDED', code: '4000', message: 'Normal Hangup' },
    });
    expect(report).toEqual({
      type: 'call.report',
      providerCallId: CALL,
      occurredAt: RECEIVED_AT,
      dedupeKey: 'hangup-report',
      details: {
        answeredAt: Date.UTC(2026, 9, 2, 6, 15, 9),
        endedAt: Date.UTC(2026, 9, 2, 6, 16, 22),
      },
      providerData: {
        durationSeconds: 73,
        billedSeconds: 120,
        hangupCause: 'NORMAL_CLEARING',
        hangupSource: 'Caller',
      },
    });
  });

  it.each([
    ['2026-10-02 11:46:22', Date.UTC(2026, 9, 2, 6, 16, 22)],
    ['2026-10-02 06:16:22Z', Date.UTC(2026, 9, 2, 6, 16, 22)],
    ['2026-10-02T11:46:22+05:30', Date.UTC(2026, 9, 2, 6, 16, 22)],
    ['2026-10-02', undefined],
    ['', undefined],
  ])('at %j is in the time of India unless it names a zone', (EndTime, endedAt) => {
    const [, , report] = events({ ...form('hangup_no_answer'), EndTime });
    expect((report as { details?: object }).details).toEqual(endedAt === undefined ? undefined : { endedAt });
  });

  it('tells the cost in rupees once there is one', () => {
    const fields = { ...form('hangup_normal_caller'), TotalCost: '1.30000' };
    expect(events(fields)[2]).toMatchObject({ cost: { amount: 1.3, currency: 'INR' } });
  });

  it('does not give an ended call a live status', () => {
    for (const { body } of samplesOf('webhook-form').filter(({ name }) => name.startsWith('hangup'))) {
      expect(events(body as Record<string, string>)[0]).not.toHaveProperty('status');
    }
  });

  it.each([
    ['hangup_end_of_xml', 'ASSISTANT_ENDED', '4010'],
    ['hangup_no_answer', 'NO_ANSWER', '6010'],
    ['hangup_busy', 'BUSY', '3010'],
    ['hangup_api_request', 'OPERATOR_ENDED', '4000'],
    ['hangup_unknown_code_future', 'UNKNOWN', '9999'],
  ])('%s is %s', (name, category, code) => {
    expect(events(form(name))[1]).toMatchObject({ type: 'call.ended', end: { category, code } });
  });
});
