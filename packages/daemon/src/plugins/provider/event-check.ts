/** Checks and limits what a sender chose in an event, after the check of its types. */
import { createHash } from 'node:crypto';
import {
  EVENT_LIMITS,
  limitProviderEvent,
  type MediaStreamOptions,
  type ProviderEvent,
} from '@sidetone/core';
import { TRUNCATED, truncationMessage } from '../../calls/truncation.ts';

/** The ids of a provider that declares no grammar: not `.` or `..`, and no slash or control character. */
const ANY_CALL_ID = /^(?!\.{1,2}$)[^/\\\p{Cc}]+$/u;

/** Returns why an event is rejected, without its values; undefined if it is accepted. */
export type EventCheck = (event: Pick<ProviderEvent, 'type' | 'providerCallId'>) => string | undefined;

/** Creates the check of a provider. `callIdPattern` is the grammar of its call ids. */
export function createEventCheck(callIdPattern: RegExp = ANY_CALL_ID): EventCheck {
  // A pattern with the flag `g` or `y` would remember its last match.
  const pattern = new RegExp(callIdPattern.source, callIdPattern.flags.replaceAll(/[gy]/g, ''));
  return (event) => {
    const { type, providerCallId } = event;
    if (providerCallId.length > EVENT_LIMITS.id) return `${type}.providerCallId: id is too long`;
    if (!pattern.test(providerCallId)) return `${type}.providerCallId: not an id of this provider`;
    const isLong = 'commandId' in event && String(event.commandId).length > EVENT_LIMITS.id;
    return isLong ? `${type}.commandId: id is too long` : undefined;
  };
}

/**
 * Returns the event with its fields cut to {@link EVENT_LIMITS}, followed by a notice for each field that was cut. A notice is
 * stored once for each field and call.
 */
export function withinLimits(given: ProviderEvent): readonly [ProviderEvent, ...ProviderEvent[]] {
  const { event, cut } = limitProviderEvent(given);
  return [withShortKey(event), ...cut.map((field) => noticeOf(event, field))];
}

/** Replaces a long dedupe key, which plugins derive from the content, by its digest. */
function withShortKey(event: ProviderEvent): ProviderEvent {
  const { dedupeKey } = event;
  if (dedupeKey === undefined || dedupeKey.length <= EVENT_LIMITS.id) return event;
  return { ...event, dedupeKey: `sha256:${createHash('sha256').update(dedupeKey).digest('base64url')}` };
}

/** Returns the options of a stream without an id that is too long, and the notice of it. */
export function withinStreamLimits(
  options: MediaStreamOptions,
  occurredAt: number,
): readonly [MediaStreamOptions, ...ProviderEvent[]] {
  const { providerStreamId, ...others } = options;
  if (providerStreamId === undefined || providerStreamId.length <= EVENT_LIMITS.id) return [options];
  const { providerCallId } = options;
  return [others, noticeOf({ providerCallId, occurredAt }, 'stream.providerStreamId')];
}

const noticeOf = (
  { providerCallId, occurredAt }: Pick<ProviderEvent, 'providerCallId' | 'occurredAt'>,
  field: string,
): ProviderEvent => ({
  type: 'notice',
  providerCallId,
  occurredAt,
  dedupeKey: `${TRUNCATED}:${field}`,
  code: TRUNCATED,
  message: truncationMessage(field),
});
