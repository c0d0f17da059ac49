/** What the daemon makes of events, by the rules of core: events that tell the same make no second fact. */
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

const CALL = 'call_story' as CallId;
/** Every utterance has the same id here, so that two stories can be compared. */
const ids = { utterance: () => 'utt_story' as UtteranceId };

/** What the daemon would store of a call. */
export interface Story {
  readonly facts: readonly CallFact[];
  /** The call at the end; undefined when nothing was told. */
  readonly call: Call | undefined;
}

/** The story that the events of one call tell. */
export function storyOf(events: readonly ProviderEvent[]): Story {
  const facts: CallFact[] = [];
  const keys = new Set<string>();
  const heard: Utterance[] = [];
  let call: Call | undefined;
  for (const event of events) {
    if (event.dedupeKey !== undefined && keys.has(event.dedupeKey)) continue;
    const news = decide(call, CALL, event, {
      providerId: providerId('story'),
      ids,
      storedTranscript: () => heard,
    });
    if (news.length > 0 && event.dedupeKey !== undefined) keys.add(event.dedupeKey);
    for (const fact of news) {
      call = evolve(call, CALL, fact, event.occurredAt);
      facts.push(fact);
      if (fact.type === 'UTTERANCE_FINALIZED') heard.push(fact.utterance);
    }
  }
  return { facts, call };
}

/** What a fact tells, without the offsets that follow from when it was told. */
export function gistOf(fact: CallFact): string {
  if (fact.type !== 'UTTERANCE_FINALIZED') return JSON.stringify(fact);
  const { party, text } = fact.utterance;
  return JSON.stringify({ type: fact.type, party, text });
}
