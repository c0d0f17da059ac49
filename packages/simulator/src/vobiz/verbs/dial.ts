// `<Dial>`: all targets ring at the same time, and the first one that answers is bridged. The verbs after it run only
// if there was no bridge.

import { randomUUID } from 'node:crypto';
import { HANGUPS } from '../webhook/hangup.ts';
import type { Hangup } from '../webhook/hangup.ts';
import { targetOf } from '../webhook/webhooks.ts';
import type { Verb } from './answer-xml.ts';
import { createDialReports } from './dial-reports.ts';
import type { DialStatus, Leg } from './dial-reports.ts';
import { isTrue, runWhile, secondsToMs } from './verb-context.ts';
import type { RunningVerb, VerbContext } from './verb-context.ts';

const DEFAULT_TIME_LIMIT_S = 14_400;
const DEFAULT_TIMEOUT_S = 120;

const UNANSWERED = {
  busy: { status: 'busy', hangup: HANGUPS.lineBusy },
  'no-answer': { status: 'no-answer', hangup: HANGUPS.noAnswer },
  failed: { status: 'failed', hangup: HANGUPS.carrierFailed },
} as const satisfies Record<string, { status: DialStatus; hangup: Hangup }>;

/** Starts ringing. Returns undefined without a target. */
export function dial(verb: Verb, call: VerbContext): RunningVerb | undefined {
  const { attributes } = verb;
  const legs = legsOf(verb);
  if (legs.length === 0) return undefined;
  const action = targetOf(attributes['action'], attributes['method']);
  const reports = createDialReports(verb, legs, call);
  const { dialOutcome, ringMs, calleeHangsUpMs } = call.behaviour();
  const timeoutMs = secondsToMs(attributes['timeout'], DEFAULT_TIMEOUT_S);
  let state: 'ringing' | 'bridged' | 'over' = 'ringing';
  let answeredAt = 0;
  let next: RunningVerb | undefined;
  let stopListening = (): void => {};

  /** Ends the dial but not the call: the XML of `action` comes next, or the following verbs. */
  const continueCall = (status: DialStatus, hangup: Hangup): void => {
    const wasBridged = state === 'bridged';
    state = 'over';
    stopListening();
    call.abandonScript();
    const form = reports.actionForm(status, hangup);
    if (action !== undefined && isTrue(attributes['redirect'], true)) {
      const failures = { unreachable: HANGUPS.actionUnreachable, invalid: HANGUPS.invalidAction };
      next = call.continueWith(action, form, failures);
      return;
    }
    call.notify(action, form);
    if (wasBridged) call.hangUp(hangup);
  };

  const endUnanswered = (outcome: { readonly status: DialStatus; readonly hangup: Hangup }): void => {
    for (const leg of legs) reports.hangup(leg, outcome.hangup, answeredAt);
    continueCall(outcome.status, outcome.hangup);
  };

  const endBridge = (hangup: Hangup): void => {
    if (state !== 'bridged') return;
    if (legs[0] !== undefined) reports.hangup(legs[0], hangup, answeredAt);
    continueCall('completed', hangup);
  };

  const bridge = (winner: Leg, losers: readonly Leg[]): void => {
    state = 'bridged';
    answeredAt = Date.now();
    call.answer();
    reports.answered(winner);
    for (const loser of losers) reports.lostRace(loser);
    call.startScript(true);
    call.scheduler.after(secondsToMs(attributes['timeLimit'], DEFAULT_TIME_LIMIT_S), () => {
      if (state === 'bridged') call.hangUp(HANGUPS.timeLimit);
    });
    if (calleeHangsUpMs > 0) call.scheduler.after(calleeHangsUpMs, () => endBridge(HANGUPS.calleeHungUp));
    if (!isTrue(attributes['hangupOnStar'])) return;
    stopListening = call.onDigit((digit) => {
      if (digit === '*') endBridge(HANGUPS.calleeHungUp);
    });
  };

  call.scheduler.after(Math.min(ringMs, timeoutMs), () => {
    if (state !== 'ringing') return;
    const [winner, ...losers] = legs;
    if (ringMs > timeoutMs) return endUnanswered({ status: 'timeout', hangup: HANGUPS.noAnswer });
    if (dialOutcome !== 'answer') return endUnanswered(UNANSWERED[dialOutcome]);
    if (winner !== undefined) bridge(winner, losers);
  });

  return {
    ...runWhile(() => (next === undefined ? state !== 'over' : next.isRunning())),
    cancel(hangup) {
      const wasBridged = state === 'bridged';
      const wasRinging = state === 'ringing';
      state = 'over';
      stopListening();
      if (!wasBridged && !wasRinging) return;
      for (const leg of wasBridged ? legs.slice(0, 1) : legs)
        reports.hangup(leg, hangup ?? HANGUPS.callerHungUp, answeredAt);
      if (wasBridged && hangup !== undefined) call.notify(action, reports.actionForm('completed', hangup));
    },
  };
}

function legsOf({ text, children }: Verb): Leg[] {
  const numbers = children.length > 0 ? children.map((child) => child.text) : [text];
  return numbers
    .filter((number) => number !== '')
    .map((to, index) => ({ id: randomUUID(), to, position: index + 1 }));
}
