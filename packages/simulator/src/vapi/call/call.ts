// One call of the simulated Vapi. Everything happens in frames of 20 ms: a frame of both parties is mixed and sent,
// its events go to the sockets and the server URL, and the scheduler runs delayed actions.

import { createToneTrack } from '../../audio/tone-track.ts';
import { sineTone } from '../../audio/tone.ts';
import { mergeBehaviour } from '../../behaviour.ts';
import { createCallLog } from '../../call/call-log.ts';
import type { CallState } from '../../call/call-state.ts';
import { createConversation } from '../../call/conversation.ts';
import { createScheduler } from '../../call/scheduler.ts';
import { createDeferred } from '../../deferred.ts';
import { createWebhookSender } from '../../http/webhook-sender.ts';
import { executeCommand } from '../control/command-handlers.ts';
import type { Command } from '../control/commands.ts';
import { unsupportedReason } from '../gpt-live.ts';
import { createListeners } from '../listen/listeners.ts';
import type { AudioFormat } from '../transport/audio-format.ts';
import { createTransportLeg } from '../transport/leg.ts';
import type { TransportLeg } from '../transport/leg.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { createMessageSender } from '../webhook/message-sender.ts';
import { createServerRequests } from '../webhook/server-requests.ts';
import type { VapiCall, VapiCallDeps } from './call-contract.ts';
import { runFrame } from './call-frame.ts';
import { reportSpeech, sendToAll, sendToSockets, setStatus } from './call-messages.ts';
import { ASSISTANT_ID, cloudTime, describeCall } from './call-object.ts';
import type { VapiRecord } from './call-object.ts';
import { isActive } from './call-parts.ts';
import type { VapiCallParts } from './call-parts.ts';
import { stateOf } from './call-snapshot.ts';
import { answer, closeCall, hangUp, startCall } from './lifecycle.ts';

/** Creates and starts a call. It lives until it is over or closed. */
export function createVapiCall(deps: VapiCallDeps): VapiCall {
  const { placed } = deps;
  const { promise: over, resolve: settle } = createDeferred<CallState>();
  const call = createParts(deps, settle);
  const { record, listeners } = call;
  if (placed?.audioFormat !== undefined) call.leg = createLeg(call, placed.audioFormat);
  startCall(call, placed?.earliestAt);
  call.unsubscribe = deps.clock.onFrame(() => runFrame(call));

  return {
    id: record.id,
    createdAt: record.createdAt,
    over,
    state: () => stateOf(call),
    faultCounters: { failedCommands: 0, rejectedHandshakes: 0 },
    hangUp: () =>
      hangUp(call, record.startedAt === undefined ? 'customer-did-not-answer' : 'customer-ended-call'),
    converse: ({ turns }) => call.conversation.play(turns),
    end: (reason) => hangUp(call, reason),
    get updatedAt() {
      return record.updatedAt;
    },
    get countsTowardsLimit() {
      return placed !== undefined && record.endedAt === undefined;
    },
    get active() {
      return isActive(call);
    },
    get acceptsListeners() {
      return !listeners.isFull;
    },
    get behaviour() {
      return record.behaviour;
    },
    get awaitsTransport() {
      return call.leg !== undefined && !call.leg.connected && record.endedAt === undefined;
    },
    describe: () => describeCall(record),
    unsupportedReason: (command) => unsupportedReason(record, command),
    rename(name) {
      record.name = name;
      record.updatedAt = cloudTime(record);
    },
    addListener: (socket) => listeners.add(socket),
    attachTransport: (socket) => call.leg?.attach(socket),
    execute: (command, body) => execute(call, command, body),
    setBehaviour(changes) {
      record.behaviour = mergeBehaviour(record.behaviour, changes);
    },
    send(message, to) {
      if (to !== 'webhook') sendToSockets(call, message);
      if (to !== 'sockets') call.messageSender.send(message);
    },
    request: (request) => call.requests.send(request),
    tone: ({ track, hz, dbfs, ms }) => call.tones[track].add(sineTone(hz, dbfs, ms)),
    close: () => closeCall(call),
  };
}

function createParts(deps: VapiCallDeps, settle: VapiCallParts['settle']): VapiCallParts {
  const record = createRecord(deps);
  const scheduler = createScheduler();
  const webhookSender = createWebhookSender();
  const messageSender = createMessageSender(deps.webhook, webhookSender, record);
  const listenUrl = `${deps.origin.replace(/^http/, 'ws')}/${record.id}/listen`;
  const call: VapiCallParts = {
    record,
    speech: deps.speech,
    scheduler,
    conversation: createConversation(),
    callLog: createCallLog(),
    webhookSender,
    messageSender,
    requests: createServerRequests({
      record,
      messageSender,
      send: (message) => sendToAll(call, message),
      execute: (command) => execute(call, command),
    }),
    listeners: createListeners(listenUrl, record, scheduler),
    tones: { inbound: createToneTrack(), outbound: createToneTrack() },
    settle,
    leg: undefined,
    unsubscribe: () => {},
    elapsedMs: 0,
    idleMs: 0,
    isOver: false,
  };
  return call;
}

function createRecord({ origin, script, behaviour, placed }: VapiCallDeps): VapiRecord {
  const createdAt = Date.now();
  return {
    id: uuidV7(createdAt),
    origin,
    script,
    type: placed?.type ?? (script.direction === 'inbound' ? 'inboundPhoneCall' : 'outboundPhoneCall'),
    requestFields: placed?.requestFields ?? {},
    behaviour,
    createdAt,
    updatedAt: createdAt,
    status: 'queued',
    startedAt: undefined,
    endedAt: undefined,
    endedReason: undefined,
    assistantSince: undefined,
    contextFrom: 0,
    clockOffsetMs: 0,
    destination: undefined,
    assistantName: placed?.assistantName ?? 'Nova',
    assistantId: placed?.assistantId ?? ASSISTANT_ID,
    name: placed?.name,
    history: [
      { role: 'system', message: `You are Nova. ${script.title}.`, time: createdAt, secondsFromStart: 0 },
    ],
  };
}

function createLeg(call: VapiCallParts, format: AudioFormat): TransportLeg {
  return createTransportLeg({
    record: call.record,
    format,
    conversation: call.conversation,
    speech: call.speech,
    reportSpeech: (event) => reportSpeech(call, event),
    elapsedMs: () => call.elapsedMs,
    execute: (command, body) => execute(call, command, body),
    answer: () => answer(call),
    hangUp: (reason) => hangUp(call, reason),
  });
}

function execute(call: VapiCallParts, command: Command, body?: unknown): boolean {
  const { record, conversation, callLog, scheduler, speech } = call;
  return executeCommand(command, body, {
    record,
    conversation,
    callLog,
    scheduler,
    say: (text, options) => callLog.say(conversation, speech.voice(text), options),
    send: (message) => sendToAll(call, message),
    setStatus: (status) => setStatus(call, status),
    hangUp: (reason) => hangUp(call, reason),
  });
}
