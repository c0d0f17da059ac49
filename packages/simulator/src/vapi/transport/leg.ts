// A call whose customer is the client of the transport socket. There is no transcriber: loud audio counts as speech,
// its transcript is the customer's next turn of the script, and the assistant's next turn follows it.

import type { RawData, WebSocket } from 'ws';
import { FRAME_MS } from '../../audio/pcm.ts';
import type { UplinkState } from '../../call/call-state.ts';
import type { Conversation } from '../../call/conversation.ts';
import type { SpeechEvent } from '../../call/timeline.ts';
import type { SpeechLibrary, Turn } from '../../speech/library.ts';
import type { VapiRecord } from '../call/call-object.ts';
import { decodeCommand } from '../control/commands.ts';
import type { Command } from '../control/commands.ts';
import { closeSocket, sendBounded } from '../../http/web-socket.ts';
import type { ClientMessage } from '../webhook/messages.ts';
import { jsonObject } from '../../http/http-request.ts';
import { createDownlink } from './downlink.ts';
import type { AudioFormat } from './audio-format.ts';
import { createSpeechDetector } from './speech-detector.ts';
import { createUplink } from './uplink.ts';

/** The customer's transcript after the end of the script. */
const UNSCRIPTED_TEXT = '(speech)';
/** The assistant's reply after the end of the script. */
const UNSCRIPTED_REPLY = 'One moment, please.';

const CLOSE_CALL_ENDED = 1000;

/** The call on which a leg acts. */
interface LegDeps {
  readonly record: VapiRecord;
  readonly format: AudioFormat;
  readonly conversation: Conversation;
  readonly speech: SpeechLibrary;
  reportSpeech(event: SpeechEvent): void;
  /** Returns the duration of the conversation so far. */
  elapsedMs(): number;
  execute(command: Command, body: unknown): boolean;
  answer(): void;
  hangUp(reason: string): void;
}

/** The transport leg of one call. */
export interface TransportLeg {
  readonly connected: boolean;
  attach(socket: WebSocket): void;
  /** Plays the assistant's first turn, if the script starts with one. */
  start(): void;
  sendJson(message: ClientMessage): void;
  /** Processes the customer's next frame and returns it; called before the call mixes the same frame. */
  receiveFrame(): Int16Array;
  /** Sends the assistant's frame. */
  sendFrame(assistant: Int16Array): void;
  state(): UplinkState | null;
  close(): void;
}

/** Creates the leg of one call. */
export function createTransportLeg(deps: LegDeps): TransportLeg {
  const { record, conversation } = deps;
  const uplink = createUplink(deps.format);
  const downlink = createDownlink(deps.format, () => record.behaviour);
  const detector = createSpeechDetector(record.behaviour.speechRms, record.behaviour.endpointingMs);
  const script = [...record.script.turns];
  let socket: WebSocket | undefined;
  let ignored = 0;
  let silentMs = 0;
  let withoutAudioMs = 0;
  let turn = 0;
  let startMs = 0;
  let announcedUtterance: unknown;

  /** Plays the turns of the script up to the customer's next one. */
  const playNextTurns = (): void => {
    const next: Turn[] = [];
    while (script[0]?.speaker === 'assistant') next.push(...script.splice(0, 1));
    if (next.length > 0) return conversation.play(next.map((one) => ({ ...one, cutsIn: false })));
    conversation.play([{ ...deps.speech.voice(UNSCRIPTED_REPLY), cutsIn: false }]);
  };

  const customerStarts = (): void => {
    turn = conversation.nextTurnNumber();
    startMs = deps.elapsedMs();
    if (conversation.interruptAssistant()) deps.reportSpeech({ kind: 'interrupted', turn });
    conversation.hold(true);
    deps.reportSpeech({ kind: 'speech.started', speaker: 'customer', turn });
  };

  const customerStops = (): void => {
    const text = script[0]?.speaker === 'customer' ? (script.shift()?.text ?? '') : UNSCRIPTED_TEXT;
    const endMs = deps.elapsedMs();
    deps.reportSpeech({ kind: 'speech.stopped', speaker: 'customer', turn });
    deps.reportSpeech({ kind: 'transcript.final', speaker: 'customer', turn, text, startMs, endMs });
    conversation.hold(false);
    playNextTurns();
  };

  const checkTimeouts = (): void => {
    const isSilent = !detector.speaking && conversation.currentSpeech('assistant') === undefined;
    silentMs = isSilent ? silentMs + FRAME_MS : 0;
    withoutAudioMs += FRAME_MS;
    if (silentMs >= record.behaviour.silenceTimeoutMs) deps.hangUp('silence-timed-out');
    if (withoutAudioMs >= record.behaviour.customerAudioTimeoutMs)
      deps.hangUp('call.in-progress.error-assistant-did-not-receive-customer-audio');
  };

  const handleText = (text: string): void => {
    const fields = jsonObject(text);
    if (fields?.['type'] === 'hangup') return deps.hangUp('customer-ended-call');
    const command = decodeCommand(text);
    if (typeof command === 'string' || !deps.execute(command, fields)) ignored += 1;
  };

  const receive = (data: RawData, isBinary: boolean): void => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : []);
    if (!isBinary) return handleText(bytes.toString('utf8'));
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
    start() {
      if (script[0]?.speaker === 'assistant') playNextTurns();
    },
    sendJson(message) {
      if (socket !== undefined) sendBounded(socket, JSON.stringify(message));
    },
    receiveFrame() {
      const frame = uplink.take();
      const change = conversation.muted.customer ? undefined : detector.frame(frame);
      if (change === 'started') customerStarts();
      if (change === 'stopped') customerStops();
      checkTimeouts();
      return conversation.muted.customer ? new Int16Array(frame.length) : frame;
    },
    sendFrame(assistant) {
      const spoken = conversation.currentSpeech('assistant')?.utterance;
      if (spoken !== announcedUtterance && spoken !== undefined) {
        this.sendJson({ type: 'voice-input', input: spoken.text });
      }
      announcedUtterance = spoken;
      for (const frame of downlink.frame(assistant, conversation)) {
        if (socket !== undefined) sendBounded(socket, frame);
      }
    },
    state: () =>
      socket === undefined ? null : { ...uplink.measured(), ignored, downlinkMs: downlink.sentMs },
    close() {
      if (socket !== undefined) void closeSocket(socket, CLOSE_CALL_ENDED);
    },
  };
}
