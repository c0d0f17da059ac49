/** Executes what other nodes ask for, if this node owns the call. */
import { needsOf } from '../loading/needs.ts';
import type { Ingest } from '../ingest.ts';
import type { PeerHandlers } from './peers.ts';

type PeerIngest = Pick<Ingest, 'ready' | 'accept' | 'recordOnce' | 'stored' | 'handOver'>;

export const createPeerHandlers = (ingest: PeerIngest): PeerHandlers => ({
  async event({ providerId, event, by }) {
    await ingest.ready({ providerId, providerCallId: event.providerCallId }, needsOf(event));
    ingest.accept(providerId, event, by);
    await ingest.stored();
  },
  async fact({ callId, fact, at, dedupeKey }) {
    await ingest.ready(callId);
    ingest.recordOnce(callId, fact, at, dedupeKey);
    await ingest.stored();
  },
  handOver: (ref) => ingest.handOver(ref),
});
