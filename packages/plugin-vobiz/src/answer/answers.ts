/** Which XML each question of Vobiz gets, by the mode of the instance. */
import type { ProviderCallId, ProviderHost } from '@sidetone/core';
import { createAfterStream } from './after-stream.ts';
import { EMPTY_ANSWER } from './answer-xml.ts';
import { createApplicationXml } from './application-xml.ts';
import type { CallXml } from './call-xml.ts';
import type { Calls } from '../calls/call-tracker.ts';
import type { AnswerOptions } from '../config.ts';
import type { NextSteps } from './next-steps.ts';
import type { TransferGrants } from './transfer-grants.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';

export interface AnswersDeps {
  readonly host: ProviderHost;
  /** How calls are answered, if they are. */
  readonly mode: AnswerOptions | undefined;
  readonly callXml: CallXml;
  readonly calls: Calls;
  readonly grants: Pick<TransferGrants, 'take'>;
  readonly nextSteps: Pick<NextSteps, 'take'>;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

/** The XML for a webhook that asks, whose form is `fields`. */
export type Answerer = (webhook: VobizWebhook, fields: URLSearchParams) => Promise<string>;

/** What a mode answers. */
interface ModeAnswers {
  readonly answer: Answerer;
  /** What follows a two-way stream. */
  readonly afterStream?: Answerer;
  /** Takes the news that a call is over. */
  readonly hungUp?: (webhook: VobizWebhook, fields: URLSearchParams) => void;
  readonly forget?: (callId: ProviderCallId) => void;
}

export interface Answers extends Partial<ModeAnswers> {
  /** The XML of the transfer that a token stands for; undefined when it stands for none of this call. */
  transfer(token: string, callId: ProviderCallId): Promise<string | undefined>;
}

type Mode = AnswerOptions['mode'];

const MODES: {
  readonly [Name in Mode]: (
    mode: Extract<AnswerOptions, { readonly mode: Name }>,
    deps: AnswersDeps,
  ) => ModeAnswers;
} = {
  tap: ({ dial, callerId }, { callXml }) => ({
    answer: ({ callId }) => callXml.dialled(callId as ProviderCallId, dial, callerId),
  }),
  agent(mode, deps) {
    const after = createAfterStream({ ...deps, mode });
    return {
      answer: (webhook) => deps.callXml.agent(webhook),
      afterStream: (webhook) => after.answer(webhook),
      forget: (callId) => after.forget(callId),
    };
  },
  xml: (mode, deps) => createApplicationXml({ ...deps, mode }),
};

/** The answers of an instance. */
export function createAnswers(deps: AnswersDeps): Answers {
  const { mode, calls, callXml, grants } = deps;

  /** A call that is over needs nothing any more. */
  const unlessOver =
    (answerer: Answerer): Answerer =>
    async (webhook, fields) =>
      calls.hasEnded(webhook.callId as ProviderCallId) ? EMPTY_ANSWER : answerer(webhook, fields);

  const answers: Partial<ModeAnswers> = mode ? MODES[mode.mode](mode as never, deps) : {};
  const { answer, afterStream } = answers;
  return {
    ...answers,
    ...(answer && { answer: unlessOver(answer) }),
    ...(afterStream && { afterStream: unlessOver(afterStream) }),
    async transfer(token, callId) {
      const taken = await grants.take(token, callId);
      return taken && callXml.transferred(callId, taken);
    },
  };
}
