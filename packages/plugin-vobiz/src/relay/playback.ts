/**
 * What the caller of one two-way stream is played: the agent's audio, which Vobiz queues, and sounds of our own, for which
 * the agent's is cleared first. It all goes on the line on which it is heard here.
 */
import { FaultError, type ProviderHost } from '@sidetone/core';
import { type AudioFormat, type Sound } from '@sidetone/plugin-kit';
import { checkpoint, clearAudio, playAudio, type AgentMessageOf } from './agent-wire.ts';
import { createAnnouncer } from './sound-player.ts';
import { createByteOrder, type ByteOrder, type ByteOrderOf } from '../stream/byte-order.ts';
import { createClearings } from './clear-tracker.ts';
import { audioFormatOf } from '../stream/inbound-stream.ts';
import { createVoiceLine, type VoiceFormat } from './playback-timeline.ts';
import { formatOf, type MediaFormat } from '../wire.ts';

export interface PlaybackDeps {
  readonly host: Pick<ProviderHost, 'clock'>;
  readonly streamId: string | undefined;
  /** The stream's own format, in Vobiz's words; one that cannot be read is neither heard nor played in. */
  readonly format: MediaFormat;
  readonly byteOrder: ByteOrder | 'auto';
  readonly isWanted: () => boolean;
  /** Whether it was sent to Vobiz. */
  readonly send: (text: string, isMedia?: boolean) => boolean;
  /** Takes what is heard, in the stream's format. */
  readonly write: (bytes: Uint8Array, positionMs: number) => void;
}

export interface Playback {
  /** Whether the caller is played a sound of ours, so that the agent has to wait. */
  readonly isHolding: boolean;
  /** Audio of the agent was sent. */
  hear(message: AgentMessageOf<'playAudio'>): void;
  /** The agent clears what it said. */
  clearAgents(): void;
  /** `clearedAudio` came. Whether it is the agent's. */
  takeCleared(): 'ours' | 'agents';
  /** A status callback told that something was cleared. */
  callBack(): void;
  /** A checkpoint was reached. */
  played(name: string): void;
  /** Drops what the agent has still to say; settles when that is done, or should be. Sounds of ours go on. */
  silenceAgent(): Promise<void>;
  /** Drops everything, sounds of ours too. `onCleared` is called when Vobiz tells that it did. */
  clear(onCleared: () => void): void;
  /**
   * Plays a sound in the agent's place, and then a checkpoint. Settles when it begins, or was cleared before that:
   * false when there is no room for it.
   * @throws {FaultError} CAPABILITY_MISSING when the stream's format cannot be played in.
   */
  play(sound: Sound, name: string): Promise<boolean>;
  /** Whether the audio is wanted has changed. */
  wake(): void;
  end(): void;
  /** Milliseconds of audio that were not heard here, because too much waited. */
  readonly unheardMs: number;
}

/** Nothing is played yet. Whoever makes it ends it. */
export function createPlayback(deps: PlaybackDeps): Playback {
  const { streamId, send } = deps;
  const { clock } = deps.host;
  const clearings = createClearings(clock);
  const byteOrders = new Map<number, ByteOrderOf>();
  /** What the last audio was written down as: that of an agent seldom changes. */
  let voiceFormat: VoiceFormat | undefined;
  /** Sounds that wait for the agent's audio to be cleared. */
  let preparing = 0;
  let ready: Promise<void> = Promise.resolve();
  /** How often everything was cleared: a sound that is being prepared then is too. */
  let clears = 0;

  const format = audioFormatOf(deps.format);
  const line = format && createVoiceLine({ clock, format, isWanted: deps.isWanted, write: deps.write });
  const announcer =
    format &&
    createAnnouncer({
      clock,
      format,
      play: (bytes) => say(bytes, format),
      mark: (name) => send(checkpoint(streamId, name)),
    });

  const isHolding = (): boolean => preparing > 0 || announcer?.isBusy === true;

  function byteOrderOf({ encoding, sampleRate }: AudioFormat): ByteOrderOf | undefined {
    if (encoding === 'mulaw') return undefined;
    const known = byteOrders.get(sampleRate) ?? createByteOrder(deps.byteOrder, sampleRate);
    byteOrders.set(sampleRate, known);
    return known;
  }

  function enqueue(payload: string, { encoding, sampleRate }: AudioFormat): void {
    if (voiceFormat?.encoding !== encoding || voiceFormat.sampleRate !== sampleRate)
      voiceFormat = { encoding, sampleRate, byteOrder: byteOrderOf({ encoding, sampleRate }) };
    line?.push(payload, voiceFormat);
  }

  /** Sends audio of our own. Little-endian unless told otherwise: what is measured is the other direction. */
  function say(bytes: Uint8Array, own: AudioFormat): void {
    const written = Buffer.from(bytes);
    if (own.encoding === 'pcm_s16le' && deps.byteOrder === 'be') written.swap16();
    const payload = written.toString('base64');
    if (send(playAudio(streamId, deps.format, payload), true)) enqueue(payload, own);
  }

  function clearQueue(onCleared?: () => void): Promise<void> {
    line?.clear();
    const cleared = clearings.addOurs(onCleared);
    send(clearAudio(streamId));
    return cleared;
  }

  return {
    get isHolding() {
      return isHolding();
    },
    hear({ payload, contentType, sampleRate }) {
      const told = formatOf(contentType, sampleRate);
      const own = told && audioFormatOf(told);
      if (own && payload !== undefined) enqueue(payload, own);
    },
    clearAgents() {
      line?.clear();
      clearings.addAgents();
    },
    takeCleared: () => clearings.take(),
    callBack: () => clearings.callBack(),
    played: (name) => announcer?.played(name),
    // While we speak nothing of the agent's waits.
    silenceAgent: () => (isHolding() ? Promise.resolve() : clearQueue()),
    clear(onCleared) {
      clears++;
      announcer?.stop();
      void clearQueue(onCleared);
    },
    async play(sound, name) {
      if (!announcer) {
        throw new FaultError('CAPABILITY_MISSING', 'the stream has a format in which nothing can be played');
      }
      const before = clears;
      if (!isHolding()) ready = clearQueue();
      preparing++;
      try {
        await ready;
        return before !== clears || announcer.add(sound, name);
      } finally {
        preparing--;
      }
    },
    wake: () => line?.wake(),
    end() {
      // What is being prepared ends with it.
      clears++;
      announcer?.stop();
      line?.end();
      clearings.end();
    },
    get unheardMs() {
      return line?.droppedMs ?? 0;
    },
  };
}
