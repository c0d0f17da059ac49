/** Type tests of who causes an event: this file is compiled, but never run. */
import type { CallId, Command, NoteId, Utterance, ListenerId } from '@sidetone/core';
import type { Ingest } from '../../src/calls/ingest.ts';

declare const ingest: Pick<Ingest, 'record' | 'recordBy'>;
declare const callId: CallId;
declare const command: Command;
declare const utterance: Utterance;
const note = { id: 'note_1' as NoteId, text: 'x', author: 'ada' };
const listenerId = 'lsn_1' as ListenerId;

ingest.recordBy('ada', callId, { type: 'CALL_ANNOTATED', note });
ingest.recordBy('ada', callId, { type: 'UTTERANCE_FINALIZED', utterance });
ingest.record(callId, { type: 'UTTERANCE_FINALIZED', utterance });

// @ts-expect-error tags and notes are recorded with the name of the client
ingest.record(callId, { type: 'CALL_ANNOTATED', note });
// @ts-expect-error commands are recorded with the name of the client
ingest.record(callId, { type: 'COMMAND_CHANGED', command });
// @ts-expect-error listening is recorded with the name of the client
ingest.record(callId, { type: 'LISTENING_STARTED', listenerId });
// @ts-expect-error a client cannot end a call by itself
ingest.recordBy('ada', callId, { type: 'CALL_ENDED', end: { category: 'BUSY' } });
// @ts-expect-error the name of the client is an argument
ingest.record(callId, { type: 'UTTERANCE_FINALIZED', utterance, by: 'ada' });
