// One call of the fake Vobiz: somebody rings a number, the number's application says what to do, and the call does
// it verb by verb. The line is open from the first verb on: every frame is mixed and goes to the streams.

import { randomUUID } from 'node:crypto';
import { FRAME_MS } from '../audio/pcm.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import { createAgenda } from '../call/agenda.ts';
import type { CallState, SimulatedCall } from '../call/call-state.ts';
import { createConversation } from '../call/conversation.ts';
import type { FrameClock } from '../call/frame-clock.ts';
import { createLedger } from '../call/ledger.ts';
import { createDeferred } from '../deferred.ts';
import { createCourier } from '../http/courier.ts';
import type { Delivered } from '../http/courier.ts';
import type { Script, SpeechLibrary } from '../speech/library.ts';
import { decodeAnswer } from './answer-xml.ts';
import type { Verb } from './answer-xml.ts';
import type { VobizRecord } from './forms.ts';
import { HANGUPS } from './hangup.ts';
import type { Hangup } from './hangup.ts';
import { createStream } from './stream.ts';
import type { Stream } from './stream.ts';
import { execute } from './verbs.ts';
import type { Executed, Hold } from './verbs.ts';
import { createWebhooks } from './webhooks.ts';
import type { Application } from './webhooks.ts';

/** Nobody has anything left to say: the caller hangs up after this long. */
export const CLOSING_PAUSE_MS = 800;

/** What a call needs to live. */
export interface VobizCallDeps {
  readonly authId: string;
  readonly from: string;
  readonly to: string;
  readonly script: Script;
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly behaviour: VobizBehaviour;
  readonly application: Application;
}

/** A call of the fake Vobiz. */
export interface VobizCall extends SimulatedCall {
  readonly record: Readonly<VobizRecord>;
  /** The application has not been asked yet what to do. */
  readonly queued: boolean;
  /** Speaks to one leg or both; false when too much waits to be said already. */
  speak(text: string, legs: string): boolean;
  stopSpeaking(): void;
  endByApi(): void;
  /** Stops at once and silently: the simulator goes away. */
  close(): void;
}

