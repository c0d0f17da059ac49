/**
 * What can be done to a live Vapi call: over its control address or, where we are the caller's side ourselves, over that
 * call's own socket. A 2xx means that a command was taken; that it took effect is told by events.
 */
import {
  FaultError,
  isFault,
  type CommandContext,
  type ControlArguments,
  type ControlledCall,
  type Controls,
  type ProviderCallId,
} from '@sidetone/core';
import { faultOfResponse, type ProviderResponse } from '@sidetone/plugin-kit';
import { isSuccess, type VapiApi } from '../rest/api.ts';
import type { Confirmations } from './confirmations.ts';
import {
  addMessage,
  endCallMessage,
  handoffMessage,
  MAY_REPEAT,
  muteMessage,
  sayFirstMessage,
  sayMessage,
  transferMessage,
  type ControlMessage,
  type SayOptions,
} from './control-messages.ts';
import type { MonitorAddress } from '../calls/live-calls.ts';
import type { TransportLeg } from '../media/transport.ts';

export interface ControlsDeps {
  readonly api: VapiApi;
  readonly say: SayOptions;
  readonly now: () => number;
  readonly confirmations: Pick<Confirmations, 'expect' | 'drop'>;
  /** The control address as far as it is known. */
  readonly address: (callId: ProviderCallId) => MonitorAddress;
  /** Asks until the control address is known; whether the call is over. May reject. */
  readonly locate: (callId: ProviderCallId, signal: AbortSignal) => Promise<'live' | 'over'>;
  /** Asks Vapi how the call stands and takes in the answer; whether it is over. May reject. */
  readonly refresh: (callId: ProviderCallId, signal: AbortSignal) => Promise<'live' | 'over'>;
  /** Looks after a while whether a call that was told to end did. */
  readonly watchEnd: (callId: ProviderCallId) => void;
  /** Our own end of a call, where we are the caller's side and connected. */
  readonly leg: (callId: ProviderCallId) => TransportLeg | undefined;
}

/** Statuses that are about the key, not about the call. */
const ABOUT_THE_KEY = new Set([401, 403]);
/** Statuses of a gateway that may pass at once. */
const WORTH_ANOTHER_TRY = new Set([502, 503, 504]);

/** The controls of an account. */
export function createControls(deps: ControlsDeps): Controls {
  const { api, address, confirmations, leg } = deps;

  async function addressOf(callId: ProviderCallId, signal: AbortSignal): Promise<URL> {
    if (address(callId) === 'untold' && (await deps.locate(callId, signal)) === 'over') throw callIsOver();
    const url = address(callId);
    if (url instanceof URL) return url;
    throw new FaultError(
      'CAPABILITY_MISSING',
      'this call has no control address that the configuration allows',
    );
  }

  async function post(url: URL, message: ControlMessage, signal: AbortSignal): Promise<ProviderResponse> {
    try {
      const reply = await api.control(url, message, signal);
      return WORTH_ANOTHER_TRY.has(reply.status) ? await api.control(url, message, signal) : reply;
    } catch (error) {
      const surelyNotDone = isFault(error) && error.code === 'PROVIDER_UNREACHABLE';
      if (signal.aborted || !(surelyNotDone || MAY_REPEAT[message.type](message))) throw error;
      return api.control(url, message, signal);
    }
  }

  async function command(
    call: ControlledCall,
    message: ControlMessage,
    { signal }: CommandContext,
  ): Promise<void> {
    const callId = call.providerCallId;
    const own = leg(callId);
    if (own && !(address(callId) instanceof URL)) return own.send(message);
    const url = await addressOf(callId, signal);
    const reply = await post(url, message, signal);
    if (isSuccess(reply)) return;
    const refusal = faultOfResponse(reply, 'Vapi');
    const isAboutTheCall = refusal.code === 'PROVIDER_REFUSED' && !ABOUT_THE_KEY.has(reply.status);
    if (isAboutTheCall && (await isOver(callId, signal))) throw callIsOver();
    throw refusal;
  }

  /** Whether Vapi says that the call is over. Not knowing is no. */
  const isOver = (callId: ProviderCallId, signal: AbortSignal): Promise<boolean> =>
    deps.refresh(callId, signal).then(
      (state) => state === 'over',
      () => false,
    );

  /** Gives a command whose text will show up in the call's history. */
  async function speaking(
    call: ControlledCall,
    message: ControlMessage,
    { role, content }: Pick<ControlArguments['addMessage'], 'role' | 'content'>,
    context: CommandContext,
  ): Promise<void> {
    const callId = call.providerCallId;
    confirmations.expect(callId, context.commandId, role, content, deps.now());
    try {
      await command(call, message, context);
    } catch (error) {
      // After a time-out it may have been done, and then the history shows it.
      const isUnknown = isFault(error) && error.code === 'PROVIDER_TIMEOUT';
      if (!isUnknown) confirmations.drop(callId, context.commandId);
      throw error;
    }
  }

  function legOf(call: ControlledCall): TransportLeg {
    const own = leg(call.providerCallId);
    if (own) return own;
    throw new FaultError(
      'CAPABILITY_MISSING',
      'audio can only be played into a call that was placed here over the WebSocket transport',
    );
  }

  return {
    say: async (call, args, context) =>
      speaking(call, sayMessage(args, deps.say), { role: 'ASSISTANT', content: args.content }, context),
    addMessage: async (call, args, context) => speaking(call, addMessage(args), args, context),
    mute: async (call, args, context) => command(call, muteMessage('mute', args), context),
    unmute: async (call, args, context) => command(call, muteMessage('unmute', args), context),
    sayFirstMessage: (call, _args, context) => command(call, sayFirstMessage, context),
    transfer: async (call, args, context) => command(call, transferMessage(args), context),
    handoff: async (call, args, context) => command(call, handoffMessage(args), context),
    async endCall(call, _args, context) {
      const own = leg(call.providerCallId);
      await (own ? own.hangUp() : command(call, endCallMessage, context));
      deps.watchEnd(call.providerCallId);
    },
    playAudio: async (call, { url }, { signal }) => legOf(call).play(url, signal),
    clearAudio: async (call) => legOf(call).clear(),
  };
}

const callIsOver = (): FaultError => new FaultError('CALL_NOT_LIVE', 'Vapi says that the call is over');
