/** What a call continues with after its two-way stream has ended: the stored next step, or the stream again. */
import type { ProviderCallId, ProviderHost } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { CallTracker } from '../calls/call-tracker.ts';
import { callNotice } from '../calls/notices.ts';
import type { AnswerOptions } from '../config.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';
import { EMPTY_ANSWER } from './answer-xml.ts';
import type { CallXml } from './call-xml.ts';
import type { NextSteps } from './next-steps.ts';

/** How many more streams a call gets after Vobiz has given up on one. */
export const MAX_FURTHER_STREAMS = 3;
/** Largest number of calls whose further streams are counted. */
const MAX_RESTARTED_CALLS = 2000;

interface AfterStreamDeps {
  readonly host: Pick<ProviderHost, 'clock'>;
  readonly mode: Extract<AnswerOptions, { readonly mode: 'agent' }>;
  readonly nextSteps: Pick<NextSteps, 'take'>;
  readonly callXml: Pick<CallXml, 'agent' | 'fallback' | 'transferred'>;
  readonly calls: Pick<CallTracker, 'emit'>;
}

interface AfterStream {
  /** Returns the XML for a call whose stream has ended. */
  answer(webhook: VobizWebhook): Promise<string>;
  /** Releases what is kept about an ended call. */
  forget(callId: ProviderCallId): void;
}

/** Creates the handler of requests that follow a two-way stream. */
export function createAfterStream({ host, mode, nextSteps, callXml, calls }: AfterStreamDeps): AfterStream {
  const restarts = new BoundedMap<string, number>(MAX_RESTARTED_CALLS);

  const fallback = (callId: ProviderCallId): Promise<string> =>
    callXml.fallback(callId, mode.fallback, mode.callerId);

  /** Without a stored step, Vobiz has lost the stream and given up reconnecting. */
  async function restart(webhook: VobizWebhook, callId: ProviderCallId): Promise<string> {
    const count = restarts.get(callId) ?? 0;
    if (count >= MAX_FURTHER_STREAMS) {
      await calls.emit([callNotice(callId, host.clock.now(), 'VOBIZ_AGENT_STREAM_LOST')]);
      return fallback(callId);
    }
    restarts.set(callId, count + 1);
    return callXml.agent(webhook);
  }

  return {
    async answer(webhook) {
      const callId = webhook.callId as ProviderCallId;
      const taken = await nextSteps.take(callId);
      if (!taken) return restart(webhook, callId);
      const { step, ...rest } = taken;
      switch (step.kind) {
        case 'hangup':
          return EMPTY_ANSWER;
        case 'dial':
          return callXml.transferred(callId, { ...rest, order: step.order });
        case 'fallback':
          return fallback(callId);
        default:
          return step satisfies never;
      }
    },
    forget: (callId) => void restarts.delete(callId),
  };
}
