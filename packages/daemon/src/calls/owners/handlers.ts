/** Executes what other nodes ask for, if this node owns the call. */
import type { CallId } from '@sidetone/core';
import { needsOf } from '../loading/needs.ts';
import type { Ingest } from '../ingest.ts';
import type { PeerHandlers } from './peers.ts';

type PeerIngest = Pick<
  Ingest,
  'ready' | 'accept' | 'recordOnce' | 'stored' | 'handOver' | 'giveUp' | 'adopt' | 'liveId'
>;

/** What a call leaves when it goes to another node. */
interface PeerStreams {
  /** Ends the streams of a call. */
  endOf(callId: CallId, reason: string): void;
}

/** Executes what a client of another node does to a call. @throws {FaultError} NOT_OWNER only before anything was done */
type Act = PeerHandlers['act'];

export const createPeerHandlers = (ingest: PeerIngest, streams: PeerStreams, act: Act): PeerHandlers => ({
  act,
  async event({ providerId, event, by }) {
    await ingest.ready({ providerId, providerCallId: event.providerCallId }, needsOf(event));
    const callId = ingest.accept(providerId, event, by);
    await ingest.stored();
    return { ...(callId !== undefined && { callId }) };
  },
  async fact({ callId, fact, at, dedupeKey }) {
    await ingest.ready(callId);
    ingest.recordOnce(callId, fact, at, dedupeKey);
    await ingest.stored();
  },
  giveUp: ({ callId }) => ingest.giveUp(callId),
  async handOver(ref) {
    await ingest.ready(ref);
    const callId = ingest.liveId(ref.providerId, ref.providerCallId);
    // The provider has opened a newer one at the other node.
    if (callId !== undefined) streams.endOf(callId, 'the call went to another node');
    await ingest.handOver(ref);
  },
  adopt: (ref) => ingest.adopt(ref),
});
