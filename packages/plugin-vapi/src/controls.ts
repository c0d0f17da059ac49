/** What can be done to a live Vapi call, over its control address. */
import {
  FaultError,
  isFault,
  refusalOf,
  type CommandContext,
  type ControlledCall,
  type Controls,
  type ProviderCallId,
  type ProviderReply,
} from '@sidetone/core';
import { isSuccess, type ControlMessage, type VapiApi } from './api.ts';
import type { MonitorAddress } from './live-calls.ts';

export interface ControlsDeps {
  readonly api: VapiApi;
  /** The control address as far as it is known. */
  readonly address: (callId: ProviderCallId) => MonitorAddress;
  /** Asks Vapi how the call stands and takes in the answer; whether it is over. May reject. */
  readonly refresh: (callId: ProviderCallId, signal: AbortSignal) => Promise<'live' | 'over'>;
}

/** Commands that may safely be carried out twice, and so are tried again once when they surely did not arrive. */
const MAY_REPEAT: Readonly<Record<ControlMessage['type'], boolean>> = { say: false, 'end-call': true };

/** Statuses that are about the key, not about the call. */
const ABOUT_THE_KEY = new Set([401, 403]);

/** The controls of an account. */
export function createControls({ api, address, refresh }: ControlsDeps): Controls {
  async function addressOf(callId: ProviderCallId, signal: AbortSignal): Promise<URL> {
    if (address(callId) === 'untold' && (await refresh(callId, signal)) === 'over') throw callIsOver();
    const url = address(callId);
    if (url instanceof URL) return url;
    throw new FaultError(
      'CAPABILITY_MISSING',
      'this call has no control address that the configuration allows',
    );
  }

  async function post(url: URL, message: ControlMessage, signal: AbortSignal): Promise<ProviderReply> {
    try {
      return await api.control(url, message, signal);
    } catch (error) {
      if (!MAY_REPEAT[message.type] || !isFault(error) || error.code !== 'PROVIDER_UNREACHABLE') throw error;
      return api.control(url, message, signal);
    }
  }

  async function command(
    call: ControlledCall,
    message: ControlMessage,
    { signal }: CommandContext,
  ): Promise<void> {
    const url = await addressOf(call.providerCallId, signal);
    const reply = await post(url, message, signal);
    if (isSuccess(reply)) return;
    const refusal = refusalOf(reply, 'Vapi');
    const isAboutTheCall = refusal.code === 'PROVIDER_REFUSED' && !ABOUT_THE_KEY.has(reply.status);
    if (isAboutTheCall && (await isOver(call.providerCallId, signal))) throw callIsOver();
    throw refusal;
  }

  /** Whether Vapi says that the call is over. Not knowing is no. */
  const isOver = (callId: ProviderCallId, signal: AbortSignal): Promise<boolean> =>
    refresh(callId, signal).then(
      (state) => state === 'over',
      () => false,
    );

  return {
    say(call, { content, endCallAfterSpoken, interrupt }, context) {
      if (content.trim() === '') {
        return Promise.reject(
          new FaultError('INPUT_INVALID', 'content: expected something to say, found nothing'),
        );
      }
      const message: ControlMessage = {
        type: 'say',
        content,
        ...(endCallAfterSpoken && { endCallAfterSpoken }),
        ...(interrupt && { interruptAssistantEnabled: interrupt }),
      };
      return command(call, message, context);
    },
    endCall: (call, _args, context) => command(call, { type: 'end-call' }, context),
  };
}

const callIsOver = (): FaultError => new FaultError('CALL_NOT_LIVE', 'Vapi says that the call is over');
