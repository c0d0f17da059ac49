/** What can be done to a call through the stream that is relayed to its agent: without asking Vobiz over REST. */
import {
  FaultError,
  invalidArgument,
  type CommandId,
  type ControlArguments,
  type ControlledCall,
  type Controls,
  type Party,
} from '@sidetone/core';
import { webSocketAddress } from '../relay/agent-url.ts';
import type { NextStep, NextSteps } from '../answer/next-steps.ts';
import type { Relay, RelayParty, Relays } from '../relay/relays.ts';
import { transferOrder } from './transfer-order.ts';

export interface RelayControlsDeps {
  readonly relays: Pick<Relays, 'of'>;
  readonly nextSteps: Pick<NextSteps, 'order' | 'drop'>;
  /** Says something by Vobiz's voice; without it nothing can be said before a handoff. */
  readonly say: Controls['say'];
  /** The number that a transfer shows unless told otherwise. */
  readonly callerId: string | undefined;
}

/** @throws {FaultError} INPUT_INVALID: other parties have no gate. */
function gateOf(party: Party): RelayParty {
  if (party === 'CUSTOMER' || party === 'ASSISTANT') return party;
  throw invalidArgument('party', 'expected CUSTOMER or ASSISTANT');
}

/** The address of the agent that a call is handed to. @throws {FaultError} INPUT_INVALID. */
function agentOf({ assistantId, assistant, streamUrl, providerOptions }: ControlArguments['handoff']): URL {
  if (assistantId !== undefined) throw invalidArgument('assistantId', 'Vobiz hands a call to a streamUrl');
  if (assistant !== undefined) throw invalidArgument('assistant', 'Vobiz hands a call to a streamUrl');
  if (Object.keys(providerOptions ?? {}).length > 0) {
    throw invalidArgument('providerOptions', 'Vobiz takes none for a handoff');
  }
  const url = webSocketAddress(streamUrl ?? '');
  if (!url) throw invalidArgument('streamUrl', 'expected a ws or wss address');
  return url;
}

/** The controls of calls that have a relayed stream. */
export function createRelayControls({ relays, nextSteps, say, callerId }: RelayControlsDeps) {
  function relayOf({ providerCallId }: ControlledCall): Relay {
    const relay = relays.of(providerCallId);
    if (relay) return relay;
    throw new FaultError('CAPABILITY_MISSING', 'the call has no two-way stream at this moment');
  }

  /** Ends the stream, so that Vobiz asks for what comes next, which is kept before. */
  async function goOn(call: ControlledCall, step: NextStep, commandId: CommandId): Promise<void> {
    const relay = relayOf(call);
    await nextSteps.order(call.providerCallId, step, commandId);
    try {
      await relay.endStream();
    } catch (error) {
      await nextSteps.drop(call.providerCallId);
      throw error;
    }
  }

  return {
    mute: async (call, { party }, { commandId }) => relayOf(call).mute(gateOf(party), commandId),
    unmute: async (call, { party }, { commandId }) => relayOf(call).unmute(gateOf(party), commandId),
    playAudio: async (call, { url }, { commandId, signal }) =>
      relayOf(call).playSound(url, commandId, signal),
    clearAudio: async (call, _args, { commandId }) => relayOf(call).clear(commandId),
    async handoff(call, args, context) {
      const url = agentOf(args);
      const { content } = args;
      const relay = relayOf(call);
      if (content !== undefined && !say) {
        throw invalidArgument('content', 'expected none: without authId and authToken nothing can be said');
      }
      if (content !== undefined) {
        await say?.(call, { content, endCallAfterSpoken: false, interrupt: false }, context);
      }
      await relay.handoff(url, context.commandId, context.signal);
    },
    transfer: async (call, args, { commandId }) =>
      goOn(call, { kind: 'dial', order: transferOrder(args, callerId) }, commandId),
    endCall: async (call, _args, { commandId }) => goOn(call, { kind: 'hangup' }, commandId),
  } satisfies Controls;
}
