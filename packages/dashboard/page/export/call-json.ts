/** All that the page knows of a call, for programs: named as in the API. Pure. */
import type { ExportData } from './transcript-text.ts';

export function toJson({ call, lines, spans, notes }: ExportData): string {
  const { id, provider, providerCallId, direction, from, to, createdAt, answeredAt, endedAt } = call;
  const { status, end, assistant, tags, summary, cost } = call;
  const utterances = lines.map((line, i) => ({
    id: line.id,
    party: line.party,
    text: line.text,
    at: line.at,
    startMs: line.startMs,
    endMs: line.endMs,
    // Where the beginning was not told: what the page takes it for.
    approximateStartMs: spans[i]!.fromMs,
  }));
  const told = {
    id,
    provider: { id: provider.id, displayName: provider.displayName },
    providerCallId,
    direction,
    from,
    to,
    createdAt,
    answeredAt,
    endedAt,
    status,
    end: end && { category: end.category, code: end.code, message: end.message },
    assistant: assistant && { name: assistant.name },
    tags,
    summary,
    cost: cost && { amount: cost.amount, currency: cost.currency },
    utterances,
    notes,
  };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}
