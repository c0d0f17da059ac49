// @ts-check
/** One media stream: what comes on its socket, and what is played on it. Whoever makes it closes it. */
import { encodeMulaw, FaultError, listOf, lookUp, numberOf, objectOf, parseJson } from '@sidetone/core';
import { resample, resampledLength, textOf } from '@sidetone/core';

/** @typedef {import('@sidetone/core').Party} Party */

const RATE = 8000;
const FRAME_MS = 20;
/** No call is longer than a day: what is placed beyond is no time. */
const DAY_MS = 86_400_000;

/** What the far end says comes in, what it hears goes out. @type {Readonly<Record<string, Party>>} */
const PARTY_OF = { inbound: 'CUSTOMER', outbound: 'ASSISTANT' };

/** @typedef {ReturnType<typeof createSession>} Session */

/**
 * @param {import('@sidetone/core').ProviderHost} host @param {import('@sidetone/core').ProviderCallId} providerCallId
 * @param {import('@sidetone/core').Socket} socket
 */
export function createSession(host, providerCallId, socket) {
  /** @type {{ sid: string, media: import('@sidetone/core').MediaStream, parties: readonly Party[] } | undefined} */
  let stream;
  let isOver = false;
  /** Where the next audio of each party belongs, ms. @type {Map<Party, number>} */
  const dueMs = new Map();
  /** Sounds that were sent and not yet heard, by their marks. @type {Set<string>} */
  const unheard = new Set();
  const here = () => ({ providerCallId, occurredAt: host.clock.now() });

  /** What each message does. @type {Record<string, (message: import('@sidetone/core').JsonObject) => void>} */
  const MESSAGES = {
    start({ start }) {
      const { callSid, streamSid, tracks, mediaFormat } = objectOf(start);
      const { encoding, sampleRate } = objectOf(mediaFormat);
      if (stream) return;
      if (callSid !== providerCallId || encoding !== 'audio/x-mulaw' || numberOf(sampleRate) !== RATE)
        return socket.close(1008, 'not the stream that was asked for');
      const parties = listOf(tracks).flatMap((track) => lookUp(PARTY_OF, textOf(track)) ?? []);
      const media = host.openStream({ providerCallId, encoding: 'mulaw', sampleRate: RATE, parties });
      stream = { sid: textOf(streamSid) ?? '', parties, media };
      host.emit({ ...here(), type: 'call.status', status: 'IN_PROGRESS' });
    },
    media({ media }) {
      const { track, timestamp, payload } = objectOf(media);
      const party = lookUp(PARTY_OF, textOf(track));
      const told = numberOf(timestamp) ?? -1;
      if (!party || !stream?.parties.includes(party) || told < 0 || told > DAY_MS) return;
      const audio = Buffer.from(textOf(payload) ?? '', 'base64');
      const due = dueMs.get(party) ?? told;
      const isLate = told - due >= FRAME_MS;
      dueMs.set(party, (isLate ? told : due) + audio.length / (RATE / 1000));
      if (isLate) stream.media.gap(party, told - due, Math.round((told - due) / FRAME_MS));
      const isWanted = host.wants('audio', providerCallId) || host.wants('levels', providerCallId);
      if (isWanted && audio.length > 0) stream.media.write(party, audio, isLate ? told : due);
    },
    dtmf({ dtmf }) {
      const digits = textOf(objectOf(dtmf)['digit']) ?? '';
      if (/^[0-9*#A-D]$/.test(digits)) host.emit({ ...here(), type: 'dtmf', digits });
    },
    mark({ mark }) {
      const commandId = /** @type {import('@sidetone/core').CommandId} */ (
        textOf(objectOf(mark)['name']) ?? ''
      );
      if (unheard.delete(commandId)) host.emit({ ...here(), type: 'command.confirmed', commandId });
    },
    stop: () => stream?.media.end('Twilio stopped the stream'),
  };

  socket.onMessage((text) => {
    const message = objectOf(typeof text === 'string' ? parseJson(text) : undefined);
    if (!isOver) lookUp(MESSAGES, textOf(message['event']))?.(message);
  });
  socket.onClose(() => end('the socket closed'));

  function end(/** @type {string} */ reason) {
    isOver = true;
    stream?.media.end(reason);
  }

  async function send(/** @type {object} */ message) {
    if (!stream || isOver) throw new FaultError('CALL_NOT_LIVE', 'the call has no stream at the moment');
    await socket.send(JSON.stringify({ streamSid: stream.sid, ...message })).catch((cause) => {
      throw new FaultError('PROVIDER_UNREACHABLE', 'the stream broke', { cause });
    });
  }

  return {
    isOpen: () => stream !== undefined && !isOver,
    isBusy: () => unheard.size > 0,
    /**
     * Sends a sound, which Twilio queues, and a mark that comes back when it was heard.
     * @param {import('@sidetone/core').Sound} sound @param {string} name @param {AbortSignal} signal
     */
    async play({ samples, sampleRate }, name, signal) {
      const count = resampledLength(samples.length, sampleRate, RATE);
      const bytes = Buffer.from(encodeMulaw(resample(samples, sampleRate, RATE, 0, count)));
      unheard.add(name);
      // A second of it in each message.
      for (let at = 0; at < bytes.length && !signal.aborted; at += RATE)
        await send({ event: 'media', media: { payload: bytes.toString('base64', at, at + RATE) } });
      if (signal.aborted) throw new FaultError('PROVIDER_TIMEOUT', 'the sound was not sent whole');
      await send({ event: 'mark', mark: { name } });
    },
    /** Drops what was not yet heard: its marks come back too, and mean nothing then. */
    async clear() {
      unheard.clear();
      await send({ event: 'clear' });
    },
    close(/** @type {string} */ reason) {
      end(reason);
      socket.close(1000);
    },
  };
}