/** Begins a call, which then lives until it is over or closed. */
export function createVobizCall(deps: VobizCallDeps): VobizCall {
  const { authId, from, to, script, speech, clock, behaviour, application } = deps;
  const record: VobizRecord = {
    id: randomUUID(),
    authId,
    from,
    to,
    createdAt: Date.now(),
    answeredAt: undefined,
    endedAt: undefined,
    status: 'ringing',
    hangup: undefined,
  };
  const agenda = createAgenda();
  const conversation = createConversation();
  const ledger = createLedger();
  const courier = createCourier();
  const webhooks = createWebhooks(application, courier, record, behaviour);
  const streams: Stream[] = [];
  let verbs: Verb[] | undefined;
  let hold: Hold | undefined;
  let isOver = false;
  let conversing = false;
  let idleMs = 0;
  let lineMs = 0;
  const { promise: over, resolve: settle } = createDeferred<CallState>();

  const hasEnded = (): boolean => record.endedAt !== undefined;

  const answer = (): void => {
    if (hasEnded()) return;
    record.answeredAt ??= Date.now();
    record.status = 'in-progress';
  };

  const hangUp = (hangup: Hangup): void => {
    if (hasEnded()) return;
    record.endedAt = Date.now();
    record.status = 'completed';
    record.hangup = hangup;
    unsubscribe();
    void finish(hangup);
  };

  /** The streams close before the application is told that the call is over. */
  const finish = async (hangup: Hangup): Promise<void> => {
    await Promise.all(streams.map((stream) => stream.end()));
    await webhooks.hangup(hangup);
    await courier.drained();
    isOver = true;
    settle(state());
  };

  const begin = async (): Promise<void> => {
    const reply = await webhooks.ask(application.answerUrl, 'StartApp');
    follow(reply, HANGUPS.answerUnreachable, HANGUPS.invalidAnswer);
  };

  /** What an application said, or why the call cannot go on. */
  const follow = (reply: Delivered | undefined, unreachable: Hangup, invalid: Hangup): void => {
    if (hasEnded()) return;
    if (reply === undefined) return hangUp(unreachable);
    const decoded = isXml(reply) ? decodeAnswer(reply.text) : undefined;
    verbs = decoded ?? [];
    if (decoded !== undefined) return;
    answer();
    hold = () => true;
    agenda.after(behaviour.invalidAnswerMs, () => hangUp(invalid));
  };

  const executed: Executed = {
    agenda,
    ringMs: behaviour.ringMs,
    get silent() {
      return conversation.idle;
    },
    answer,
    speak: (text) => {
      ledger.say(conversation, speech.voice(text));
    },
    stream(spec) {
      const stream = createStream({ spec, record, behaviour, agenda, news: (news) => webhooks.stream(news) });
      streams.push(stream);
      return stream;
    },
    converse(withCallee) {
      conversing = true;
      conversation.play(
        withCallee ? script.turns : script.turns.filter(({ speaker }) => speaker === 'customer'),
      );
    },
    redirect(url) {
      let waiting = true;
      const fetchNext = async (): Promise<void> => {
        const reply = await webhooks.ask(url, 'Redirect');
        waiting = false;
        follow(reply, HANGUPS.redirectUnreachable, HANGUPS.invalidRedirect);
      };
      void fetchNext();
      return () => waiting;
    },
    hangUp,
  };

  const runVerbs = (): void => {
    if (hold !== undefined && !hold()) hold = undefined;
    while (hold === undefined && !hasEnded()) {
      const verb = verbs?.shift();
      if (verb === undefined) return hangUp(HANGUPS.endOfXml);
      hold = execute(verb, executed);
    }
  };

  const frame = (): void => {
    agenda.tick();
    if (verbs === undefined || hasEnded()) return;
    runVerbs();
    if (hasEnded()) return;
    const { customer, assistant, steps } = conversation.next();
    lineMs += FRAME_MS;
    for (const stream of streams) {
      stream.frame({ inbound: customer, outbound: assistant }, record.createdAt + lineMs);
    }
    for (const { fact } of steps) {
      if (fact.kind === 'transcript.final') {
        ledger.heard({ speaker: fact.speaker, text: fact.text, startMs: fact.startMs, endMs: fact.endMs });
      }
    }
    idleMs = conversing && conversation.idle ? idleMs + FRAME_MS : 0;
    if (idleMs >= CLOSING_PAUSE_MS) hangUp(HANGUPS.callerHungUp);
  };

  const state = (): CallState => ({
    id: record.id,
    provider: 'vobiz',
    script: script.name,
    status: record.status,
    endedReason: record.hangup?.code ?? null,
    createdAt: record.createdAt,
    startedAt: record.answeredAt ?? null,
    endedAt: record.endedAt ?? null,
    over: isOver,
    muted: { ...conversation.muted },
    commands: [...ledger.commands],
    said: ledger.said.map((entry) => ({ ...entry })),
    transcript: [...ledger.transcript],
    deliveries: { ...courier.counts },
    streams: streams.flatMap((stream) => stream.states()),
  });

  const unsubscribe = clock.onFrame(frame);
  void begin();

  return {
    id: record.id,
    record,
    over,
    state,
    hangUp: () => hangUp(record.answeredAt === undefined ? HANGUPS.cancelled : HANGUPS.callerHungUp),
    get queued() {
      return verbs === undefined && !hasEnded();
    },
    speak(text, legs) {
      ledger.command('speak');
      if (legs !== 'bleg') return ledger.say(conversation, speech.voice(text));
      ledger.saidElsewhere(text);
      return true;
    },
    stopSpeaking() {
      ledger.command('stop-speak');
      conversation.unsay();
    },
    endByApi() {
      ledger.command('hangup');
      hangUp(HANGUPS.byApi);
    },
    close() {
      unsubscribe();
      record.endedAt ??= Date.now();
      courier.close();
      for (const stream of streams) void stream.end();
      isOver = true;
      settle(state());
    },
  };
}

function isXml({ contentType }: Delivered): boolean {
  return /^(application|text)\/xml\b/.test(contentType);
}
