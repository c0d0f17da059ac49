/** Exports a call as JSON, with the field names of the API. Pure. */
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
    confidence: line.confidence,
    addedBy: line.addedBy,
    // Estimated if startMs is null.
    approximateStartMs: spans[i]!.fromMs,
  }));
  const exported = {
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
  return `${JSON.stringify(exported, undefined, 2)}\n`;
}
