/** A whole call as text: one utterance a line. */
import type { CallId, Party } from '@sidetone/core';
import type { History } from '../app/ports.ts';

const SPEAKERS = {
  CUSTOMER: 'Customer',
  ASSISTANT: 'Assistant',
  UNKNOWN: 'Speaker',
} as const satisfies Record<Party, string>;

/** Utterances read at once. */
const PAGE_SIZE = 500;

export async function transcriptText(history: History, callId: CallId): Promise<string> {
  const lines: string[] = [];
  let after: { key: number; id: string } | undefined;
  for (;;) {
    const page = await history.utterances(callId, {
      limit: PAGE_SIZE,
      backward: false,
      ...(after && { after }),
    });
    for (const { utterance } of page.rows) lines.push(`${SPEAKERS[utterance.party]}: ${utterance.text}`);
    const last = page.rows.at(-1);
    if (!page.more || !last) return lines.join('\n');
    after = { key: last.orderMs, id: last.utterance.id };
  }
}
