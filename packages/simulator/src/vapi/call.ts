// One call of the fake Vapi: queued, ringing, in progress, perhaps forwarding, ended. All of it happens in frames:
// a frame is mixed and sent, what became known with it is told to listeners and to the server URL, and the agenda
// says what else is due.

import type { WebSocket } from 'ws';
import type { VapiBehaviour } from '../behaviour.ts';
import { encodeStereo, FRAME_MS } from '../audio/pcm.ts';
import { createAgenda } from '../call/agenda.ts';
import type { CallState, SimulatedCall } from '../call/call-state.ts';
import { createConversation } from '../call/conversation.ts';
import type { SayOptions } from '../call/conversation.ts';
import type { FrameClock } from '../call/frame-clock.ts';
import { createLedger } from '../call/ledger.ts';
import type { FinalFact, Step } from '../call/timeline.ts';
import { createDeferred } from '../deferred.ts';
import { createCourier } from '../http/courier.ts';
import type { Script, SpeechLibrary } from '../speech/library.ts';
import { describeCall, historyItem } from './call-object.ts';
import type { VapiRecord, VapiStatus } from './call-object.ts';
import { obey } from './control.ts';
import type { Command } from './commands.ts';
import { createListeners } from './listeners.ts';
import * as messages from './messages.ts';
import type { ClientMessage } from './messages.ts';
import { uuidV7 } from './uuid-v7.ts';
import { createWebhookSender } from './webhook.ts';
import type { Webhook } from './webhook.ts';

/** Nobody has anything left to say: the customer hangs up after this long. */
export const CLOSING_PAUSE_MS = 800;

/** What a call needs to live. */
export interface VapiCallDeps {
  readonly origin: string;
  readonly script: Script;
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly behaviour: VapiBehaviour;
  readonly webhook: Webhook;
}

/** A call of the fake Vapi. */
export interface VapiCall extends SimulatedCall {
  readonly createdAt: number;
  readonly updatedAt: number;
  /** In progress: it can be listened to and told what to do. */
  readonly active: boolean;
  /** Whether one more may listen. */
  readonly hasRoom: boolean;
  /** The call as REST shows it. */
  describe(): Record<string, unknown>;
  listen(socket: WebSocket): void;
  /** False when too much waits to be said already. */
  obey(command: Command): boolean;
  /** Stops at once and silently: the simulator goes away. */
  close(): void;
}

/** Begins a call, which then lives until it is over or closed. */
export function createVapiCall({
  origin,
  script,
  speech,
  clock,
  behaviour,
  webhook,
}: VapiCallDeps): VapiCall {
  const createdAt = Date.now();
  const record: VapiRecord = {
    id: uuidV7(createdAt),
    origin,
    script,
    createdAt,
    updatedAt: createdAt,
    status: 'queued',
    startedAt: undefined,
    endedAt: undefined,
    endedReason: undefined,
    destination: undefined,
    assistantName: 'Nova',
    history: [
      { role: 'system', message: `You are Nova. ${script.title}.`, time: createdAt, secondsFromStart: 0 },
    ],
  };
  const agenda = createAgenda();
  const conversation = createConversation();
  const ledger = createLedger();
  const courier = createCourier();
  const listeners = createListeners(`${origin.replace(/^http/, 'ws')}/${record.id}/listen`);
  const post = createWebhookSender(webhook, courier, record);
  const { promise: over, resolve: settle } = createDeferred<CallState>();
  let isOver = false;
  let idleMs = 0;

  const tell = (message: ClientMessage): void => {
    listeners.json(message);
    post(message);
  };
  const enter = (status: VapiStatus): void => {
    record.status = status;
    record.updatedAt = Date.now();
    tell(messages.statusUpdate(record, status));
  };

  const answer = (): void => {
    record.startedAt = Date.now();
    enter('in-progress');
    tell(messages.assistantStarted(record));
    conversation.play(script.turns);
    agenda.after(behaviour.maxDurationMs, () => hangUp('exceeded-max-duration'));
  };

  const isActive = (): boolean =>
    record.endedAt === undefined && (record.status === 'in-progress' || record.status === 'forwarding');

  const hangUp = (reason: string): void => {
    if (record.endedAt !== undefined) return;
    record.endedAt = Date.now();
    record.endedReason = reason;
    listeners.json(messages.statusUpdate(record, 'ended'));
    listeners.close();
    agenda.after(behaviour.endedDelayMs, () => {
      record.status = 'ended';
      record.updatedAt = Date.now();
      post(messages.statusUpdate(record, 'ended'));
    });
    agenda.after(Math.max(behaviour.reportDelayMs, behaviour.endedDelayMs), () => {
      post(messages.endOfCallReport(record));
      void finish();
    });
  };

  const finish = async (): Promise<void> => {
    unsubscribe();
    await courier.drained();
    isOver = true;
    settle(state());
  };

  const remember = (fact: FinalFact): void => {
    ledger.heard({ speaker: fact.speaker, text: fact.text, startMs: fact.startMs, endMs: fact.endMs });
    record.history.push(historyItem(fact, record.startedAt ?? createdAt));
    tell(messages.conversationUpdate(record));
  };

  const publish = ({ fact }: Step): void => {
    tell(messages.factMessage(fact, record));
    if (fact.kind === 'transcript.final') remember(fact);
  };

  const frame = (): void => {
    agenda.tick();
    if (!isActive()) return;
    const { customer, assistant, steps } = conversation.next();
    // First that somebody starts or has stopped, then the frame in which that is heard.
    steps.forEach(publish);
    if (listeners.size > 0) listeners.audio(encodeStereo(customer, assistant));
    idleMs = conversation.idle && record.status === 'in-progress' ? idleMs + FRAME_MS : 0;
    if (idleMs >= CLOSING_PAUSE_MS) hangUp('customer-ended-call');
  };

  const say = (text: string, options?: SayOptions): boolean =>
    ledger.say(conversation, speech.voice(text), options);

  const state = (): CallState => ({
    id: record.id,
    provider: 'vapi',
    script: script.name,
    status: record.status,
    endedReason: record.endedReason ?? null,
    createdAt,
    startedAt: record.startedAt ?? null,
    endedAt: record.endedAt ?? null,
    over: isOver,
    muted: { ...conversation.muted },
    commands: [...ledger.commands],
    said: ledger.said.map((entry) => ({ ...entry })),
    transcript: [...ledger.transcript],
    deliveries: { ...courier.counts },
    streams: listeners.states(),
  });

  enter('queued');
  agenda.after(behaviour.queuedMs, () => {
    if (record.endedAt === undefined) enter('ringing');
  });
  agenda.after(behaviour.queuedMs + behaviour.ringingMs, () => {
    if (record.endedAt === undefined) answer();
  });
  const unsubscribe = clock.onFrame(frame);

  return {
    id: record.id,
    createdAt,
    over,
    state,
    hangUp: () => hangUp(record.startedAt === undefined ? 'customer-did-not-answer' : 'customer-ended-call'),
    get updatedAt() {
      return record.updatedAt;
    },
    get active() {
      return isActive();
    },
    get hasRoom() {
      return !listeners.full;
    },
    describe: () => describeCall(record),
    listen: (socket) => listeners.add(socket),
    obey: (command) => obey(command, { record, conversation, ledger, agenda, say, tell, enter, hangUp }),
    close() {
      unsubscribe();
      listeners.close();
      courier.close();
      isOver = true;
      settle(state());
    },
  };
}
