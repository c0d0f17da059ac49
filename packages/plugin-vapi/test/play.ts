/** Applies webhooks to the daemon's rules. */
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
import { start } from './harness.ts';

interface PlayedCall {
  readonly call: Call;
  readonly facts: readonly CallFact[];
  /** In the order in which it was stored. */
  readonly transcript: readonly Utterance[];
}

/** Applies events as the daemon does: deduplicated, and in the order of arrival. */
function applyEvents(events: readonly ProviderEvent[]): PlayedCall {
  const facts: CallFact[] = [];
  const keys = new Set<string>();
  let call: Call | undefined;
  let ids = 0;
  const transcript = (): Utterance[] => {
    const utterances = new Map<string, Utterance>();
    for (const fact of facts) {
      const isUtterance = fact.type === 'UTTERANCE_FINALIZED' || fact.type === 'UTTERANCE_REVISED';
      if (isUtterance) utterances.set(fact.utterance.id, fact.utterance);
    }
    return [...utterances.values()];
  };
  for (const event of events) {
    if (event.dedupeKey !== undefined && keys.has(event.dedupeKey)) continue;
    const decided = decide(call, 'call_1' as CallId, event, {
      providerId: providerId('vapi'),
      ids: { utterance: () => `utt_${++ids}` as UtteranceId },
      storedTranscript: transcript,
    });
    for (const fact of decided) {
      call = evolve(call, 'call_1' as CallId, fact, event.occurredAt);
      facts.push(fact);
    }
    if (event.dedupeKey !== undefined && decided.length > 0) keys.add(event.dedupeKey);
  }
  return { call: call!, facts, transcript: transcript() };
}

/** Posts webhooks in order, and returns the call that the daemon derives from them. */
export async function play(bodies: readonly object[], options: object = {}): Promise<PlayedCall> {
  const { host, provider, post } = await start(options);
  for (const body of bodies) await post(body);
  await provider.stop(new AbortController().signal);
  host.verify();
  return applyEvents(host.events);
}
