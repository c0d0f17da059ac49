// One call of the fake Vobiz: somebody rings a number, or is rung, the application says what to do, and the call does
// it verb by verb. The line is open from the first verb on: every frame is mixed and goes to the streams.

import { randomUUID } from 'node:crypto';
import { FRAME_MS } from '../audio/pcm.ts';
import { sineTone } from '../audio/tone.ts';
import { withDials } from '../behaviour.ts';
import { createAgenda } from '../call/scheduler.ts';
import type { CallState } from '../call/call-state.ts';
import { createConversation } from '../call/conversation.ts';
import { createLedger } from '../call/call-log.ts';
import { createDeferred } from '../deferred.ts';
import { createCourier } from '../http/webhook-sender.ts';
import type { Delivered } from '../http/webhook-sender.ts';
import { decodeAnswer } from './verbs/answer-xml.ts';
import type { Verb } from './verbs/answer-xml.ts';
import type { VobizBehaviour } from './behaviour.ts';
import { DEFAULT_TIME_LIMIT_S } from './call-contract.ts';
import type { VobizCall, VobizCallDeps } from './call-contract.ts';
import type { Member } from './line/conference.ts';
import type { VobizRecord } from './webhook/forms.ts';
import { HANGUPS } from './webhook/hangup.ts';
import type { Hangup } from './webhook/hangup.ts';
import { createLine } from './line/line.ts';
import { createPlayer } from './line/player.ts';
import { createRecordings, restRecordingForm } from './line/recordings.ts';
import { createSigner } from './webhook/signature.ts';
import { createStream } from './stream/stream.ts';
import type { Stream } from './stream/stream.ts';
import type { StreamSpec } from './stream/stream-format.ts';
import { execute } from './verbs/verbs.ts';
import type { Dead, Executed, Hold } from './verbs/verb-context.ts';
import { createWebhooks } from './webhook/webhooks.ts';
import type { Form, Target } from './webhook/webhooks.ts';

/** How many notes about one call are kept. */
export const MAX_NOTES = 100;
/** How many digits of one call are kept in each direction. */
export const MAX_DIGITS = 1_000;

const SPEECH_PEAK = 100;

