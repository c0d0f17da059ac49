// What a stream's socket says, in the shape that is documented today and in the shape of an older page.

import type { VobizBehaviour } from '../behaviour.ts';
import { CONTENT_TYPES } from './stream-format.ts';
import type { StreamSpec, Track } from './stream-format.ts';

/** The account's internal number, which streams carry instead of the `MA_` id. */
const ACCOUNT_NUMBER = '512345';

/** Who a stream belongs to. */
export interface StreamIdentity {
  readonly streamId: string;
  readonly callId: string;
  readonly authId: string;
  readonly from: string;
  readonly to: string;
}

/** The first message of a stream. */
export function startMessage(
  shape: VobizBehaviour['startShape'],
  { streamId, callId, authId, from, to }: StreamIdentity,
  { tracks, contentType, audioTrack }: StreamSpec,
): object {
  if (shape === 'flat') {
    return {
      event: 'start',
      streamId,
      accountId: authId,
      callId,
      from,
      to,
      direction: 'inbound',
      contentType,
      audioTrack,
    };
  }
  return {
    sequenceNumber: 0,
    event: 'start',
    start: { callId, streamId, accountId: ACCOUNT_NUMBER, tracks, mediaFormat: CONTENT_TYPES[contentType] },
    extra_headers: '{}',
  };
}

/** One frame of one track. */
export interface MediaFrame {
  readonly streamId: string;
  readonly sequenceNumber: number;
  readonly track: Track;
  readonly timestamp: number;
  readonly payload: string;
}

/** A message with audio. The older shape does not say whose it is. */
export function mediaMessage(
  shape: VobizBehaviour['mediaShape'],
  { streamId, sequenceNumber, track, timestamp, payload }: MediaFrame,
  { contentType }: StreamSpec,
): object {
  if (shape === 'older') {
    const { encoding, sampleRate } = CONTENT_TYPES[contentType];
    return { event: 'media', streamId, media: { payload, contentType: encoding, sampleRate, timestamp } };
  }
  return {
    sequenceNumber,
    streamId,
    event: 'media',
    media: { track, timestamp: String(timestamp), chunk: sequenceNumber, payload },
    extra_headers: '{}',
  };
}

/** The older last message of a stream. */
export function stopMessage(streamId: string): object {
  return { event: 'stop', streamId, reason: 'call_ended' };
}
