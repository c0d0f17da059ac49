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

/**
 * The same with a node for each number, which share their state: the n-th webhook is posted to the node of the n-th number. The events
 * reach the owner of the call in the order in which they are emitted.
 */
export async function playAtNodes(bodies: readonly object[], nodeOf: readonly number[]): Promise<PlayedCall> {
  const first = await start({}, { isStateShared: true });
  const { clock, state } = first.host;
  const nodes = [first, await start({}, { clock, state, isStateShared: true })];
  const events: ProviderEvent[] = [];
  for (const [n, body] of bodies.entries()) {
    const { host, post } = nodes[nodeOf[n % nodeOf.length]! % nodes.length]!;
    const before = host.events.length;
    await post(body);
    events.push(...host.events.slice(before));
  }
  for (const { host, provider } of nodes) {
    await provider.stop(new AbortController().signal);
    host.verify();
  }
  return applyEvents(events);
}
