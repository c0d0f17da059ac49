// One call of the fake Vapi: queued, ringing, in progress, perhaps forwarding, ended. All of it happens in frames:
// a frame is mixed and sent, what became known with it is told to listeners and to the server URL, and the agenda
// says what else is due.

import type { WebSocket } from 'ws';
import { withDials } from '../behaviour.ts';
import { FRAME_MS } from '../audio/pcm.ts';
import { sineTone } from '../audio/tone.ts';
import { createToneTrack } from '../audio/tone-track.ts';
import { createAgenda } from '../call/scheduler.ts';
import type { Answer, CallState, SimulatedCall } from '../call/call-state.ts';
import { createConversation } from '../call/conversation.ts';
import type { SayOptions } from '../call/conversation.ts';
import type { FrameClock } from '../call/frame-clock.ts';
import { createLedger } from '../call/call-log.ts';
import type { Fact, FinalFact } from '../call/timeline.ts';
import { createDeferred } from '../deferred.ts';
import { createCourier } from '../http/webhook-sender.ts';
import type { Script, SpeechLibrary } from '../speech/library.ts';
import type { Tone } from '../call/tone-request.ts';
import type { VapiBehaviour } from './behaviour.ts';
import { ASSISTANT_ID, describeCall, historyItem } from './call-object.ts';
import type { VapiCallType, VapiRecord, VapiStatus } from './call-object.ts';
import { obey } from './control/command-handlers.ts';
import { createControlDoor } from './control/control-endpoint.ts';
import type { ControlDoor } from './control/control-endpoint.ts';
import type { Command } from './control/commands.ts';
import { createListeners } from './listen/listeners.ts';
import * as messages from './webhook/messages.ts';
import type { ClientMessage } from './webhook/messages.ts';
import { createRequests, namesAssistant } from './webhook/server-requests.ts';
import type { AskFor } from './webhook/server-requests.ts';
import type { AudioFormat } from './transport/audio-format.ts';
import { createTransportLeg } from './transport/leg.ts';
import { uuidV7 } from './uuid-v7.ts';
import { createWebhookSender } from './webhook/message-sender.ts';
import type { Webhook } from './webhook/message-sender.ts';

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
  /** How the call came to be, unless a script says so. */
  readonly placed?: PlacedCall;
}

/** What the request that placed a call over REST asked for. */
export interface PlacedCall {
  readonly type: VapiCallType;
  readonly echo: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly assistantId?: string;
  readonly assistantName?: string;
  /** When a scheduled call begins, as epoch milliseconds. */
  readonly earliestAt?: number;
  /** A call over the transport socket has one. */
  readonly audioFormat?: AudioFormat;
}

/** A call of the fake Vapi. */
export interface VapiCall extends SimulatedCall {
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Placed over REST, and not over yet. */
  readonly countsAsPlaced: boolean;
  /** In progress: it can be listened to and told what to do. */
  readonly active: boolean;
  /** Whether one more may listen. */
  readonly hasRoom: boolean;
  readonly dials: VapiBehaviour;
  /** Counts what the control URL and the handshakes did. */
  readonly door: ControlDoor;
  /** The transport socket can be taken: nobody has, and the call waits for it. */
  readonly awaitsTransport: boolean;
  /** The call as REST shows it. */
  describe(): Record<string, unknown>;
  /** A new label. */
  rename(name: string): void;
  listen(socket: WebSocket): void;
  /** Somebody took the transport socket. */
  transport(socket: WebSocket): void;
  /** False when too much waits to be said already. `body` is the command as it came. */
  obey(command: Command, body?: unknown): boolean;
  /** Changes dials while the call lives. Throws a `RangeError` for one that does not exist. */
  dial(dials: object): void;
  /** Tells the server URL, the listeners or both anything at all. */
  tell(message: ClientMessage, to: 'webhook' | 'sockets' | 'all'): void;
  /** Asks the server URL; settles with its answer. */
  ask(what: AskFor): Promise<Answer>;
  /** Puts a tone on a side, for those who listen in. */
  tone(tone: Tone): void;
  end(reason: string): void;
  /** Stops at once and silently: the simulator goes away. */
  close(): void;
}

