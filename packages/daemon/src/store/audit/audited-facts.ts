/** The events that are also entries of the audit log, written in the same transaction. */
import { causedBy } from '@sidetone/core';
import { NOBODY, type AuditEntry } from '../../access/audit.ts';
import type { Draft } from '../../calls/ports.ts';

/** Returns the audit entry of an event; undefined for most events. */
export function auditEntryOf({ callId, at, fact }: Draft): AuditEntry | undefined {
  if (fact.type !== 'LISTENING_STARTED' && fact.type !== 'LISTENING_STOPPED') return undefined;
  const { type: action, listenerId } = fact;
  return { at, by: causedBy(fact) ?? NOBODY, action, callId, details: { listenerId } };
}