/** Begins a call, which then lives until it is over or closed. */
export function createVobizCall(deps: VobizCallDeps): VobizCall {
  const { authId, direction, from, to, script, speech, clock, application } = deps;
  let behaviour = deps.behaviour;
  const dials = (): VobizBehaviour => behaviour;
  const record: VobizRecord = {
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
  };
  const agenda = createAgenda();
  const conversation = createConversation();
  const ledger = createLedger();
  const courier = createCourier();
  const sign = createSigner(deps.keys, dials);
  const webhooks = createWebhooks({ application, courier, record, dials, sign });
  const line = createLine(conversation);
  const recordings = createRecordings(agenda);
  const closing = new AbortController();
  const streams: Stream[] = [];
  const xmlStreams = new Set<Stream>();
  const keyListeners = new Set<(digit: string) => void>();
  const notes: string[] = [];
  let verbs: Verb[] | undefined;
  let current: Hold | undefined;
  let member: Member | undefined;
  let isOver = false;
  let isConversing = false;
  let idleMs = 0;
  let lineMs = 0;
  let digitsSent = '';
  let digitsPressed = '';
  const { promise: over, resolve: settle } = createDeferred<CallState>();

  const hasEnded = (): boolean => record.endedAt !== undefined;
  const now = (): number => record.createdAt + lineMs;

  const note = (text: string): void => {
    notes.push(text);
    if (notes.length > MAX_NOTES) notes.shift();
  };
  const player = createPlayer({ line, signal: closing.signal, note });

  const answer = (): void => {
    if (hasEnded()) return;
    record.answeredAt ??= Date.now();
    record.status = 'in-progress';
  };

  /** What holds the call lets go of it. */
  const letGo = (hangup: Hangup | undefined): void => {
    const held = current;
    current = undefined;
    held?.leave?.(hangup);
  };

  const hangUp = (hangup: Hangup): void => {
    if (hasEnded()) return;
    record.endedAt = Date.now();
    record.hangup = hangup;
    letGo(hangup);
    record.status = 'completed';
    recordings.stopAll('HungUp');
    unsubscribe();
    void finish(hangup);
  };

  /** The streams close before the application is told that the call is over, unless dialled otherwise. */
  const finish = async (hangup: Hangup): Promise<void> => {
    const told = behaviour.hangupOrder === 'before-close' ? webhooks.hangup(hangup) : undefined;
    await told;
    await Promise.all(streams.map((stream) => stream.end()));
    if (told === undefined) await webhooks.hangup(hangup);
    await courier.drained();
    closing.abort();
    isOver = true;
    settle(state());
  };

  /** What an application said, or why the call cannot go on. */
  const follow = (reply: Delivered | undefined, { unreachable, invalid }: Dead): void => {
    if (hasEnded()) return;
    if (reply === undefined) return hangUp(unreachable);
    const decoded = isXml(reply) ? decodeAnswer(reply.text) : undefined;
    verbs = decoded ?? [];
    if (decoded !== undefined) return;
    answer();
    current = { holds: () => true };
    agenda.after(behaviour.invalidAnswerMs, () => hangUp(invalid));
  };

  const askForAnswer = async (): Promise<void> => {
    const { answerUrl: url, answerMethod: method = 'POST', fallback } = application;
    const target = url === undefined ? undefined : { url, method };
    const form = webhooks.common('StartApp');
    const reply = (await webhooks.ask(target, form)) ?? (await webhooks.ask(fallback, form));
    follow(reply, { unreachable: HANGUPS.answerUnreachable, invalid: HANGUPS.invalidAnswer });
  };

  const UNANSWERED = {
    busy: HANGUPS.lineBusy,
    'no-answer': HANGUPS.noAnswer,
    failed: HANGUPS.carrierFailed,
  } as const;

  const begin = (): void => {
    if (direction === 'inbound') return void askForAnswer();
    webhooks.tell(application.ring, webhooks.common('Ring'));
    agenda.after(behaviour.ringMs, () => {
      if (hasEnded()) return;
      if (behaviour.callOutcome !== 'answer') return hangUp(UNANSWERED[behaviour.callOutcome]);
      answer();
      void askForAnswer();
    });
  };

  const goTo = (target: Target | undefined, form: Form, dead: Dead): Hold => {
    let isWaiting = true;
    const fetchNext = async (): Promise<void> => {
      const reply = await webhooks.ask(target, form);
      isWaiting = false;
      follow(reply, dead);
    };
    void fetchNext();
    return { holds: () => isWaiting };
  };

  const addStream = (spec: StreamSpec): Stream => {
    const stream = createStream({
      spec,
      record,
      behaviour: dials,
      agenda,
      news: (news) => webhooks.stream(news),
    });
    streams.push(stream);
    return stream;
  };

  const sendDigits = (digits: string): void => {
    digitsSent = (digitsSent + digits).slice(-MAX_DIGITS);
  };

  const abandon = (): void => {
    conversation.abandon();
    isConversing = false;
  };

  const executed: Executed = {
    agenda,
    record,
    recordings,
    behaviour: dials,
    get silent() {
      return conversation.idle;
    },
    get callerQuietMs() {
      return line.quietMs;
    },
    answer,
    speak: (text) => void ledger.say(conversation, speech.voice(text)),
    play: (urls) => player.play(urls),
    stream(spec) {
      const stream = addStream(spec);
      xmlStreams.add(stream);
      return stream;
    },
    converse(withCallee) {
      conversation.abandon();
      isConversing = true;
      const { turns } = script;
      conversation.play(withCallee ? turns : turns.filter(({ speaker }) => speaker === 'customer'));
    },
    abandon,
    sendDigits,
    onDigit(listener) {
      keyListeners.add(listener);
      return () => keyListeners.delete(listener);
    },
    enterRoom(name, seat, muted) {
      member = deps.rooms.enter(
        name,
        {
          ...seat,
          record,
          say: (text) => ledger.say(conversation, speech.voice(text)),
          play: (url) => void player.play([url]),
          stopPlaying: () => player.stop(),
          hangUp: () => hangUp(HANGUPS.byApi),
          left(gone, last) {
            member = undefined;
            seat.left(gone, last);
          },
        },
        muted,
      );
      return member;
    },
    common: (event) => webhooks.common(event),
    tell: (target, form) => webhooks.tell(target, form),
    async askXml(target, form) {
      const reply = await webhooks.ask(target, form);
      const decoded = reply !== undefined && isXml(reply) ? decodeAnswer(reply.text) : undefined;
      return hasEnded() ? [] : (decoded ?? []);
    },
    goTo,
    hangUp,
    note,
  };

  const runVerbs = (): void => {
    if (current !== undefined && !current.holds()) current = undefined;
    while (current === undefined && !hasEnded()) {
      const verb = verbs?.shift();
      if (verb === undefined) return hangUp(HANGUPS.endOfXml);
      const held = execute(verb, executed);
      // A call that ended meanwhile is held by nothing.
      if (hasEnded()) held?.leave?.(record.hangup);
      else current = held;
    }
  };

  const frame = (): void => {
    agenda.tick();
    if (verbs === undefined || hasEnded()) return;
    runVerbs();
    if (hasEnded()) return;
    player.frame();
    const room = member?.hear();
    const { tracks, steps } = line.next({
      played: streams.flatMap((stream) => stream.play() ?? []),
      room,
      playedOnOutbound: behaviour.playedOnOutbound,
      muted: member?.muted ?? false,
      deaf: member?.deaf ?? false,
    });
    member?.speak(tracks.inbound);
    lineMs += FRAME_MS;
    for (const stream of streams) stream.frame(tracks, now());
    for (const { fact } of steps) {
      if (fact.kind === 'transcript.final') {
        ledger.heard({ speaker: fact.speaker, text: fact.text, startMs: fact.startMs, endMs: fact.endMs });
      }
    }
    const isRoomLoud = room?.some((sample) => Math.abs(sample) > SPEECH_PEAK) ?? false;
    const isIdle =
      isConversing &&
      conversation.idle &&
      line.idle &&
      player.idle &&
      !isRoomLoud &&
      streams.every(({ idle }) => idle);
    idleMs = isIdle ? idleMs + FRAME_MS : 0;
    if (idleMs >= behaviour.patienceMs) hangUp(HANGUPS.callerHungUp);
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
    vobiz: {
      direction,
      from,
      to,
      digitsSent,
      digitsPressed,
      recordings: recordings.all.map(({ id, startedAt, endedAt, endReason }) => ({
        id,
        startedAt,
        endedAt,
        endReason,
      })),
      conference: member?.room.name ?? null,
      notes: [...notes],
    },
  });

  const transferLeg = async (target: Target): Promise<void> => {
    const reply = await webhooks.ask(target, webhooks.common('Transfer'));
    if (hasEnded()) return;
    letGo(undefined);
    abandon();
    // An XML stream ends without a word about it; what REST attached stays.
    for (const stream of xmlStreams) void stream.end();
    xmlStreams.clear();
    follow(reply, { unreachable: HANGUPS.transferUnreachable, invalid: HANGUPS.invalidTransfer });
  };

  const unsubscribe = clock.onFrame(frame);
  agenda.after((deps.timeLimitS ?? DEFAULT_TIME_LIMIT_S) * 1000, () => hangUp(HANGUPS.timeLimit));
  begin();

  return {
    id: record.id,
    record,
    streams,
    over,
    state,
    hangUp: () => hangUp(record.answeredAt === undefined ? HANGUPS.cancelled : HANGUPS.callerHungUp),
    get behaviour() {
      return behaviour;
    },
    get queued() {
      return verbs === undefined && !hasEnded();
    },
    dial(changes) {
      behaviour = withDials(behaviour, changes);
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
    play(urls, legs) {
      ledger.command('play');
      if (legs !== 'bleg') player.play(urls);
    },
    stopPlaying() {
      ledger.command('stop-play');
      player.stop();
    },
    sendDigits(digits) {
      ledger.command('dtmf');
      sendDigits(digits);
    },
    startRecording({ format, timeLimitS, callback }) {
      ledger.command('record');
      return recordings.start({
        format,
        maxMs: timeLimitS * 1000,
        onEnd: (recording) => webhooks.tell(callback, restRecordingForm(recording, record.id)),
      });
    },
    stopRecording(url) {
      ledger.command('stop-record');
      for (const recording of recordings.all) {
        if (url === undefined || recording.url === url) recordings.stop(recording, 'ApiRequest');
      }
    },
    startStream(spec) {
      ledger.command('stream');
      return addStream(spec);
    },
    transfer(aleg, bleg) {
      ledger.command('transfer');
      if (bleg !== undefined) void webhooks.ask(bleg, webhooks.common('Transfer'));
      if (aleg !== undefined) void transferLeg(aleg);
      else letGo(undefined);
    },
    endByApi() {
      ledger.command('hangup');
      hangUp(HANGUPS.byApi);
    },
    endOfXml: () => hangUp(HANGUPS.endOfXml),
    press(digits) {
      if (hasEnded()) return;
      digitsPressed = (digitsPressed + digits).slice(-MAX_DIGITS);
      for (const digit of digits) {
        for (const stream of streams) stream.press(digit, now());
        for (const listener of keyListeners) listener(digit);
      }
    },
    tone: ({ track, hz, dbfs, ms }) => void line.sound(track, sineTone(hz, dbfs, ms)),
    heard: () => line.heard(),
    close() {
      unsubscribe();
      record.endedAt ??= Date.now();
      closing.abort();
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
