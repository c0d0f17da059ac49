/** Derives what the daemon would store from emitted events, with the rules of core, to find duplicates. */
import {
  decide,
  evolve,
  providerId,
  type Call,
  type CallFact,
  type CallId,
  type ProviderEvent,
  type Utterance,
  type UtteranceId,
} from '@sidetone/core';

const CALL = 'call_audit' as CallId;
/** All utterances have the same id, so that two results can be compared. */
const ids = { utterance: () => 'utt_audit' as UtteranceId };

/** What the daemon would store about a call. */
export interface DerivedFacts {
  readonly facts: readonly CallFact[];
  /** The state of the call at the end; undefined without events. */
  readonly call: Call | undefined;
}

/** Derives the facts of the events of one call. */
export function deriveFacts(events: readonly ProviderEvent[]): DerivedFacts {
  const facts: CallFact[] = [];
  const keys = new Set<string>();
  const utterances: Utterance[] = [];
  let call: Call | undefined;
  for (const event of events) {
    if (event.dedupeKey !== undefined && keys.has(event.dedupeKey)) continue;
    const derived = decide(call, CALL, event, {
      providerId: providerId('audit'),
      ids,
      storedTranscript: () => utterances,
    });
    if (derived.length > 0 && event.dedupeKey !== undefined) keys.add(event.dedupeKey);
    for (const fact of derived) {
      call = evolve(call, CALL, fact, event.occurredAt);
      facts.push(fact);
      if (fact.type === 'UTTERANCE_FINALIZED') utterances.push(fact.utterance);
    }
  }
  return { facts, call };
}

/** Returns a text that is equal for equal facts. Ignores offsets of utterances, which depend on the time of arrival. */
export function comparableText(fact: CallFact): string {
  if (fact.type !== 'UTTERANCE_FINALIZED') return JSON.stringify(fact);
  const { party, text } = fact.utterance;
  return JSON.stringify({ type: fact.type, party, text });
}
