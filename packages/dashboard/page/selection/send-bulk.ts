/** Sends an action to one call. */
import type { Client, TypedDocumentNode } from 'urql';
import { toApiError, toSentence } from '../api/errors.ts';
import { newIdempotencyKey } from '../api/idempotency-key.ts';
import { END_CALL, SAY, type Outcome } from '../call/controls/documents.ts';
import { TAG_CALL } from '../notes/documents.ts';
import type { BulkKind } from './bulk-kinds.ts';
import type { BulkResult } from './bulk-run.ts';

type Send = (client: Client, callId: string, text: string) => Promise<BulkResult>;

/** Never rejects. */
export const SENDERS = {
  end: (client, callId) => command(client, END_CALL, { callId, idempotencyKey: newIdempotencyKey() }),
  say: (client, callId, content) =>
    command(client, SAY, { callId, content, idempotencyKey: newIdempotencyKey() }),
  async tag(client, callId, tag) {
    const { error } = await client.mutation(TAG_CALL, { callId, add: [tag] }).toPromise();
    return error ? { status: 'refused', message: toApiError(error).message } : { status: 'confirmed' };
  },
} as const satisfies Record<BulkKind, Send>;

async function command<Input>(
  client: Client,
  document: TypedDocumentNode<{ readonly outcome: Outcome }, { readonly input: Input }>,
  input: Input,
): Promise<BulkResult> {
  const { data, error } = await client.mutation(document, { input }).toPromise();
  if (!data) {
    const { code, message } = toApiError(error!);
    // The request may have arrived although its answer did not.
    return { status: code === 'NETWORK' ? 'unknown' : 'refused', message };
  }
  const { command: sent, failure } = data.outcome;
  const commandId = sent ? { commandId: sent.id } : {};
  return failure
    ? { status: 'refused', message: toSentence(failure.message), ...commandId }
    : { status: 'accepted', ...commandId };
}
