/** Writes rows of calls directly into the tables. */
import { providerCallId, type Call, type CallId } from '@sidetone/core';
import { NO_COUNTRIES } from '../../src/calls/numbers/countries.ts';
import type { Db } from '../../src/store/db.ts';
import { createNumberIndex } from '../../src/store/number-index.ts';
import { callToRow } from '../../src/store/rows.ts';
import { calls, events, utterances } from '../../src/store/schema.ts';
import { createTranscriptIndex } from '../../src/store/transcript-index.ts';
import { PROVIDER } from './harness.ts';

/** Returns an ended call with the given fields; `name` is also part of its id. */
export function callRow(name: string, fields: Partial<Call> = {}): Call {
  return {
    id: `call_${name}` as CallId,
    providerId: PROVIDER,
    providerCallId: providerCallId(name),
    status: 'ENDED',
    createdAt: 0,
    statusAt: 0,
    mutedParties: [],
    tags: [],
    tagOrigins: [],
    noteCount: 0,
    isTranscriptReported: false,
    speakingSince: {},
    lastSpeech: {},
    lastFinalEndMs: {},
    ...fields,
  };
}

/** Writes calls and replaces those with the same id. */
export function putCalls(db: Db, rows: readonly Call[], countries = NO_COUNTRIES): void {
  const numbers = createNumberIndex(db, countries);
  db.transaction(() => {
    for (const call of rows) {
      const row = callToRow(call);
      db.insert(calls).values(row).onConflictDoUpdate({ target: calls.id, set: row }).run();
      numbers.put(call);
    }
  });
}

/** Writes and indexes an utterance. Its position in the log is also its time. */
export function putUtterance(db: Db, callId: CallId, position: number, text: string): void {
  const id = `utt_${position}` as never;
  const row = { id, callId, position, at: position, orderMs: position, party: 'CUSTOMER', text } as const;
  db.insert(events)
    .values({ position, callId, type: 'UTTERANCE_FINALIZED', at: position, fact: {} })
    .onConflictDoNothing()
    .run();
  db.insert(utterances).values(row).run();
  createTranscriptIndex(db).add(position, text);
}
