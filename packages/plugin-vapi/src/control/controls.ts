/**
 * The controls of live calls: commands are posted to the call's control URL, or sent over our own socket of a transport call. A 2xx
 * means that a command was accepted; its effect is reported by events.
 */
import {
  FaultError,
  isFault,
  type Clock,
  type CommandContext,
  type ControlArguments,
  type ControlledCall,
  type Controls,
  type ProviderCallId,
} from '@sidetone/core';
import { faultOfResponse, type Country, type ProviderResponse } from '@sidetone/plugin-kit';
import type { LiveCalls } from '../calls/live-calls.ts';
import type { VapiOptions } from '../config.ts';
import type { TransportCalls } from '../media/transport-calls.ts';
import type { TransportLeg } from '../media/transport-leg.ts';
import type { Confirmations } from '../messages/confirmations.ts';
import { isSuccess, type VapiApi } from '../rest/api.ts';
import type { CallLookup } from '../rest/call-lookup.ts';
import type { CallRefresher } from '../rest/call-refresher.ts';
import {
  addMessage,
  appendContext,
  endCallMessage,
  handoffMessage,
  capabilityOf,
  IS_IDEMPOTENT,
  muteMessage,
  sayFirstMessage,
  sayMessage,
  transferMessage,
  type ControlMessage,
} from './control-messages.ts';

interface ControlsDeps {
  readonly api: Pick<VapiApi, 'control'>;
  readonly compatibility: VapiOptions['compatibility'];
  readonly clock: Clock;
  /** The country of national numbers. */
  readonly country: Country | undefined;
  readonly calls: Pick<LiveCalls, 'monitorUrl' | 'traits' | 'refuse'>;
  readonly lookup: Pick<CallLookup, 'find'>;
  readonly refresher: Pick<CallRefresher, 'refresh' | 'checkEnd'>;
  readonly transportCalls: Pick<TransportCalls, 'get'>;
  readonly confirmations: Pick<Confirmations, 'expect' | 'drop'>;
}

/** Statuses that concern the key, not the call. */
const CREDENTIAL_STATUSES = new Set([401, 403]);
/** The status of a request that was certainly not carried out. */
const UNAVAILABLE = 503;

/** How Vapi says that a command is not possible on this kind of call, which is final. */
const UNSUPPORTED = /not (?:be )?(?:supported|available)|unsupported|gpt[-_ ]?live/i;

const callHasEnded = (): FaultError => new FaultError('CALL_NOT_LIVE', 'the call has ended at Vapi');

export function createControls(deps: ControlsDeps): Controls {
  const { calls, confirmations, transportCalls } = deps;

  async function controlUrl(callId: ProviderCallId, signal: AbortSignal): Promise<URL> {
    const isUnknown = calls.monitorUrl(callId, 'control') === 'unknown';
    if (isUnknown && (await deps.lookup.find(callId, signal)) === 'ended') throw callHasEnded();
    const url = calls.monitorUrl(callId, 'control');
    if (url instanceof URL) return url;
    throw new FaultError('CAPABILITY_MISSING', 'the call has no control URL that the configuration allows');
  }

  async function send(
    call: ControlledCall,
    message: ControlMessage,
    { signal }: CommandContext,
  ): Promise<void> {
    const callId = call.providerCallId;
    const leg = transportCalls.get(callId);
    if (leg && !(calls.monitorUrl(callId, 'control') instanceof URL)) return leg.send(message);
    const reply = await post(deps.api, await controlUrl(callId, signal), message, signal);
    if (isSuccess(reply)) return;
    const refusal = faultOfResponse(reply, 'Vapi');
    const concernsCall = refusal.code === 'PROVIDER_REFUSED' && !CREDENTIAL_STATUSES.has(reply.status);
    if (concernsCall && (await hasEnded(callId, signal))) throw callHasEnded();
    if (concernsCall && UNSUPPORTED.test(reply.text)) calls.refuse(callId, capabilityOf(message));
    throw refusal;
  }

  /** Requests the call; false if that fails. */
  const hasEnded = (callId: ProviderCallId, signal: AbortSignal): Promise<boolean> =>
    deps.refresher.refresh(callId, signal).then(
      (state) => state === 'ended',
      () => false,
    );

  /** Sends a command whose text is confirmed by the call's history. */
  async function sendText(
    call: ControlledCall,
    message: ControlMessage,
    { role, content }: Pick<ControlArguments['addMessage'], 'role' | 'content'>,
    context: CommandContext,
  ): Promise<void> {
    const callId = call.providerCallId;
    confirmations.expect(callId, context.commandId, role, content, deps.clock.elapsed());
    try {
      await send(call, message, context);
    } catch (error) {
      // A command that timed out may have taken effect, and is then confirmed by the history.
      const isUnknown = isFault(error) && error.code === 'PROVIDER_TIMEOUT';
      if (!isUnknown) confirmations.drop(callId, context.commandId);
      throw error;
    }
  }

  function legOf(call: ControlledCall): TransportLeg {
    const leg = transportCalls.get(call.providerCallId);
    if (leg) return leg;
    throw new FaultError(
      'CAPABILITY_MISSING',
      'audio can only be played to a call that was placed here over the WebSocket transport',
    );
  }

  return {
    say: async (call, args, context) =>
      sendText(
        call,
        sayMessage(args, deps.compatibility),
        { role: 'ASSISTANT', content: args.content },
        context,
      ),
    addMessage: async (call, args, context) => {
      const isGptLive = calls.traits(call.providerCallId)?.isGptLive === true;
      return sendText(call, isGptLive ? appendContext(args) : addMessage(args), args, context);
    },
    mute: async (call, args, context) => send(call, muteMessage('mute', args), context),
    unmute: async (call, args, context) => send(call, muteMessage('unmute', args), context),
    sayFirstMessage: (call, _args, context) => send(call, sayFirstMessage, context),
    transfer: async (call, args, context) => send(call, transferMessage(args, deps.country), context),
    handoff: async (call, args, context) => send(call, handoffMessage(args, deps.country), context),
    async endCall(call, _args, context) {
      const leg = transportCalls.get(call.providerCallId);
      await (leg ? leg.hangUp() : send(call, endCallMessage, context));
      void deps.refresher.checkEnd(call.providerCallId);
    },
    playAudio: async (call, { url }, { signal }) => legOf(call).play(url, signal),
    clearAudio: async (call) => legOf(call).clear(),
  };
}

/** Posts a command, and once more if it was certainly not executed, or if its outcome is unknown and it is idempotent. */
async function post(
  api: Pick<VapiApi, 'control'>,
  url: URL,
  message: ControlMessage,
  signal: AbortSignal,
): Promise<ProviderResponse> {
  const isIdempotent = IS_IDEMPOTENT[message.type](message);
  try {
    const reply = await api.control(url, message, signal);
    const mayRetry = reply.status === UNAVAILABLE || (isIdempotent && isOutcomeUnknown(reply));
    return mayRetry ? await api.control(url, message, signal) : reply;
  } catch (error) {
    const wasNotExecuted = isFault(error) && error.code === 'PROVIDER_UNREACHABLE';
    if (signal.aborted || !(wasNotExecuted || isIdempotent)) throw error;
    return api.control(url, message, signal);
  }
}

/** Returns whether a gateway answered that may have passed the command on. */
const isOutcomeUnknown = (reply: ProviderResponse): boolean =>
  !isSuccess(reply) && faultOfResponse(reply, 'Vapi').code === 'PROVIDER_TIMEOUT';
