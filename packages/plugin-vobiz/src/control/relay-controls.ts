/** Controls of a call through the stream that is relayed to its agent, without REST requests. */
import {
  FaultError,
  invalidArgument,
  type CommandId,
  type ControlArguments,
  type ControlledCall,
  type Controls,
  type Party,
} from '@sidetone/core';
import type { NextStep, NextSteps } from '../answer/next-steps.ts';
import { parseWebSocketUrl } from '../relay/agent-url.ts';
import type { RelayParty } from '../relay/relayed-calls.ts';
import type { RelayCommands } from '../relay/relay-commands.ts';
import type { Relays } from '../relay/relays.ts';
import { transferOrder } from './transfer-order.ts';

interface RelayControlsDeps {
  readonly relays: Pick<Relays, 'get'>;
  readonly nextSteps: Pick<NextSteps, 'order' | 'drop'>;
  /** Speaks a text with Vobiz's voice; without it, a handoff cannot have `content`. */
  readonly say: Controls['say'];
  /** The caller id of a transfer unless its arguments contain one. */
  readonly callerId: string | undefined;
}

/** @throws {FaultError} INPUT_INVALID for a party that cannot be muted. */
function relayPartyOf(party: Party): RelayParty {
  if (party === 'CUSTOMER' || party === 'ASSISTANT') return party;
  throw invalidArgument('party', 'expected CUSTOMER or ASSISTANT');
}

/** Returns the URL of the agent to hand the call to. @throws {FaultError} INPUT_INVALID. */
function agentUrlOf({
  assistantId,
  assistant,
  streamUrl,
  providerOptions,
}: ControlArguments['handoff']): URL {
  if (assistantId !== undefined) throw invalidArgument('assistantId', 'expected streamUrl instead');
  if (assistant !== undefined) throw invalidArgument('assistant', 'expected streamUrl instead');
  if (Object.keys(providerOptions ?? {}).length > 0) {
    throw invalidArgument('providerOptions', 'expected none: a handoff has no options for Vobiz');
  }
  const url = parseWebSocketUrl(streamUrl ?? '');
  if (!url) throw invalidArgument('streamUrl', 'expected a ws or wss URL');
  return url;
}

/** Creates the controls; each rejects with CAPABILITY_MISSING unless the call has an open two-way stream. */
export function createRelayControls({ relays, nextSteps, say, callerId }: RelayControlsDeps) {
  function relayOf({ providerCallId }: ControlledCall): RelayCommands {
    const relay = relays.get(providerCallId);
    if (relay) return relay;
    throw new FaultError('CAPABILITY_MISSING', 'the call has no two-way stream now');
  }

  /** Stores the next step, then ends the stream, so that Vobiz requests that step. */
  async function continueWith(call: ControlledCall, step: NextStep, commandId: CommandId): Promise<void> {
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
    mute: async (call, { party }, { commandId }) => relayOf(call).mute(relayPartyOf(party), commandId),
    unmute: async (call, { party }, { commandId }) => relayOf(call).unmute(relayPartyOf(party), commandId),
    playAudio: async (call, { url }, { commandId, signal }) =>
      relayOf(call).playSound(url, commandId, signal),
    clearAudio: async (call, _args, { commandId }) => relayOf(call).clear(commandId),
    async handoff(call, args, context) {
      const url = agentUrlOf(args);
      const { content } = args;
      const relay = relayOf(call);
      if (content !== undefined && !say) {
        throw invalidArgument('content', 'expected none: speech requires authId and authToken');
      }
      if (content !== undefined) {
        await say?.(call, { content, endCallAfterSpoken: false, interrupt: false }, context);
      }
      await relay.handoff(url, context.commandId, context.signal);
    },
    transfer: async (call, args, { commandId }) =>
      continueWith(call, { kind: 'dial', order: transferOrder(args, callerId) }, commandId),
    endCall: async (call, _args, { commandId }) => continueWith(call, { kind: 'hangup' }, commandId),
  } satisfies Controls;
}
