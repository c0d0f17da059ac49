import { describe, expect, it } from 'vitest';
import { commonForm, hangupForm, streamForm } from '../../../src/vobiz/webhook/forms.ts';
import type { VobizRecord } from '../../../src/vobiz/webhook/forms.ts';
import { HANGUPS } from '../../../src/vobiz/webhook/hangup.ts';

const createdAt = Date.parse('2026-10-02T06:15:04.120Z');
const record: VobizRecord = {
  id: '3f2a9c10-6b7e-4d55-9a41-0c8f2b6d71e4',
  authId: 'MA_DEMO',
  direction: 'inbound',
  from: '+919000000002',
  to: '+918000000001',
  createdAt,
  answeredAt: createdAt + 5_000,
  endedAt: createdAt + 78_000,
  status: 'completed',
  hangup: HANGUPS.callerHungUp,
  clockOffsetMs: 0,
  legs: [],
};

describe('the forms of Vobiz', () => {
  it('contain the call id four times, numbers without a plus, and the session start in UTC', () => {
    expect(commonForm({ ...record, status: 'ringing' }, 'StartApp')).toMatchObject({
      CallUUID: record.id,
      RequestUUID: record.id,
      ALegUUID: record.id,
      ALegRequestUUID: record.id,
      From: '919000000002',
      To: '918000000001',
      Direction: 'inbound',
      Event: 'StartApp',
      CallStatus: 'ringing',
      SessionStart: '2026-10-02 06:15:04.120000',
    });
  });

  it('contain no cost: it is in the record of the call only', () => {
    expect(hangupForm(record, HANGUPS.callerHungUp)).toMatchObject({
      TotalCost: '0.00000',
      BillRate: '0.00000',
    });
  });

  it('contain the times of a hangup in Indian time, billed by the minute', () => {
    expect(hangupForm(record, HANGUPS.callerHungUp)).toMatchObject({
      HangupCause: 'NORMAL_CLEARING',
      HangupCauseCode: '4000',
      HangupSource: 'Caller',
      StartTime: '2026-10-02 11:45:04',
      AnswerTime: '2026-10-02 11:45:09',
      EndTime: '2026-10-02 11:46:22',
      Duration: '73',
      BillDuration: '120',
    });
  });

  it('contain no duration for an unanswered call', () => {
    expect(hangupForm({ ...record, answeredAt: undefined }, HANGUPS.cancelled)).toMatchObject({
      AnswerTime: '',
      Duration: '0',
      BillDuration: '0',
    });
  });

  it('contain the extra headers of a stream and the error', () => {
    const news = {
      event: 'DroppedStream',
      streamId: 's1',
      serviceUrl: 'ws://x',
      callbackUrl: 'http://y',
      callbackMethod: 'POST',
      extraHeaders: { tenant: 'acme' },
      at: createdAt,
    } as const;
    expect(streamForm(record, news)).toMatchObject({
      Event: 'DroppedStream',
      StreamID: 's1',
      Error: 'connection disconnected with the remote service',
      Timestamp: '2026-10-02 06:15:04',
      'X-VH-tenant': 'acme',
    });
    expect(streamForm(record, { ...news, event: 'StartStream' })).toMatchObject({
      Error: '',
      ServiceURL: 'ws://x',
    });
  });
});
