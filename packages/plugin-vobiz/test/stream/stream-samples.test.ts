import { describe, expect, it } from 'vitest';
import { start } from '../harness.ts';
import { form, frame, samplesOf } from '../samples.ts';

const OLDER_CALL = 'CALL_7h2k9';

/** Replays messages on a new socket with demand for its audio. Returns one line for each result. */
async function replay(names: readonly string[]): Promise<readonly string[]> {
  const { host, post, open } = await start({ l16ByteOrder: 'le' });
  const texts = names.map(frame);
  const fields = form('answer_minimal_fields');
  const callId = texts.some((text) => text.includes(OLDER_CALL)) ? OLDER_CALL : fields['CallUUID']!;
  host.setDemand('audio', callId, true);
  const { body } = await post('answer', { ...fields, CallUUID: callId });
  const before = host.events.length;
  const peer = open(/stream\/[^<]+/.exec(String(body))![0]);
  for (const text of texts) await peer.send(text);
  const results = [
    ...host.streams.flatMap(({ options, writes, gaps, endReason }) => [
      `stream ${options.encoding} ${options.sampleRate}`,
      ...writes.map(
        ({ party, bytes, positionMs }) => `audio ${party} ${bytes.length} at ${positionMs ?? 'no position'}`,
      ),
      ...gaps.map(({ party, durationMs, frames }) => `gap ${party} ${durationMs} ${frames}`),
      ...(endReason === undefined ? [] : [`end ${endReason}`]),
    ]),
    ...host.events
      .slice(before)
      .map((event) => (event.type === 'dtmf' ? `dtmf ${event.digits}` : event.type)),
  ];
  peer.close();
  await host.clock.settle();
  host.verify();
  const { providerCallId: _id, ...counters } = host.logs.find(
    ({ message }) => message === 'stream socket closed',
  )!.fields;
  const counted = Object.entries(counters).filter(([, count]) => count !== 0);
  return [...results, ...counted.map(([name, count]) => `${name} ${String(count)}`)];
}

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  start_nested_mulaw_8k: ['stream mulaw 8000', 'call.status'],
  start_flat_older_both_16k: ['stream pcm_s16le 16000', 'call.started', 'call.status'],
  start_flat_older_mulaw: ['stream mulaw 8000', 'call.started', 'call.status'],
  start_flat_minimal_missing_optional: ['stream mulaw 8000', 'call.status'],
  start_nested_with_toplevel_ids_hybrid: ['stream pcm_s16le 16000', 'call.status'],
  start_nested_sequence_from_one_plivo_like: ['stream mulaw 8000', 'call.status'],
  start_nested_extra_headers_json_unicode: ['stream pcm_s16le 16000', 'call.status'],
  start_nested_rate_as_string: ['stream pcm_s16le 16000', 'call.status'],
  media_current_l16_16k_tone: ['stream pcm_s16le 16000', 'audio CUSTOMER 640 at 0', 'call.status'],
  media_current_l16_8k_tone: ['stream pcm_s16le 16000', 'audio CUSTOMER 320 at 0', 'call.status'],
  media_current_l16_8k_tone_be: ['stream pcm_s16le 16000', 'audio CUSTOMER 320 at 0', 'call.status'],
  media_current_mulaw_silence: ['stream mulaw 8000', 'audio CUSTOMER 160 at 0', 'call.status'],
  media_current_l16_8k_all_ff: ['stream pcm_s16le 16000', 'audio CUSTOMER 320 at 0', 'call.status'],
  media_older_mulaw: ['stream mulaw 8000', 'audio CUSTOMER 160 at 0', 'call.status'],
  seq01: [
    'stream mulaw 8000',
    'audio CUSTOMER 160 at 0',
    'audio ASSISTANT 160 at 0',
    'audio CUSTOMER 160 at 20',
    'audio ASSISTANT 160 at 20',
    'call.status',
  ],
  media_60ms_long_frame: ['stream mulaw 8000', 'audio CUSTOMER 480 at 0', 'call.status'],
  media_missing_track_timestamp_chunk: [
    'stream mulaw 8000',
    'audio CUSTOMER 160 at no position',
    'call.status',
  ],
  media_bad_base64: ['stream mulaw 8000', 'gap CUSTOMER 20 1', 'call.status', 'badPayload 1'],
  media_base64_without_padding: ['stream mulaw 8000', 'audio CUSTOMER 160 at 0', 'call.status'],
  media_empty_payload: ['stream mulaw 8000', 'gap CUSTOMER 20 1', 'call.status', 'badPayload 1'],
  media_odd_length_l16: ['stream pcm_s16le 16000', 'audio CUSTOMER 318 at 0', 'call.status', 'oddLength 1'],
  media_payload_not_a_string: ['stream mulaw 8000', 'gap CUSTOMER 20 1', 'call.status', 'badPayload 1'],
  media_without_media_object: ['stream mulaw 8000', 'gap CUSTOMER 20 1', 'call.status', 'badPayload 1'],
  media_other_stream_id: ['stream mulaw 8000', 'call.status', 'foreign 1'],
  seq02: ['stream mulaw 8000', 'audio CUSTOMER 160 at 0', 'audio CUSTOMER 160 at 20', 'call.status'],
  seq03: [
    'stream mulaw 8000',
    'audio CUSTOMER 160 at 0',
    'audio CUSTOMER 160 at 140',
    'gap CUSTOMER 120 6',
    'call.status',
    'repeated 2',
  ],
  seq04: ['stream mulaw 8000', 'call.status'],
  dtmf_plivo_shape: ['stream mulaw 8000', 'call.status', 'dtmf 5'],
  dtmf_digit_as_number: ['stream mulaw 8000', 'call.status', 'dtmf 7'],
  dtmf_flat_digit: ['stream mulaw 8000', 'call.status', 'dtmf #'],
  dtmf_missing_digit: ['stream mulaw 8000', 'call.status'],
  played_stream: ['stream mulaw 8000', 'call.status'],
  played_stream_unicode_name: ['stream mulaw 8000', 'call.status'],
  played_stream_unknown_name: ['stream mulaw 8000', 'call.status'],
  played_stream_without_name: ['stream mulaw 8000', 'call.status'],
  cleared_audio: ['stream mulaw 8000', 'call.status'],
  cleared_audio_no_sequence: ['stream mulaw 8000', 'call.status'],
  stop_older_call_ended: ['stream mulaw 8000', 'end call_ended', 'call.status'],
  stop_unknown_reason: ['stream mulaw 8000', 'end stream_timeout', 'call.status'],
  stop_nested_twilio_like: ['stream mulaw 8000', 'end call_ended', 'call.status'],
  seq06: ['stream mulaw 8000', 'end call_ended', 'call.status', 'early 1'],
  stop_other_stream_id: ['stream mulaw 8000', 'call.status'],
  error_hypothetical: ['stream mulaw 8000', 'call.status', 'errors 1'],
  event_not_a_string: ['stream mulaw 8000', 'call.status', 'unknown 1'],
  raw_truncated_json: ['stream mulaw 8000', 'call.status', 'malformed 1'],
};

const names = samplesOf('stream-in').map(({ name }) => name);
const sequenceOf = (name: string): string => /^(seq\d\d)_/.exec(name)?.[1] ?? name;
const isStart = (name: string): boolean => name.startsWith('start_');

/** Messages that belong together, in their order; the others each behind the start of their kind of audio. */
const REPLAYS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...new Set(names.map(sequenceOf))].map((key) => {
    const own = names.filter((name) => sequenceOf(name) === key);
    const needsStart = !isStart(key) && !['seq02', 'seq04'].includes(key);
    const opening = key.includes('l16') ? 'start_nested_rate_as_string' : 'start_nested_mulaw_8k';
    return [key, needsStart ? [opening, ...own] : own];
  }),
);

describe('the messages of a stream', () => {
  it('are each replayed here', () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual(Object.keys(REPLAYS).toSorted());
  });

  it.each(Object.entries(REPLAYS))('become what they say: %s', async (key, messages) => {
    expect(await replay(messages)).toEqual(EXPECTED[key]);
  });
});
