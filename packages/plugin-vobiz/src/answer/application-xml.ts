/** What a call gets whose application is the user's own: its XML, with a stream woven in; or else the fallback. */
import { isFault, messageOf, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { weave } from './xml-merge.ts';
import { tapElement } from './answer-xml.ts';
import { createApplication } from './application-client.ts';
import type { CallXml } from './call-xml.ts';
import type { Calls } from '../calls/call-tracker.ts';
import type { AnswerOptions } from '../config.ts';
import { noticeOf } from '../calls/notices.ts';
import { remember } from '../remember.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';

/** How many ends are remembered that the application was told of; beyond, the oldest is forgotten. */
export const MAX_TOLD_ENDS = 2000;

export interface ApplicationXmlDeps {
  readonly host: ProviderHost;
  readonly mode: Extract<AnswerOptions, { readonly mode: 'xml' }>;
  readonly callXml: Pick<CallXml, 'tap' | 'fallback'>;
  readonly calls: Pick<Calls, 'takeIn'>;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

export interface ApplicationXml {
  answer(webhook: VobizWebhook, fields: URLSearchParams): Promise<string>;
  /** Tells the application of the end of a call, once: Vobiz tells one without a hangup URL at its answer URL. */
  hungUp(webhook: VobizWebhook, fields: URLSearchParams): void;
}

/** An application that was not asked yet. */
export function createApplicationXml(deps: ApplicationXmlDeps): ApplicationXml {
  const { host, mode, callXml, calls, signal } = deps;
  const application = createApplication({ ...mode, host, signal });
  const told = new Map<string, true>();

  async function askedOf(fields: URLSearchParams): Promise<Uint8Array | string> {
    try {
      return await application.ask(fields);
    } catch (error) {
      if (signal.aborted) throw error;
      return isFault(error) ? error.message : messageOf(error);
    }
  }

  async function failed(callId: ProviderCallId, problem: string): Promise<string> {
    host.log.warn('the application gave no answer that could be used', { providerCallId: callId, problem });
    await calls.takeIn(callId, [noticeOf(callId, host.clock.now(), 'VOBIZ_APPLICATION_FAILED')]);
    return callXml.fallback(callId, mode.fallback, mode.callerId);
  }

  return {
    async answer(webhook, fields) {
      const callId = webhook.callId as ProviderCallId;
      const [said, tap] = await Promise.all([askedOf(fields), callXml.tap(callId, 'answered')]);
      if (typeof said === 'string') return failed(callId, said);
      const isAnswered = webhook.callStatus === 'in-progress';
      const woven = weave(said, tapElement(tap), { isAnswered });
      return woven.ok ? woven.xml : failed(callId, woven.problem);
    },
    hungUp({ callId }, fields) {
      if (told.has(callId)) return;
      remember(told, callId, true, MAX_TOLD_ENDS);
      application.tell(fields);
    },
  };
}
