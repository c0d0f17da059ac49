// One call of the simulated Vobiz. A person calls a number, or is called; the application answers with XML, and the
// call runs it verb by verb. From the first verb on, every 20 ms frame of the line is mixed and sent to the streams.

import { randomUUID } from 'node:crypto';
import { sineTone } from '../../audio/tone.ts';
import { mergeBehaviour } from '../../behaviour.ts';
import { createCallLog } from '../../call/call-log.ts';
import type { CallState } from '../../call/call-state.ts';
import { createConversation } from '../../call/conversation.ts';
import { createScheduler } from '../../call/scheduler.ts';
import { createDeferred } from '../../deferred.ts';
import { createWebhookSender } from '../../http/webhook-sender.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import { createLine } from '../line/line.ts';
import { createPlayer } from '../line/player.ts';
import { createRecordings } from '../line/recordings.ts';
import type { VobizRecord } from '../webhook/forms.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import { createSigner } from '../webhook/signature.ts';
import { createWebhooks } from '../webhook/webhooks.ts';
import { DEFAULT_TIME_LIMIT_S } from './call-contract.ts';
import type { VobizCall, VobizCallDeps } from './call-contract.ts';
import { runFrame } from './call-frame.ts';
import { addNote, hasEnded } from './call-parts.ts';
import type { VobizCallParts } from './call-parts.ts';
import { stateOf } from './call-snapshot.ts';
import { createVerbContext } from './call-verb-context.ts';
import { requestAnswer } from './instructions.ts';
import { answer, closeCall, hangUp } from './lifecycle.ts';
import { pressDigits } from './line-operations.ts';
import { createRestCommands } from './rest-commands.ts';

/** The hangup of a call that REST placed and the callee did not answer. */
const UNANSWERED = {
  busy: HANGUPS.lineBusy,
  'no-answer': HANGUPS.noAnswer,
  failed: HANGUPS.carrierFailed,
} as const;

/** Creates and starts a call. It lives until it is over or closed. */
export function createVobizCall(deps: VobizCallDeps): VobizCall {
  const { promise: over, resolve: settle } = createDeferred<CallState>();
  const call = createParts(deps, settle);
  const { record } = call;
  const context = createVerbContext(call);
  call.unsubscribe = deps.clock.onFrame(() => runFrame(call, context));
  const timeLimitMs = (deps.timeLimitS ?? DEFAULT_TIME_LIMIT_S) * 1000;
  call.scheduler.after(timeLimitMs, () => hangUp(call, HANGUPS.timeLimit));
  startCall(call);

  return {
    id: record.id,
    record,
    streams: call.streams,
    over,
    state: () => stateOf(call),
    get behaviour() {
      return call.behaviour;
    },
    get queued() {
      return call.verbs === undefined && !hasEnded(call);
    },
    setBehaviour(changes) {
      call.behaviour = mergeBehaviour(call.behaviour, changes);
    },
    ...createRestCommands(call),
    hangUp: () => hangUp(call, record.answeredAt === undefined ? HANGUPS.cancelled : HANGUPS.callerHungUp),
    converse: ({ turns }) => call.conversation.play(turns),
    press: (digits) => pressDigits(call, digits),
    tone: ({ track, hz, dbfs, ms }) => void call.line.play(track, sineTone(hz, dbfs, ms)),
    heard: () => call.line.heard(),
    close: () => closeCall(call),
  };
}

function createParts(deps: VobizCallDeps, settle: VobizCallParts['settle']): VobizCallParts {
  const record = createRecord(deps);
  let behaviour = deps.behaviour;
  const currentBehaviour = (): VobizBehaviour => behaviour;
  const scheduler = createScheduler();
  const conversation = createConversation();
  const webhookSender = createWebhookSender();
  const line = createLine(conversation);
  const closing = new AbortController();
  const notes: string[] = [];
  const { application, keys } = deps;
  return {
    deps,
    record,
    scheduler,
    conversation,
    callLog: createCallLog(),
    webhookSender,
    webhooks: createWebhooks({
      application,
      webhookSender,
      record,
      behaviour: currentBehaviour,
      sign: createSigner(keys, currentBehaviour),
    }),
    line,
    player: createPlayer({ line, signal: closing.signal, note: (text) => addNote(notes, text) }),
    recordings: createRecordings(scheduler),
    closing,
    streams: [],
    xmlStreams: new Set(),
    digitListeners: new Set(),
    notes,
    settle,
    get behaviour() {
      return behaviour;
    },
    set behaviour(changed) {
      behaviour = changed;
    },
    verbs: undefined,
    runningVerb: undefined,
    member: undefined,
    isScriptRunning: false,
    idleMs: 0,
    lineMs: 0,
    digitsSent: '',
    digitsPressed: '',
    isOver: false,
    unsubscribe: () => {},
  };
}

function createRecord({ authId, direction, from, to }: VobizCallDeps): VobizRecord {
  return {
    id: randomUUID(),
    authId,
    direction,
    from,
    to,
    createdAt: Date.now(),
    answeredAt: undefined,
    endedAt: undefined,
    status: 'ringing',
    hangup: undefined,
    clockOffsetMs: 0,
    legs: [],
  };
}

/** Requests the instructions: immediately for an inbound call, after ringing for an outbound one. */
function startCall(call: VobizCallParts): void {
  const { webhooks, deps } = call;
  if (deps.direction === 'inbound') return void requestAnswer(call);
  webhooks.notify(deps.application.ring, webhooks.commonForm('Ring'));
  call.scheduler.after(call.behaviour.ringMs, () => {
    const { callOutcome } = call.behaviour;
    if (hasEnded(call)) return;
    if (callOutcome !== 'answer') return hangUp(call, UNANSWERED[callOutcome]);
    answer(call);
    void requestAnswer(call);
  });
}
