// `<Dial>`: all its targets ring at once, and the first that answers wins. What becomes of the callee is told to
// `callbackUrl`, and the outcome to `action`; the elements after it run only when no bridge happened.

import { randomUUID } from 'node:crypto';
import type { Verb } from './answer-xml.ts';
import { numberText } from '../webhook/forms.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import type { Hangup } from '../webhook/hangup.ts';
import { targetOf } from '../webhook/webhooks.ts';
import { runWhile, isTrue, secondsToMs } from './verb-context.ts';
import type { VerbContext, RunningVerb } from './verb-context.ts';

const DEFAULT_TIME_LIMIT_S = 14_400;
const DEFAULT_TIMEOUT_S = 120;

/** What `action` is told. */
type DialStatus = 'completed' | 'busy' | 'failed' | 'timeout' | 'no-answer';

interface Leg {
  readonly id: string;
  readonly to: string;
  readonly position: number;
}

const UNANSWERED = {
  busy: { status: 'busy', hangup: HANGUPS.lineBusy },
  'no-answer': { status: 'no-answer', hangup: HANGUPS.noAnswer },
  failed: { status: 'failed', hangup: HANGUPS.carrierFailed },
} as const satisfies Record<string, { status: DialStatus; hangup: Hangup }>;

/** Begins to ring. */
export function dial({ attributes, text, children }: Verb, call: VerbContext): RunningVerb | undefined {
  const numbers = (children.length > 0 ? children.map((child) => child.text) : [text]).filter(
    (number) => number !== '',
  );
  if (numbers.length === 0) return undefined;
  const legs: Leg[] = numbers.map((to, index) => ({ id: randomUUID(), to, position: index + 1 }));
  const callback = targetOf(attributes['callbackUrl'], attributes['callbackMethod']);
  const { dialOutcome, ringMs, calleeHangsUpMs } = call.behaviour();
  const timeoutMs = secondsToMs(attributes['timeout'], DEFAULT_TIMEOUT_S);
  let state: 'ringing' | 'bridged' | 'over' = 'ringing';
  let answeredAt = 0;
  let next: RunningVerb | undefined;
  let stopListening = (): void => {};

  const tell = (event: string, action: string, leg: Leg, more: Record<string, string> = {}): void => {
    const format = call.behaviour().numberFormat;
    call.notify(callback, {
      ...call.commonForm(event),
      DialAction: action,
      DialALegUUID: call.record.id,
      DialBLegUUID: leg.id,
      DialBLegStatus: action,
      DialBLegFrom: numberText(attributes['callerId'] ?? call.record.from, format),
      DialBLegTo: numberText(leg.to, format),
      DialBLegPosition: String(leg.position),
      ...more,
    });
  };

  const tellHangup = (leg: Leg, hangup: Hangup): void => {
    const seconds = answeredAt === 0 ? 0 : Math.round((Date.now() - answeredAt) / 1000);
    tell('DialHangup', 'hangup', leg, {
      DialBLegDuration: String(seconds),
      DialBLegBillDuration: String(Math.ceil(seconds / 60) * 60),
      DialBLegHangupCause: hangup.cause,
      DialBLegHangupCauseCode: hangup.code,
      DialBLegHangupCauseName: hangup.name,
      DialBLegHangupSource: hangup.source,
    });
  };

  const actionForm = (status: DialStatus, hangup: Hangup): Record<string, string> => ({
    ...call.commonForm('Redirect'),
    DialStatus: status,
    DialRingStatus: 'true',
    DialHangupCause: hangup.cause,
    DialALegUUID: call.record.id,
    DialBLegUUID: status === 'completed' ? (legs[0]?.id ?? '') : '',
  });

  /** The dial is over and the call is not: what `action` gives comes next, or the elements that follow. */
  const goOn = (status: DialStatus, hangup: Hangup): void => {
    const wasBridged = state === 'bridged';
    state = 'over';
    stopListening();
    call.abandonScript();
    const action = targetOf(attributes['action'], attributes['method']);
    if (action !== undefined && isTrue(attributes['redirect'], true)) {
      const dead = { unreachable: HANGUPS.actionUnreachable, invalid: HANGUPS.invalidAction };
      next = call.continueWith(action, actionForm(status, hangup), dead);
      return;
    }
    call.notify(action, actionForm(status, hangup));
    if (wasBridged) call.hangUp(hangup);
  };

  const unanswered = (outcome: { readonly status: DialStatus; readonly hangup: Hangup }): void => {
    for (const leg of legs) tellHangup(leg, outcome.hangup);
    goOn(outcome.status, outcome.hangup);
  };

  const endBridge = (hangup: Hangup): void => {
    if (state !== 'bridged') return;
    if (legs[0] !== undefined) tellHangup(legs[0], hangup);
    goOn('completed', hangup);
  };

  const bridge = (winner: Leg, losers: readonly Leg[]): void => {
    state = 'bridged';
    answeredAt = Date.now();
    call.answer();
    tell('DialAnswer', 'answer', winner);
    tell('DialConnected', 'connected', winner);
    for (const loser of losers) tell('DialHangup', 'hangup', loser, lostRace());
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
    if (ringMs > timeoutMs) return unanswered({ status: 'timeout', hangup: HANGUPS.noAnswer });
    if (dialOutcome !== 'answer') return unanswered(UNANSWERED[dialOutcome]);
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
      const reason = hangup ?? HANGUPS.callerHungUp;
      for (const leg of wasBridged ? legs.slice(0, 1) : legs) tellHangup(leg, reason);
      if (!wasBridged || hangup === undefined) return;
      call.notify(targetOf(attributes['action'], attributes['method']), actionForm('completed', hangup));
    },
  };
}

function lostRace(): Record<string, string> {
  const { cause, code, name, source } = HANGUPS.lostRace;
  return {
    DialBLegDuration: '0',
    DialBLegBillDuration: '0',
    DialBLegHangupCause: cause,
    DialBLegHangupCauseCode: code,
    DialBLegHangupCauseName: name,
    DialBLegHangupSource: source,
  };
}
