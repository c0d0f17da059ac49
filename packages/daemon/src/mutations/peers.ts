/** Actions on their way between nodes. */
import { FaultError } from '@sidetone/core';
import type { PeerHandlers, Peers } from '../calls/owners/peers.ts';
import { ACTIONS, type ActionName, type CallActions } from './actions.ts';
import type { ActionPeers } from './router.ts';

export const actionPeers = (peers: Peers): ActionPeers => ({
  // A node answers with the result of the action that it was asked for.
  act: (owner, action, request, waitMs) =>
    peers.request(owner, 'act', { action, request }, waitMs) as Promise<never>,
});

/** Executes the actions of other nodes. @throws {FaultError} CLUSTER_MESSAGE_UNKNOWN, or those of the action */
export function createActionHandler(here: CallActions): PeerHandlers['act'] {
  return async ({ action, request }) => {
    if (!isAction(action))
      throw new FaultError('CLUSTER_MESSAGE_UNKNOWN', `the node does not know the action ${action}`);
    return (here[action] as (given: object) => Promise<unknown>)(request);
  };
}

const isAction = (name: string): name is ActionName => Object.hasOwn(ACTIONS, name);
