// A call whose customer is whoever holds the transport socket. Nobody has a script for what comes up: speech is
// told from silence by its loudness, and every turn of the customer is followed by the assistant's next one. What
// the customer said is what the script thought they would say, because there is no transcriber.

import type { RawData, WebSocket } from 'ws';
import { FRAME_MS } from '../../audio/pcm.ts';
import type { UplinkState } from '../../call/call-state.ts';
import type { Conversation } from '../../call/conversation.ts';
import type { Fact } from '../../call/timeline.ts';
import type { SpeechLibrary, Turn } from '../../speech/library.ts';
import type { VapiRecord } from '../call-object.ts';
import { decodeCommand } from '../control/commands.ts';
import type { Command } from '../control/commands.ts';
import { closeSocket, send } from '../listen/listeners.ts';
import type { ClientMessage } from '../webhook/messages.ts';
import { jsonObject } from '../../http/http-request.ts';
import { createDownlink } from './downlink.ts';
import type { AudioFormat } from './audio-format.ts';
import { createSpeechDetector } from './speech-detector.ts';
import { createUplink } from './uplink.ts';

/** What is heard when the script has no words left for the customer. */
export const UNSCRIPTED_TEXT = '(speech)';
/** What the assistant says when the script has no words left for it. */
export const UNSCRIPTED_ANSWER = 'One moment, please.';

const CLOSE_CALL_ENDED = 1000;

/** What a leg acts on: one call. */
export interface LegDeps {
  readonly record: VapiRecord;
  readonly format: AudioFormat;
  readonly conversation: Conversation;
  readonly speech: SpeechLibrary;
  publish(fact: Fact): void;
  /** How long the conversation has been going on. */
  elapsedMs(): number;
  obey(command: Command, body: unknown): boolean;
  answer(): void;
  hangUp(reason: string): void;
}

/** See the top of the file. */
export interface TransportLeg {
  readonly connected: boolean;
  attach(socket: WebSocket): void;
  /** The assistant begins, if the script lets it. */
  begin(): void;
  json(message: ClientMessage): void;
  /** Hears a frame from the customer, before the call mixes the same frame. */
  hear(): Int16Array;
  /** Takes the assistant's frame down. */
  speak(assistant: Int16Array): void;
  state(): UplinkState | null;
  close(): void;
}

/** The leg of one call. */
export function createTransportLeg(deps: LegDeps): TransportLeg {
  const { record, conversation } = deps;
  const uplink = createUplink(deps.format);
  const downlink = createDownlink(deps.format, () => record.dials);
  const detector = createSpeechDetector(record.dials.speechRms, record.dials.endpointingMs);
  const script = [...record.script.turns];
  let socket: WebSocket | undefined;
  let ignored = 0;
  let silentMs = 0;
  let withoutAudioMs = 0;
  let turn = 0;
  let startMs = 0;
  let announced: unknown;

  /** The turns of the script up to the customer's next one. */
  const playOn = (): void => {
    const next: Turn[] = [];
    while (script[0]?.speaker === 'assistant') next.push(...script.splice(0, 1));
    if (next.length > 0) return conversation.play(next.map((one) => ({ ...one, cutsIn: false })));
    conversation.play([{ ...deps.speech.voice(UNSCRIPTED_ANSWER), cutsIn: false }]);
  };

  const customerStarts = (): void => {
    turn = conversation.takeTurn();
    startMs = deps.elapsedMs();
    if (conversation.cutOff()) deps.publish({ kind: 'interrupted', turn });
    conversation.hold(true);
    deps.publish({ kind: 'speech.started', speaker: 'customer', turn });
  };

  const customerStops = (): void => {
    const text = script[0]?.speaker === 'customer' ? (script.shift()?.text ?? '') : UNSCRIPTED_TEXT;
    const endMs = deps.elapsedMs();
    deps.publish({ kind: 'speech.stopped', speaker: 'customer', turn });
    deps.publish({ kind: 'transcript.final', speaker: 'customer', turn, text, startMs, endMs });
    conversation.hold(false);
    playOn();
  };

  const watch = (): void => {
    const isSilent = !detector.speaking && conversation.speaking('assistant') === undefined;
    silentMs = isSilent ? silentMs + FRAME_MS : 0;
    withoutAudioMs += FRAME_MS;
    if (silentMs >= record.dials.silenceTimeoutMs) deps.hangUp('silence-timed-out');
    if (withoutAudioMs >= record.dials.customerAudioTimeoutMs)
      deps.hangUp('call.in-progress.error-assistant-did-not-receive-customer-audio');
  };

  const told = (text: string): void => {
    const fields = jsonObject(text);
    if (fields?.['type'] === 'hangup') return deps.hangUp('customer-ended-call');
    const command = decodeCommand(text);
    if (typeof command === 'string' || !deps.obey(command, fields)) ignored += 1;
  };

  const receive = (data: RawData, isBinary: boolean): void => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : []);
    if (!isBinary) return told(bytes.toString('utf8'));
    withoutAudioMs = 0;
    uplink.push(bytes);
  };

  return {
    get connected() {
      return socket !== undefined;
    },
    attach(accepted) {
      socket = accepted;
      accepted.on('error', () => {});
      accepted.on('message', receive);
      accepted.on('close', () => deps.hangUp('customer-ended-call'));
      deps.answer();
    },
    begin() {
      if (script[0]?.speaker === 'assistant') playOn();
    },
    json(message) {
      if (socket !== undefined) send(socket, JSON.stringify(message));
    },
    hear() {
      const frame = uplink.take();
      const change = conversation.muted.customer ? undefined : detector.frame(frame);
      if (change === 'started') customerStarts();
      if (change === 'stopped') customerStops();
      watch();
      return conversation.muted.customer ? new Int16Array(frame.length) : frame;
    },
    speak(assistant) {
      const spoken = conversation.speaking('assistant')?.utterance;
      if (spoken !== announced && spoken !== undefined) {
        this.json({ type: 'voice-input', input: spoken.text });
      }
      announced = spoken;
      for (const frame of downlink.frame(assistant, conversation)) {
        if (socket !== undefined) send(socket, frame);
      }
    },
    state: () =>
      socket === undefined ? null : { ...uplink.measured(), ignored, downlinkMs: downlink.sentMs },
    close() {
      if (socket !== undefined) closeSocket(socket, CLOSE_CALL_ENDED);
    },
  };
}
