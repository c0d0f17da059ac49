/** What clients do to calls: here without a cluster, at the node that decides about the call otherwise. */
import { HoldService } from '../calls/hold-service.ts';
import { servicesAnywhere } from '../mutations/anywhere.ts';
import { actionsOf } from '../mutations/here.ts';
import { actionPeers } from '../mutations/peers.ts';
import { ActionRouter } from '../mutations/router.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerMutations(register: Register, { clock, cluster }: Environment): void {
  register(tokens.SERVICES_HERE, (get) => ({
    commands: get(tokens.COMMAND_SERVICE),
    capture: get(tokens.CAPTURE_SERVICE),
    transcription: get(tokens.TRANSCRIPTION_SERVICE),
    utterances: get(tokens.UTTERANCE_SERVICE),
    annotations: get(tokens.ANNOTATION_SERVICE),
    holds: new HoldService({ ingest: get(tokens.INGEST) }),
    erasure: get(tokens.ERASURE),
  }));
  register(tokens.ACTION_ROUTER, (get) => {
    if (!cluster) return { active: undefined };
    const router = new ActionRouter({
      here: actionsOf(get(tokens.SERVICES_HERE)),
      peers: actionPeers(cluster),
      ingest: get(tokens.INGEST),
      findCall: (callId) => get(tokens.HISTORY).call(callId),
      clock,
    });
    return { active: router };
  });
  register(tokens.SERVICES, (get) => {
    const { active: router } = get(tokens.ACTION_ROUTER);
    return router ? servicesAnywhere(router) : get(tokens.SERVICES_HERE);
  });
}
