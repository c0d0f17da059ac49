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

describe('withPlus', () => {
  it.each([
    ['919000000002', '+919000000002'],
    ['+919000000002', '+919000000002'],
    ['02240000001', '02240000001'],
    ['1800', '1800'],
    ['14155550100', '+14155550100'],
    // Ten digits are no number with a country code.
    ['8012345678', '8012345678'],
    ['4155550100', '4155550100'],
    ['08012345678', '08012345678'],
    ['99912345678', '99912345678'],
    ['sip:ana@example.net', 'sip:ana@example.net'],
    ['anonymous', 'anonymous'],
    [undefined, undefined],
  ])('turns %s into %s', (received, number) => {
    expect(withPlus(received)).toBe(number);
  });
});

describe('webhooks about a call', () => {
  it('report an answered outbound call', () => {
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

  it('report a ringing inbound call, with a national number unchanged', () => {
    expect(events(form('answer_inbound_national_number'))).toMatchObject([
      { status: 'RINGING', details: { direction: 'INBOUND', from: '02240000001', to: '+918000000001' } },
    ]);
    expect(events(form('ring'))).toMatchObject([{ status: 'RINGING' }]);
  });

  it('report stream failures as notices, once each', () => {
    expect(events(form('stream_degraded'))).toMatchObject([
      { type: 'notice', code: 'VOBIZ_STREAM_DEGRADED' },
    ]);
    const [dropped] = events(form('stream_dropped'));
    expect(dropped).toMatchObject({ type: 'notice', code: 'VOBIZ_STREAM_DROPPED' });
    expect(dropped?.dedupeKey).toBe(events(form('stream_dropped'))[0]?.dedupeKey);
  });
});

describe('a hangup', () => {
  it('ends the call and reports its details', () => {
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
  ])('at %j is in Indian time unless it has a time zone', (EndTime, endedAt) => {
    const [, , report] = events({ ...form('hangup_no_answer'), EndTime });
    expect((report as { details?: object }).details).toEqual(endedAt === undefined ? undefined : { endedAt });
  });

  it('reports the cost in rupees if it is known', () => {
    const fields = { ...form('hangup_normal_caller'), TotalCost: '1.30000' };
    expect(events(fields)[2]).toMatchObject({ cost: { amount: 1.3, currency: 'INR' } });
  });

  it('reports no live status of the ended call', () => {
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
  ])('%s ends with %s', (name, category, code) => {
    expect(events(form(name))[1]).toMatchObject({ type: 'call.ended', end: { category, code } });
  });
});
