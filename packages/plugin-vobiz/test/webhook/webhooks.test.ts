import { describe, expect, it } from 'vitest';
import { start } from '../harness.ts';
import { CALL, form, samplesOf, STREAM } from '../samples.ts';

const CREATED_AT = Date.UTC(2026, 9, 2, 6, 15, 4, 120);
const LEG = '7a1c5e80-3d2f-4b96-8c47-f09b2d6e1a35';
const ROOM = '0b5e8d34-97a1-4c62-8f2d-1e6a3c7b9d50';
const RECORDING = 'c4d90f16-5b8a-4e73-92f1-a80d7b3e6c29';

const inbound = {
  direction: 'INBOUND',
  from: '+919000000002',
  to: '+918000000001',
  createdAt: CREATED_AT,
};
const outbound = { ...inbound, direction: 'OUTBOUND', from: '+918000000001', to: '+919000000002' };
const started = (details: object, status?: string) => ({
  type: 'call.started',
  ...(status !== undefined && { status }),
  details,
});

const notice = (code: string, dedupeKey: string) => ({
  type: 'notice',
  code: `VOBIZ_${code}`,
  message: expect.any(String) as string,
  dedupeKey,
});

const ANSWERED = { answeredAt: Date.UTC(2026, 9, 2, 6, 15, 9), endedAt: Date.UTC(2026, 9, 2, 6, 16, 22) };
const UNANSWERED = { endedAt: ANSWERED.endedAt };
const TALKED = { durationSeconds: 73, billedSeconds: 120 };
const RANG = { durationSeconds: 0, billedSeconds: 0 };

/** An announcement, the end and the report. */
function hungUp(
  who: object,
  end: readonly [category: string, code: string, message: string],
  details: object,
  providerData: object,
) {
  const [category, code, message] = end;
  return [
    started(who),
    { type: 'call.ended', dedupeKey: 'hangup', end: { category, code, message } },
    { type: 'call.report', dedupeKey: 'hangup-report', details, providerData },
  ];
}

const recording = (recordingUrl: string, durationMs: number) => ({
  type: 'call.report',
  dedupeKey: `recording:${RECORDING}`,
  providerData: {
    recordingId: RECORDING,
    recordingUrl,
    recordingDurationMs: durationMs,
    recordingStartedAt: 1_790_000_000_000,
    recordingEndedAt: 1_790_000_000_000 + durationMs,
  },
});
const FILE = 'https://media.example.in/rec/c4d90f16.mp3';

/** The events of each sample, without the call and the time of arrival. */
const EXPECTED: Readonly<Record<string, readonly object[]>> = {
  answer_outbound: [started(outbound, 'IN_PROGRESS')],
  answer_inbound_national_number: [started({ ...inbound, from: '02240000001' }, 'RINGING')],
  answer_minimal_fields: [
    started({ direction: 'INBOUND', from: '+919000000002', to: '+918000000001' }, 'RINGING'),
  ],
  ring: [started(outbound, 'RINGING')],
  hangup_normal_caller: hungUp(inbound, ['CUSTOMER_ENDED', '4000', 'Normal Hangup'], ANSWERED, {
    ...TALKED,
    hangupCause: 'NORMAL_CLEARING',
    hangupSource: 'Caller',
  }),
  hangup_end_of_xml: hungUp(inbound, ['ASSISTANT_ENDED', '4010', 'End Of XML Instructions'], ANSWERED, {
    ...TALKED,
    hangupCause: 'NORMAL_CLEARING',
    hangupSource: 'Vobiz',
  }),
  hangup_no_answer: hungUp(outbound, ['NO_ANSWER', '6010', 'Ring Timeout Reached'], UNANSWERED, {
    ...RANG,
    hangupCause: 'NO_ANSWER',
    hangupSource: 'Vobiz',
  }),
  hangup_busy: hungUp(outbound, ['BUSY', '3010', 'Busy Line'], UNANSWERED, {
    ...RANG,
    hangupCause: 'USER_BUSY',
    hangupSource: 'Carrier',
  }),
  hangup_api_request: hungUp(inbound, ['OPERATOR_ENDED', '4000', 'Normal Hangup'], ANSWERED, {
    ...TALKED,
    hangupCause: 'NORMAL_CLEARING',
    hangupSource: 'API Request',
  }),
  hangup_unknown_code_future: hungUp(inbound, ['UNKNOWN', '9999', 'Something New'], ANSWERED, {
    ...TALKED,
    hangupCause: 'SOMETHING_NEW',
    hangupSource: 'Vobiz',
  }),
  stream_start: [],
  stream_start_with_extra_header_echo: [],
  stream_played: [],
  stream_cleared: [],
  stream_degraded: [notice('STREAM_DEGRADED', `DegradedStream:${STREAM}:2026-10-02 06:15:06`)],
  stream_dropped: [notice('STREAM_DROPPED', `DroppedStream:${STREAM}:2026-10-02 06:15:06`)],
  stream_stop: [],
  record_action: [],
  record_stop: [
    {
      ...recording(FILE, 72_140),
      providerData: { ...recording(FILE, 72_140).providerData, recordingEndReason: 'HungUp' },
    },
  ],
  record_rest_callback_lowercase: [recording(FILE, 30_080)],
  transfer_url: [started(inbound, 'IN_PROGRESS')],
  redirect_url: [started(inbound, 'IN_PROGRESS')],
  dial_answer: [notice('DIAL_ANSWERED', `DialAnswer:${LEG}`)],
  dial_connected: [notice('DIAL_CONNECTED', `DialConnected:${LEG}`)],
  dial_hangup: [notice('DIAL_ENDED', `DialHangup:${LEG}`)],
  conference_enter_first: [
    started(
      {
        ...inbound,
        providerData: { conferenceId: ROOM, conferenceName: 'desk-42', conferenceMemberId: '249' },
      },
      'IN_PROGRESS',
    ),
    notice('CONFERENCE_ENTERED', `ConferenceEnter:${ROOM}:249`),
  ],
  conference_exit_small_field_set: [notice('CONFERENCE_LEFT', `ConferenceExit:${ROOM}:249`)],
  conference_wait_sound: [],
  gather_action_speech_unicode: [
    {
      type: 'utterance.final',
      party: 'CUSTOMER',
      text: 'मुझे बिल चाहिए',
      confidence: 0.83,
      dedupeKey: expect.stringMatching(/^gather:\d+:मुझे बिल चाहिए$/) as string,
    },
  ],
  machine_detection: [
    started({ ...outbound, providerData: { answeredByMachine: true } }, 'IN_PROGRESS'),
    notice('MACHINE_DETECTED', 'MachineDetection'),
  ],
};

