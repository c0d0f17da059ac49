/** What a call gets whose two-way stream has ended: what was ordered, or the stream once more. */
import type { ProviderCallId, ProviderHost } from '@sidetone/core';
import { EMPTY_ANSWER } from './answer-xml.ts';
import type { CallXml } from './call-xml.ts';
import type { Calls } from '../calls/call-tracker.ts';
import type { AnswerOptions } from '../config.ts';
import type { NextStep, NextSteps } from './next-steps.ts';
import { noticeOf } from '../calls/notices.ts';
import { remember } from '../remember.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';

/** How often a call gets the agent's stream again, after Vobiz has lost it for good. */
export const MAX_FURTHER_STREAMS = 3;
/** How many calls are remembered that got it again; beyond, the oldest is forgotten. */
export const MAX_RESTARTED_CALLS = 2000;

export interface AfterStreamDeps {
  readonly host: Pick<ProviderHost, 'clock'>;
  readonly mode: Extract<AnswerOptions, { readonly mode: 'agent' }>;
  readonly nextSteps: Pick<NextSteps, 'take'>;
  readonly callXml: Pick<CallXml, 'agent' | 'fallback' | 'transferred'>;
  readonly calls: Pick<Calls, 'takeIn'>;
}

export interface AfterStream {
  answer(webhook: VobizWebhook): Promise<string>;
  /** The call is over. */
  forget(callId: ProviderCallId): void;
}

type StepOf<Kind extends NextStep['kind']> = Extract<NextStep, { readonly kind: Kind }>;
interface Taken {
  readonly commandId?: string;
  readonly isRepeated: boolean;
}

/** No calls yet. */
export function createAfterStream({ host, mode, nextSteps, callXml, calls }: AfterStreamDeps): AfterStream {
  const restarts = new Map<string, number>();

  const fallback = (callId: ProviderCallId): Promise<string> =>
    callXml.fallback(callId, mode.fallback, mode.callerId);

  const STEPS: {
    readonly [Kind in NextStep['kind']]: (
      callId: ProviderCallId,
      step: StepOf<Kind>,
      taken: Taken,
    ) => Promise<string>;
  } = {
    // A call that has nothing more to do ends.
    hangup: () => Promise.resolve(EMPTY_ANSWER),
    dial: (callId, { order }, taken) => callXml.transferred(callId, { ...taken, order }),
    fallback,
  };

  /** Nobody ordered anything: Vobiz has lost the stream, and does not try any more. */
  async function again(webhook: VobizWebhook, callId: ProviderCallId): Promise<string> {
    const count = restarts.get(callId) ?? 0;
    if (count >= MAX_FURTHER_STREAMS) {
      await calls.takeIn(callId, [noticeOf(callId, host.clock.now(), 'VOBIZ_AGENT_STREAM_LOST')]);
      return fallback(callId);
    }
    remember(restarts, callId, count + 1, MAX_RESTARTED_CALLS);
    return callXml.agent(webhook);
  }

  return {
    async answer(webhook) {
      const callId = webhook.callId as ProviderCallId;
      const taken = await nextSteps.take(callId);
      if (!taken) return again(webhook, callId);
      return STEPS[taken.step.kind](callId, taken.step as never, taken);
    },
    forget: (callId) => void restarts.delete(callId),
  };
}
