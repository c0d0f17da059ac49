/** Answers calls with the XML of the user's own application, plus a stream of the audio; or with the fallback. */
import { isFault, messageOf, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { CallTracker } from '../calls/call-tracker.ts';
import { callNotice } from '../calls/notices.ts';
import type { AnswerOptions } from '../config.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';
import { tapElement } from './answer-xml.ts';
import { createApplicationClient } from './application-client.ts';
import type { CallXml } from './call-xml.ts';
import { insertElement } from './xml-merge.ts';

/** Largest number of ended calls that are remembered, so that the application is notified once of each. */
const MAX_NOTIFIED_ENDS = 2000;

interface ApplicationXmlDeps {
  readonly host: ProviderHost;
  readonly mode: Extract<AnswerOptions, { readonly mode: 'xml' }>;
  readonly callXml: Pick<CallXml, 'tap' | 'fallback'>;
  readonly calls: Pick<CallTracker, 'emit'>;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

interface ApplicationXml {
  answer(webhook: VobizWebhook, fields: URLSearchParams): Promise<string>;
  /** Notifies the application of the end of a call, once: Vobiz may send it to the answer URL as well. */
  hungUp(webhook: VobizWebhook, fields: URLSearchParams): void;
}

/** Creates the answers of mode `xml`. */
export function createApplicationXml(deps: ApplicationXmlDeps): ApplicationXml {
  const { host, mode, callXml, calls, signal } = deps;
  const application = createApplicationClient({ ...mode, host, signal });
  const notified = new BoundedMap<string, true>(MAX_NOTIFIED_ENDS);

  /** Returns the document, or the problem as a text. */
  async function request(fields: URLSearchParams): Promise<Uint8Array | string> {
    try {
      return await application.request(fields);
    } catch (error) {
      if (signal.aborted) throw error;
      return isFault(error) ? error.message : messageOf(error);
    }
  }

  async function fallback(callId: ProviderCallId, problem: string): Promise<string> {
    host.log.warn('application failed, using the fallback', { providerCallId: callId, problem });
    await calls.emit([callNotice(callId, host.clock.now(), 'VOBIZ_APPLICATION_FAILED')]);
    return callXml.fallback(callId, mode.fallback, mode.callerId);
  }

  return {
    async answer(webhook, fields) {
      const callId = webhook.callId as ProviderCallId;
      const [body, tap] = await Promise.all([request(fields), callXml.tap(callId, 'answered')]);
      if (typeof body === 'string') return fallback(callId, body);
      const isAnswered = webhook.callStatus === 'in-progress';
      const merged = insertElement(body, tapElement(tap), { isAnswered });
      if (!merged.ok) return fallback(callId, merged.problem);
      if (merged.endsAtOnce) await calls.emit([callNotice(callId, host.clock.now(), 'VOBIZ_XML_ENDS_CALL')]);
      return merged.xml;
    },
    hungUp({ callId }, fields) {
      if (notified.has(callId)) return;
      notified.set(callId, true);
      application.notify(fields);
    },
  };
}
