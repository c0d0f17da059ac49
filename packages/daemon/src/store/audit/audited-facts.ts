/** The events that are also entries of the audit log, written in the same transaction. */
import { causedBy } from '@sidetone/core';
import { NOBODY, type AuditEntry } from '../../access/audit.ts';
import type { Draft } from '../../calls/ports.ts';

/** Returns the audit entry of an event; undefined for most events. */
export function auditEntryOf({ callId, at, fact }: Draft): AuditEntry | undefined {
  if (fact.type === 'CALL_HOLD_CHANGED')
    return { at, by: fact.by ?? NOBODY, callId, action: fact.held ? 'HOLD_PLACED' : 'HOLD_RELEASED' };
  if (fact.type === 'CAPTURE_CHANGED') {
    const about = { at, by: fact.by ?? NOBODY, callId };
    const { parts } = fact;
    return parts.length === 0
      ? { ...about, action: 'CAPTURE_RESUMED' }
      : { ...about, action: 'CAPTURE_PAUSED', details: { parts } };
  }
  if (fact.type !== 'LISTENING_STARTED' && fact.type !== 'LISTENING_STOPPED') return undefined;
  const { listenerId } = fact;
  const about = { at, by: causedBy(fact) ?? NOBODY, callId };
  if (fact.type === 'LISTENING_STOPPED') return { ...about, action: fact.type, details: { listenerId } };
  const { isByLink } = fact;
  return { ...about, action: fact.type, details: { listenerId, ...(isByLink && { isByLink }) } };
}
