/** Builds provider events for tests and derives calls from them. */
import {
  decide,
  evolve,
  providerCallId,
  providerId,
  type Call,
  type CallFact,
  type CallId,
  type ProviderEvent,
  type ProviderEventFields,
  type ProviderEventType,
  type Utterance,
  type UtteranceId,
} from '@sidetone/core';

export const CALL_ID = 'call_1' as CallId;

export function event<Type extends ProviderEventType>(
  type: Type,
  fields: ProviderEventFields[Type],
  occurredAt = 1000,
): ProviderEvent {
  return { type, providerCallId: providerCallId('their-call'), occurredAt, ...fields } as ProviderEvent;
}

/** Returns the utterances with their last revision. */
export function transcriptIn(facts: readonly CallFact[]): Utterance[] {
  const utterances = new Map<string, Utterance>();
  for (const fact of facts) {
    const isUtterance = fact.type === 'UTTERANCE_FINALIZED' || fact.type === 'UTTERANCE_REVISED';
    if (isUtterance) utterances.set(fact.utterance.id, fact.utterance);
  }
  return [...utterances.values()];
}

/** Derives the facts from provider events in order. Returns them with the resulting call. */
export function derive(events: readonly ProviderEvent[]): { call: Call; facts: CallFact[] } {
  let call: Call | undefined;
  let utterances = 0;
  const facts: CallFact[] = [];
  for (const input of events) {
    const context = {
      providerId: providerId('test'),
      ids: { utterance: () => `utt_${++utterances}` as UtteranceId },
      storedTranscript: () => transcriptIn(facts),
    };
    for (const fact of decide(call, CALL_ID, input, context)) {
      call = evolve(call, CALL_ID, fact, input.occurredAt);
      facts.push(fact);
    }
  }
  return { call: call!, facts };
}

export const typesOf = (facts: readonly CallFact[]): string[] => facts.map((fact) => fact.type);
