/** The requests of `Peers` as kinds of messages: how long their replies may take. */
import type { PeerReplies, PeerRequestName, PeerRequests } from '../calls/owners/peers.ts';
import { kind, type Kind } from './messages/kinds.ts';

export type PeerKinds = { readonly [Name in PeerRequestName]: Kind<PeerRequests[Name], PeerReplies[Name]> };

export const PEER_KINDS: PeerKinds = {
  // They wait for a commit.
  event: kind(10_000),
  fact: kind(10_000),
  // It waits for all commits of the call.
  handOver: kind(10_000),
  giveUp: kind(10_000),
  adopt: kind(10_000),
  // Each action has its own.
  act: kind(25_000),
};