async function receive(fields: Record<string, string>, path = 'events') {
  const { host, post } = await start();
  const response = await post(path, fields);
  host.verify();
  return { response, events: host.events, now: host.clock.now() };
}

describe('the webhooks of the samples', () => {
  it('all have an expectation', () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual(
      samplesOf('webhook-form')
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it.each(samplesOf('webhook-form').map(({ name }) => name))('are translated: %s', async (name) => {
    const { response, events, now } = await receive(form(name));
    expect(response.status).toBe(200);
    expect(events).toEqual(
      EXPECTED[name]!.map((event) => ({ providerCallId: CALL, occurredAt: now, ...event })),
    );
  });
});

describe('other webhooks', () => {
  it('with an unknown event are accepted and ignored', async () => {
    const { response, events } = await receive({ CallUUID: CALL, Event: 'BrandNew', New: 'x' });
    expect(response.status).toBe(200);
    expect(events).toEqual([]);
    expect((await receive({ Event: 'ConferenceRemoteSounds', CallUUID: '' })).response.status).toBe(200);
  });

  it('about a failed dial are notices, and never request XML', async () => {
    const fields = { CallUUID: CALL, Event: 'Redirect', DialStatus: 'no-answer', DialBLegUUID: '' };
    const { response, events } = await receive(fields, 'answer');
    expect(response.body).toContain('<Response></Response>');
    expect(events).toMatchObject([notice('DIAL_FAILED', 'VOBIZ_DIAL_FAILED:no-answer')]);
    expect((await receive({ ...fields, DialStatus: 'completed' })).events).toEqual([]);
  });

  it('about another leg identify the call by its first leg', async () => {
    const { CallUUID: _gone, ...fields } = form('dial_connected');
    expect((await receive(fields)).events).toMatchObject([{ providerCallId: CALL }]);
  });

  it('with gathered digits report them, once per redelivery', async () => {
    const { host, post } = await start();
    const fields = { CallUUID: CALL, Event: 'Gather', InputType: 'dtmf', Digits: '12#' };
    await post('events', fields);
    await post('events', fields);
    await host.clock.advance(20_000);
    await post('events', fields);
    expect(host.eventsOf('dtmf').map(({ digits }) => digits)).toEqual(['12#', '12#', '12#']);
    expect(new Set(host.events.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
  });

  it('report no machine if a person answered', async () => {
    const { events } = await receive({ ...form('machine_detection'), Machine: 'false' });
    expect(events).toMatchObject([{ type: 'call.started' }]);
  });

  it('about a recording without a URL are ignored', async () => {
    const { recording_id, call_uuid } = form('record_rest_callback_lowercase');
    expect((await receive({ recording_id: recording_id!, call_uuid: call_uuid! })).events).toEqual([]);
  });

  it('after the end neither end the call again nor reopen it', async () => {
    const { host, post } = await start();
    await post('hangup', form('hangup_normal_caller'));
    const before = host.events.length;
    await post('events', form('record_stop'));
    await post('events', form('conference_enter_first'));
    expect(host.events.slice(before).map(({ type }) => type)).toEqual(['call.report', 'notice']);
  });
});
