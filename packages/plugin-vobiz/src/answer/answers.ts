/** Selects the XML for each request of Vobiz, by the answer mode of the instance. */
import type { ProviderCallId, ProviderHost } from '@sidetone/core';
import type { CallTracker } from '../calls/call-tracker.ts';
import type { AnswerOptions } from '../config.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';
import { createAfterStream } from './after-stream.ts';
import { EMPTY_ANSWER } from './answer-xml.ts';
import { createApplicationXml } from './application-xml.ts';
import type { CallXml } from './call-xml.ts';
import type { NextSteps } from './next-steps.ts';
import type { TransferGrants } from './transfer-grants.ts';

interface AnswersDeps {
  readonly host: ProviderHost;
  /** How calls are answered; undefined if they are not. */
  readonly mode: AnswerOptions | undefined;
  readonly callXml: CallXml;
  readonly calls: CallTracker;
  readonly grants: Pick<TransferGrants, 'take'>;
  readonly nextSteps: Pick<NextSteps, 'take'>;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

/** Returns the XML for a webhook that requests it. `fields` are the fields of its form. */
export type Answerer = (webhook: VobizWebhook, fields: URLSearchParams) => Promise<string>;

/** The handlers of one mode. */
interface ModeAnswers {
  readonly answer: Answerer;
  /** Answers the request after a two-way stream has ended. */
  readonly afterStream?: Answerer;
  /** Handles the hangup webhook of a call. */
  readonly hungUp?: (webhook: VobizWebhook, fields: URLSearchParams) => void;
  /** Releases what is kept about an ended call. */
  readonly forget?: (callId: ProviderCallId) => void;
}

export interface Answers extends Partial<ModeAnswers> {
  /** Returns the XML of a transfer; undefined if the token is unknown, expired or that of another call. */
  transfer(token: string, callId: ProviderCallId): Promise<string | undefined>;
}

function answersOf(mode: AnswerOptions, deps: AnswersDeps): ModeAnswers {
  const { callXml } = deps;
  switch (mode.mode) {
    case 'tap':
      return { answer: ({ callId }) => callXml.dialled(callId as ProviderCallId, mode.dial, mode.callerId) };
    case 'agent': {
      const after = createAfterStream({ ...deps, mode });
      return {
        answer: (webhook) => callXml.agent(webhook),
        afterStream: (webhook) => after.answer(webhook),
        forget: (callId) => after.forget(callId),
      };
    }
    case 'xml':
      return createApplicationXml({ ...deps, mode });
    default:
      return mode satisfies never;
  }
}

/** Creates the answers of an instance. Ended calls always get an empty document. */
export function createAnswers(deps: AnswersDeps): Answers {
  const { mode, calls, callXml, grants } = deps;

  /** Answers requests about an ended call with an empty document. */
  const unlessEnded =
    (answerer: Answerer): Answerer =>
    async (webhook, fields) =>
      calls.hasEnded(webhook.callId as ProviderCallId) ? EMPTY_ANSWER : answerer(webhook, fields);

  const answers: Partial<ModeAnswers> = mode ? answersOf(mode, deps) : {};
  const { answer, afterStream } = answers;
  return {
    ...answers,
    ...(answer && { answer: unlessEnded(answer) }),
    ...(afterStream && { afterStream: unlessEnded(afterStream) }),
    async transfer(token, callId) {
      const taken = await grants.take(token, callId);
      return taken && callXml.transferred(callId, taken);
    },
  };
}
