/** What an operator should know of a call. The codes are stable; the messages hold neither words said nor numbers. Pure. */
import { getOwn } from '@sidetone/plugin-kit';
import { providerCallId, type ProviderEvent, type ProviderEventFields } from '@sidetone/core';
import type { VobizWebhook } from '../webhook/webhook-form.ts';

type Notice = Readonly<ProviderEventFields['notice']>;

/** What a status callback of a stream tells an operator; the others are routine. */
const STREAM_NOTICES: Readonly<Record<string, Notice>> = {
  DegradedStream: {
    code: 'VOBIZ_STREAM_DEGRADED',
    message: 'Vobiz reports that the path of an audio stream is getting bad.',
  },
  DroppedStream: {
    code: 'VOBIZ_STREAM_DROPPED',
    message: 'Vobiz reports that it lost the socket of an audio stream.',
  },
  MediaError: {
    code: 'VOBIZ_STREAM_MEDIA_ERROR',
    message: 'Vobiz reports an error with the media of an audio stream.',
  },
};

/** What is told about other legs and rooms. A leg has no hangup of its own, so this is the only news of it. */
const LEG_NOTICES: Readonly<Record<string, Notice>> = {
  DialAnswer: {
    code: 'VOBIZ_DIAL_ANSWERED',
    message: 'A party that was dialled for this call has answered.',
  },
  DialConnected: {
    code: 'VOBIZ_DIAL_CONNECTED',
    message: 'This call was connected with a party that was dialled for it.',
  },
  DialHangup: { code: 'VOBIZ_DIAL_ENDED', message: 'A party that was dialled for this call has hung up.' },
  ConferenceEnter: { code: 'VOBIZ_CONFERENCE_ENTERED', message: 'This call has entered a conference room.' },
  ConferenceExit: { code: 'VOBIZ_CONFERENCE_LEFT', message: 'This call has left a conference room.' },
  MachineDetection: {
    code: 'VOBIZ_MACHINE_DETECTED',
    message: 'Vobiz reports that this call was answered by a machine.',
  },
};

/** How dialling ends without a party: told to the operator, for the caller then hears nothing more. */
const DIAL_FAILURES: ReadonlySet<string> = new Set(['busy', 'failed', 'cancel', 'timeout', 'no-answer']);
const DIAL_FAILED: Notice = {
  code: 'VOBIZ_DIAL_FAILED',
  message: 'No party that was dialled for this call could be reached.',
};

/** The call and the time that every event carries. */
export const at = (callId: string, occurredAt: number) => ({
  providerCallId: providerCallId(callId),
  occurredAt,
});

/** What became of a call here, each at most once a call. */
const OWN_NOTICES = {
  VOBIZ_APPLICATION_FAILED:
    'The application gave no answer that could be used, so the call goes on with the fallback.',
  VOBIZ_AGENT_STREAM_LOST:
    'The stream to the agent ended too often without being stopped, so the call goes on with the fallback.',
  VOBIZ_JOIN_FAILED: 'The audio of this call was asked for several times and did not come: it is not heard.',
} as const;

/** A notice of ours. */
export const noticeOf = (callId: string, now: number, code: keyof typeof OWN_NOTICES): ProviderEvent => ({
  ...at(callId, now),
  dedupeKey: code,
  type: 'notice',
  code,
  message: OWN_NOTICES[code],
});

/** What a webhook tells an operator, once. */
export function noticeIn(
  { callId, event, streamId, timestamp, dial, conference, machine }: VobizWebhook,
  now: number,
): readonly ProviderEvent[] {
  const stream = getOwn(STREAM_NOTICES, event);
  const failed = DIAL_FAILURES.has(dial?.status ?? '') ? DIAL_FAILED : undefined;
  const leg = event === 'MachineDetection' && machine !== true ? undefined : getOwn(LEG_NOTICES, event);
  const notice = stream ?? leg ?? failed;
  if (!notice) return [];
  const place = stream
    ? [streamId, timestamp]
    : [dial?.legId ?? dial?.status ?? conference?.id, conference?.memberId];
  const dedupeKey = [leg || stream ? event : notice.code, ...place]
    .filter((part) => part !== undefined)
    .join(':');
  return [{ ...at(callId, now), dedupeKey, type: 'notice', ...notice }];
}