/** Begins a call, which then lives until it is over or closed. */
export function createVapiCall(deps: VapiCallDeps): VapiCall {
  const { origin, script, speech, clock, placed } = deps;
  const createdAt = Date.now();
  const record: VapiRecord = {
    id: uuidV7(createdAt),
    origin,
    script,
    type: placed?.type ?? (script.direction === 'inbound' ? 'inboundPhoneCall' : 'outboundPhoneCall'),
    echo: placed?.echo ?? {},
    dials: deps.behaviour,
    createdAt,
    updatedAt: createdAt,
    status: 'queued',
    startedAt: undefined,
    endedAt: undefined,
    endedReason: undefined,
    destination: undefined,
    assistantName: placed?.assistantName ?? 'Nova',
    assistantId: placed?.assistantId ?? ASSISTANT_ID,
    name: placed?.name,
    history: [
      { role: 'system', message: `You are Nova. ${script.title}.`, time: createdAt, secondsFromStart: 0 },
    ],
  };
  const agenda = createAgenda();
  const conversation = createConversation();
  const ledger = createLedger();
  const courier = createCourier();
  const socketOrigin = origin.replace(/^http/, 'ws');
  const tones = { inbound: createToneTrack(), outbound: createToneTrack() };
  const listeners = createListeners(`${socketOrigin}/${record.id}/listen`, record, agenda);
  const sender = createWebhookSender(deps.webhook, courier, record);
  const { promise: over, resolve: settle } = createDeferred<CallState>();
  let isOver = false;
  let idleMs = 0;
  let elapsedMs = 0;

  const tellSockets = (message: ClientMessage): void => {
    listeners.json(message);
    leg?.json(message);
  };
  const tell = (message: ClientMessage): void => {
    tellSockets(message);
    sender.post(message);
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
    if (leg === undefined) conversation.play(script.turns);
    else leg.begin();
    agenda.after(record.dials.maxDurationMs, () => hangUp('exceeded-max-duration'));
  };

  const isActive = (): boolean =>
    record.endedAt === undefined && (record.status === 'in-progress' || record.status === 'forwarding');

  const hangUp = (reason: string): void => {
    if (record.endedAt !== undefined) return;
    record.endedAt = Date.now();
    record.endedReason = reason;
    tellSockets(messages.statusUpdate(record, 'ended'));
    listeners.close();
    leg?.close();
    const { endedDelayMs, reportDelayMs } = record.dials;
    agenda.after(endedDelayMs, () => {
      record.status = 'ended';
      record.updatedAt = Date.now();
      if (record.dials.sendEnded) sender.post(messages.statusUpdate(record, 'ended'));
    });
    agenda.after(Math.max(reportDelayMs, endedDelayMs), () => {
      if (record.dials.sendReport) sender.post(messages.endOfCallReport(record));
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

  const publish = (fact: Fact): void => {
    tell(messages.factMessage(fact, record));
    if (fact.kind === 'transcript.final') remember(fact);
  };

  const say = (text: string, options?: SayOptions): boolean =>
    ledger.say(conversation, speech.voice(text), options);

  const order = (command: Command, body?: unknown): boolean =>
    obey(command, body, { record, conversation, ledger, agenda, say, tell, enter, hangUp });

  const requests = createRequests({ record, sender, tell, obey: order });

  const leg =
    placed?.audioFormat === undefined
      ? undefined
      : createTransportLeg({
          record,
          format: placed.audioFormat,
          conversation,
          speech,
          publish,
          elapsedMs: () => elapsedMs,
          obey: order,
          answer,
          hangUp,
        });

  const frame = (): void => {
    agenda.tick();
    if (!isActive()) return;
    const uplinked = leg?.hear();
    if (!isActive()) return;
    const moment = conversation.next();
    // First that somebody starts or has stopped, then the frame in which that is heard.
    for (const { fact } of moment.steps) publish(fact);
    const customer = tones.inbound.over(uplinked ?? moment.customer);
    const assistant = tones.outbound.over(moment.assistant);
    if (listeners.size > 0) listeners.audio(customer, assistant);
    leg?.speak(moment.assistant);
    elapsedMs += FRAME_MS;
    idleMs = conversation.idle && record.status === 'in-progress' ? idleMs + FRAME_MS : 0;
    if (leg === undefined && idleMs >= CLOSING_PAUSE_MS) hangUp('customer-ended-call');
  };

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
    received: [...ledger.received],
    answers: [...requests.answers],
    lost: [...sender.lost],
    ...(leg === undefined ? {} : { uplink: leg.state() }),
  });

  /** Nobody answers, the server URL is asked for an assistant first, or the conversation begins. */
  const pickUp = async (): Promise<void> => {
    const { unansweredReason, assistantRequest } = record.dials;
    if (record.endedAt !== undefined) return;
    if (unansweredReason !== '') return hangUp(unansweredReason);
    if (assistantRequest) {
      const { status, body } = await requests.ask({ type: 'assistant-request' });
      if (status !== 200) return hangUp('assistant-request-failed');
      if (!namesAssistant(body)) return hangUp('assistant-request-returned-no-assistant');
      if (record.endedAt !== undefined || isOver) return;
    }
    answer();
  };

  const dial = (): void => {
    if (record.endedAt !== undefined) return;
    enter('queued');
    const { queuedMs, ringingMs, transportJoinMs } = record.dials;
    if (leg !== undefined) {
      agenda.after(transportJoinMs, () => {
        if (!leg.connected) hangUp('call.in-progress.error-vapifault-transport-never-connected');
      });
      return;
    }
    agenda.after(queuedMs, () => {
      if (record.endedAt === undefined) enter('ringing');
    });
    agenda.after(queuedMs + ringingMs, () => void pickUp());
  };

  const waitMs = (placed?.earliestAt ?? 0) - createdAt;
  if (waitMs > 0) {
    enter('scheduled');
    agenda.after(waitMs, dial);
  } else {
    dial();
  }
  const unsubscribe = clock.onFrame(frame);

  return {
    id: record.id,
    createdAt,
    over,
    state,
    door: createControlDoor(),
    hangUp: () => hangUp(record.startedAt === undefined ? 'customer-did-not-answer' : 'customer-ended-call'),
    end: hangUp,
    get updatedAt() {
      return record.updatedAt;
    },
    get countsAsPlaced() {
      return placed !== undefined && record.endedAt === undefined;
    },
    get active() {
      return isActive();
    },
    get hasRoom() {
      return !listeners.full;
    },
    get dials() {
      return record.dials;
    },
    get awaitsTransport() {
      return leg !== undefined && !leg.connected && record.endedAt === undefined;
    },
    describe: () => describeCall(record),
    rename(name) {
      record.name = name;
      record.updatedAt = Date.now();
    },
    listen: (socket) => listeners.add(socket),
    transport: (socket) => leg?.attach(socket),
    obey: order,
    dial(dials) {
      record.dials = withDials(record.dials, dials);
    },
    tell(message, to) {
      if (to !== 'webhook') tellSockets(message);
      if (to !== 'sockets') sender.post(message);
    },
    ask: (what) => requests.ask(what),
    tone: ({ track, hz, dbfs, ms }) => tones[track].add(sineTone(hz, dbfs, ms)),
    close() {
      unsubscribe();
      listeners.close();
      leg?.close();
      courier.close();
      isOver = true;
      settle(state());
    },
  };
}
