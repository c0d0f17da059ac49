// The instructions of an application: XML is requested, parsed, and its verbs are run one after the other.

import type { Delivered } from '../../http/webhook-sender.ts';
import { decodeAnswer } from '../verbs/answer-xml.ts';
import type { Verb } from '../verbs/answer-xml.ts';
import type { FailureHangups, RunningVerb, VerbContext } from '../verbs/verb-context.ts';
import { startVerb } from '../verbs/verbs.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import type { Form, Target } from '../webhook/webhooks.ts';
import { hasEnded } from './call-parts.ts';
import type { VobizCallParts } from './call-parts.ts';
import { abandonScript } from './line-operations.ts';
import { answer, cancelVerb, hangUp } from './lifecycle.ts';

/** Requests the first XML from the answer URL, or from the fallback URL if that fails. */
export async function requestAnswer(call: VobizCallParts): Promise<void> {
  const { webhooks } = call;
  const { answerUrl: url, answerMethod: method = 'POST', fallback } = call.deps.application;
  const target = url === undefined ? undefined : { url, method };
  const form = webhooks.commonForm('StartApp');
  const reply = (await webhooks.request(target, form)) ?? (await webhooks.request(fallback, form));
  applyReply(call, reply, { unreachable: HANGUPS.answerUnreachable, invalid: HANGUPS.invalidAnswer });
}

/** Requests XML and continues with it. The returned verb runs until the reply arrives. */
export function continueWith(
  call: VobizCallParts,
  target: Target | undefined,
  form: Form,
  failures: FailureHangups,
): RunningVerb {
  let isWaiting = true;
  const fetchNext = async (): Promise<void> => {
    const reply = await call.webhooks.request(target, form);
    isWaiting = false;
    applyReply(call, reply, failures);
  };
  void fetchNext();
  return { isRunning: () => isWaiting };
}

/** Replaces the instructions of a live call, as REST's transfer does. */
export async function transferCall(call: VobizCallParts, target: Target): Promise<void> {
  const reply = await call.webhooks.request(target, call.webhooks.commonForm('Transfer'));
  if (hasEnded(call)) return;
  cancelVerb(call, undefined);
  abandonScript(call);
  // Streams that XML started end without a status callback; those that REST attached stay.
  for (const stream of call.xmlStreams) void stream.close();
  call.xmlStreams.clear();
  applyReply(call, reply, { unreachable: HANGUPS.transferUnreachable, invalid: HANGUPS.invalidTransfer });
}

/** Requests XML and returns its verbs; an empty list if the request fails or the XML is invalid. */
export async function requestVerbs(call: VobizCallParts, target: Target, form: Form): Promise<Verb[]> {
  const reply = await call.webhooks.request(target, form);
  return hasEnded(call) ? [] : (decodeReply(reply) ?? []);
}

/** Starts verbs until one keeps running. The call ends when there are none left. */
export function runVerbs(call: VobizCallParts, context: VerbContext): void {
  if (call.runningVerb !== undefined && !call.runningVerb.isRunning()) call.runningVerb = undefined;
  while (call.runningVerb === undefined && !hasEnded(call)) {
    const verb = call.verbs?.shift();
    if (verb === undefined) return hangUp(call, HANGUPS.endOfXml);
    const running = startVerb(verb, context);
    // The verb itself may have ended the call.
    if (hasEnded(call)) running?.cancel?.(call.record.hangup);
    else call.runningVerb = running;
  }
}

/** Continues with the verbs of a reply. The call ends if there is no reply, or soon after an invalid one. */
function applyReply(
  call: VobizCallParts,
  reply: Delivered | undefined,
  { unreachable, invalid }: FailureHangups,
): void {
  if (hasEnded(call)) return;
  if (reply === undefined) return hangUp(call, unreachable);
  const verbs = decodeReply(reply);
  call.verbs = verbs ?? [];
  if (verbs !== undefined) return;
  answer(call);
  call.runningVerb = { isRunning: () => true };
  call.scheduler.after(call.behaviour.invalidAnswerMs, () => hangUp(call, invalid));
}

function decodeReply(reply: Delivered | undefined): Verb[] | undefined {
  const isXml = reply !== undefined && /^(application|text)\/xml\b/.test(reply.contentType);
  return isXml ? decodeAnswer(reply.text) : undefined;
}
