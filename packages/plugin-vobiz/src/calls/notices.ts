/** Notices about calls, for operators. Their codes are stable; their messages contain no transcript and no numbers. Pure. */
import type { ProviderEvent, ProviderEventFields } from '@sidetone/core';
import { getOwn } from '@sidetone/plugin-kit';
import type { VobizWebhook } from '../webhook/webhook-form.ts';
import { eventBase } from './call-events.ts';

type Notice = Readonly<ProviderEventFields['notice']>;

/** Status callbacks of a stream that are reported; the others are routine. */
const STREAM_NOTICES: Readonly<Record<string, Notice>> = {
  DegradedStream: {
    code: 'VOBIZ_STREAM_DEGRADED',
    message: 'Vobiz reports that the connection of an audio stream is degraded.',
  },
  DroppedStream: {
    code: 'VOBIZ_STREAM_DROPPED',
    message: 'Vobiz reports that the socket of an audio stream was dropped.',
  },
  MediaError: {
    code: 'VOBIZ_STREAM_MEDIA_ERROR',
    message: 'Vobiz reports a media error on an audio stream.',
  },
};

/** Events of other legs and of conferences. Another leg sends no hangup, so nothing else reports its end. */
const LEG_NOTICES: Readonly<Record<string, Notice>> = {
  DialAnswer: { code: 'VOBIZ_DIAL_ANSWERED', message: 'A party that was dialled for this call answered.' },
  DialConnected: {
    code: 'VOBIZ_DIAL_CONNECTED',
    message: 'This call was connected to a party that was dialled for it.',
  },
  DialHangup: { code: 'VOBIZ_DIAL_ENDED', message: 'A party that was dialled for this call hung up.' },
  ConferenceEnter: { code: 'VOBIZ_CONFERENCE_ENTERED', message: 'This call entered a conference room.' },
  ConferenceExit: { code: 'VOBIZ_CONFERENCE_LEFT', message: 'This call left a conference room.' },
  MachineDetection: {
    code: 'VOBIZ_MACHINE_DETECTED',
    message: 'Vobiz reports that a machine answered this call.',
  },
};

/** Results of a dial that connected nobody. Reported because the caller then hears silence. */
const DIAL_FAILURES: ReadonlySet<string> = new Set(['busy', 'failed', 'cancel', 'timeout', 'no-answer']);
const DIAL_FAILED: Notice = {
  code: 'VOBIZ_DIAL_FAILED',
  message: 'No party that was dialled for this call could be reached.',
};

/** Notices of this plugin that are reported once per call. */
const CALL_NOTICES = {
  VOBIZ_APPLICATION_FAILED: 'The application returned no valid XML; the call continues with the fallback.',
  VOBIZ_AGENT_STREAM_LOST:
    'The stream to the agent ended too often without being stopped; the call continues with the fallback.',
  VOBIZ_XML_ENDS_CALL:
    "The application's XML ends with a stream that runs in the background, so Vobiz ends the call at once (4010). Add Wait, Dial or Conference after it, or use bidirectional and keepCallAlive.",
  VOBIZ_STREAM_WITHOUT_MEDIA: 'An audio stream of this call is open, but Vobiz sends no audio on it.',
  VOBIZ_ATTACH_FAILED: 'Several attempts to open an audio stream of this call failed; it has no audio.',
} as const;

/** Notices about the connection to an agent, reported each time. */
const AGENT_NOTICES = {
  VOBIZ_AGENT_DISCONNECTED: 'The agent of this call disconnected; reconnecting.',
  VOBIZ_AGENT_RECONNECTED: 'The agent of this call reconnected.',
  VOBIZ_AGENT_UNREACHABLE: 'The agent of this call cannot be reached; the call continues without it.',
} as const;

export type AgentNotice = keyof typeof AGENT_NOTICES;

/** Returns a notice that is reported at most once per call. */
export const callNotice = (callId: string, now: number, code: keyof typeof CALL_NOTICES): ProviderEvent => ({
  ...eventBase(callId, now),
  dedupeKey: code,
  type: 'notice',
  code,
  message: CALL_NOTICES[code],
});

/** Returns a notice about the connection to the agent of a call. */
export const agentNotice = (callId: string, now: number, code: AgentNotice): ProviderEvent => ({
  ...eventBase(callId, now),
  type: 'notice',
  code,
  message: AGENT_NOTICES[code],
});

/** Returns the notice that follows from a webhook, if any. */
export function noticesIn(
  { callId, event, streamId, timestamp, dial, conference, machine }: VobizWebhook,
  now: number,
): readonly ProviderEvent[] {
  const stream = getOwn(STREAM_NOTICES, event);
  const failed = DIAL_FAILURES.has(dial?.status ?? '') ? DIAL_FAILED : undefined;
  const leg = event === 'MachineDetection' && machine !== true ? undefined : getOwn(LEG_NOTICES, event);
  const notice = stream ?? leg ?? failed;
  if (!notice) return [];
  const subject = stream
    ? [streamId, timestamp]
    : [dial?.legId ?? dial?.status ?? conference?.id, conference?.memberId];
  const dedupeKey = [leg || stream ? event : notice.code, ...subject]
    .filter((part) => part !== undefined)
    .join(':');
  return [{ ...eventBase(callId, now), dedupeKey, type: 'notice', ...notice }];
}
