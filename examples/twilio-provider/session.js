// @ts-check
/** One media stream: received messages, and audio played on it. The creator closes it. */
import { encodeMulaw, FaultError } from '@sidetone/core';
import {
  listOf,
  getOwn,
  numberOf,
  objectOf,
  parseJson,
  resample,
  resampledLength,
  sendMessage,
  textOf,
} from '@sidetone/plugin-kit';

/** @typedef {import('@sidetone/core').Party} Party */

const RATE = 8000;
const FRAME_MS = 20;
/** Calls are shorter than a day: larger timestamps are invalid. */
const DAY_MS = 86_400_000;

/** The party of each track, as seen from Twilio. @type {Readonly<Record<string, Party>>} */
const PARTY_OF = { inbound: 'CUSTOMER', outbound: 'ASSISTANT' };

/** @typedef {ReturnType<typeof createSession>} Session */

/**
 * @param {import('@sidetone/core').ProviderHost} host @param {import('@sidetone/core').ProviderCallId} providerCallId
 * @param {import('@sidetone/core').Socket} socket
 */
export function createSession(host, providerCallId, socket) {
  /** @type {{ sid: string, media: import('@sidetone/core').MediaStream, parties: readonly Party[] } | undefined} */
  let stream;
  let hasEnded = false;
  /** The expected position of the next audio of each party, in ms. @type {Map<Party, number>} */
  const expectedMs = new Map();
  /** The marks of audio that was sent and not yet played. @type {Set<string>} */
  const pendingMarks = new Set();
  const base = () => ({ providerCallId, occurredAt: host.clock.now() });

  /** Handles each type of message. @type {Record<string, (message: import('@sidetone/plugin-kit').JsonObject) => void>} */
  const MESSAGES = {
    start({ start }) {
      const { callSid, streamSid, tracks, mediaFormat } = objectOf(start);
      const { encoding, sampleRate } = objectOf(mediaFormat);
      if (stream) return;
      if (callSid !== providerCallId || encoding !== 'audio/x-mulaw' || numberOf(sampleRate) !== RATE)
        return socket.close(1008, 'unexpected call or media format');
      const parties = listOf(tracks).flatMap((track) => getOwn(PARTY_OF, textOf(track)) ?? []);
      const media = host.openStream({ providerCallId, encoding: 'mulaw', sampleRate: RATE, parties });
      stream = { sid: textOf(streamSid) ?? '', parties, media };
      host.emit({ ...base(), type: 'call.status', status: 'IN_PROGRESS' });
    },
    media({ media }) {
      const { track, timestamp, payload } = objectOf(media);
      const party = getOwn(PARTY_OF, textOf(track));
      const position = numberOf(timestamp) ?? -1;
      if (!party || !stream?.parties.includes(party) || position < 0 || position > DAY_MS) return;
      const audio = Buffer.from(textOf(payload) ?? '', 'base64');
      const expected = expectedMs.get(party) ?? position;
      const hasGap = position - expected >= FRAME_MS;
      expectedMs.set(party, (hasGap ? position : expected) + audio.length / (RATE / 1000));
      if (hasGap) stream.media.gap(party, position - expected, Math.round((position - expected) / FRAME_MS));
      const hasDemand = host.hasDemand('audio', providerCallId) || host.hasDemand('levels', providerCallId);
      if (audio.length === 0) return;
      if (hasDemand) stream.media.write(party, audio, hasGap ? position : expected);
      else stream.media.skip(audio.length);
    },
    dtmf({ dtmf }) {
      const digits = textOf(objectOf(dtmf)['digit']) ?? '';
      if (/^[0-9*#A-D]$/.test(digits)) host.emit({ ...base(), type: 'dtmf', digits });
    },
    mark({ mark }) {
      const commandId = /** @type {import('@sidetone/core').CommandId} */ (
        textOf(objectOf(mark)['name']) ?? ''
      );
      if (pendingMarks.delete(commandId)) host.emit({ ...base(), type: 'command.confirmed', commandId });
    },
    stop: () => stream?.media.end('Twilio stopped the stream'),
  };

  socket.onMessage((text) => {
    const message = objectOf(typeof text === 'string' ? parseJson(text) : undefined);
    if (!hasEnded) getOwn(MESSAGES, textOf(message['event']))?.(message);
  });
  socket.onClose(() => end('the socket closed'));

  function end(/** @type {string} */ reason) {
    hasEnded = true;
    stream?.media.end(reason);
  }

  async function send(/** @type {object} */ message, /** @type {AbortSignal} */ signal) {
    if (!stream || hasEnded) throw new FaultError('CALL_NOT_LIVE', 'the call has no open stream');
    await sendMessage(socket, JSON.stringify({ streamSid: stream.sid, ...message }), signal);
  }

  return {
    isOpen: () => stream !== undefined && !hasEnded,
    isBusy: () => pendingMarks.size > 0,
    /**
     * Sends audio, which Twilio queues, and a mark, which Twilio returns when the audio was played.
     * @param {import('@sidetone/plugin-kit').Sound} sound @param {string} name @param {AbortSignal} signal
     */
    async play({ samples, sampleRate }, name, signal) {
      const count = resampledLength(samples.length, sampleRate, RATE);
      const bytes = Buffer.from(encodeMulaw(resample(samples, sampleRate, RATE, 0, count)));
      pendingMarks.add(name);
      // One second in each message.
      for (let at = 0; at < bytes.length; at += RATE)
        await send({ event: 'media', media: { payload: bytes.toString('base64', at, at + RATE) } }, signal);
      await send({ event: 'mark', mark: { name } }, signal);
    },
    /** Discards queued audio. Twilio then returns its marks too; they are ignored. @param {AbortSignal} signal */
    async clear(signal) {
      pendingMarks.clear();
      await send({ event: 'clear' }, signal);
    },
    close(/** @type {string} */ reason) {
      end(reason);
      socket.close(1000);
    },
  };
}
