/**
 * What is played to the caller of one two-way stream: the agent's audio, which Vobiz queues, and sounds of this daemon, for
 * which the agent's audio is cleared first. Both are written to the timeline of the call.
 */
import { FaultError, type ProviderHost } from '@sidetone/core';
import type { AudioFormat, Sound } from '@sidetone/plugin-kit';
import type { ByteOrderOf } from '../stream/byte-order.ts';
import type { ByteOrders } from '../stream/byte-orders.ts';
import { audioFormatOf } from '../stream/inbound-stream.ts';
import { formatOf, type MediaFormat } from '../wire.ts';
import { checkpoint, clearAudio, playAudio, type AgentMessageOf } from './agent-wire.ts';
import type { SourceFormat } from './audio-runs.ts';
import { createClearTracker, type ClearedBy } from './clear-tracker.ts';
import { createPlaybackTimeline } from './playback-timeline.ts';
import { createSoundPlayer } from './sound-player.ts';

interface PlaybackDeps {
  readonly host: Pick<ProviderHost, 'clock'>;
  readonly streamId: string | undefined;
  /** The format of the stream. With an unsupported one, nothing is written and no sounds can be played. */
  readonly format: MediaFormat;
  readonly byteOrders: ByteOrders;
  readonly hasDemand: () => boolean;
  /** Sends a message to Vobiz. Returns whether it is sent. */
  readonly send: (text: string, isMedia?: boolean) => boolean;
  /** Receives the played audio in the format of the stream. */
  readonly write: (bytes: Uint8Array, positionMs: number) => void;
  /** Counts played audio that is not written, because there is no demand. */
  readonly skip: (bytes: number) => void;
}

export interface Playback {
  /** Whether a sound of this daemon is being played, so that the agent's audio is dropped. */
  readonly isPlayingSound: boolean;
  /** Adds audio of the agent that was sent to Vobiz. */
  agentAudio(message: AgentMessageOf<'playAudio'>): void;
  /** To be called when the agent clears its audio. */
  agentCleared(): void;
  /** To be called for `clearedAudio`. Returns who requested the clear. */
  cleared(): ClearedBy;
  /** To be called for a status callback about cleared audio. */
  clearedByCallback(): void;
  /** To be called when a checkpoint of this daemon was reached. */
  checkpointReached(name: string): void;
  /** Clears the agent's audio, but no sounds of this daemon. Resolves when it is cleared, or after a timeout. */
  clearAgent(): Promise<void>;
  /** Clears everything. `onCleared` is called when Vobiz confirms it. */
  clear(onCleared: () => void): void;
  /**
   * Plays a sound instead of the agent's audio, and then a checkpoint. Resolves when it starts or is cleared before that;
   * resolves to false if the queue is full.
   * @throws {FaultError} CAPABILITY_MISSING if the format of the stream is not supported.
   */
  play(sound: Sound, checkpoint: string): Promise<boolean>;
  /** To be called when the demand for the audio changed. */
  demandChanged(): void;
  end(): void;
  /** Milliseconds of audio that were not written because too much was buffered. */
  readonly droppedMs: number;
}

/** Returns a function that looks up the format of the agent's audio, which seldom changes within a call. */
function createSourceFormats(orders: ByteOrders) {
  const byteOrders = new Map<number, ByteOrderOf>();
  let last: SourceFormat | undefined;

  function byteOrderOf({ encoding, sampleRate }: AudioFormat): ByteOrderOf | undefined {
    if (encoding === 'mulaw') return undefined;
    const known = byteOrders.get(sampleRate) ?? orders.create('agent', sampleRate);
    byteOrders.set(sampleRate, known);
    return known;
  }

  return (format: AudioFormat): SourceFormat => {
    const { encoding, sampleRate } = format;
    if (last?.encoding === encoding && last.sampleRate === sampleRate) return last;
    last = { encoding, sampleRate, byteOrder: byteOrderOf(format) };
    return last;
  };
}

/** Creates a playback of nothing. The caller must end it. */
export function createPlayback(deps: PlaybackDeps): Playback {
  const { streamId, send, hasDemand, write, skip } = deps;
  const { clock } = deps.host;
  const clears = createClearTracker(clock);
  const sourceFormatOf = createSourceFormats(deps.byteOrders);
  const format = audioFormatOf(deps.format);
  const timeline = format && createPlaybackTimeline({ clock, format, hasDemand, write, skip });
  const player =
    format &&
    createSoundPlayer({
      clock,
      format,
      sendAudio: (bytes) => sendOwnAudio(bytes, format),
      sendCheckpoint: (name) => send(checkpoint(streamId, name)),
    });
  /** Number of sounds that wait for the agent's audio to be cleared. */
  let preparing = 0;
  let ready: Promise<void> = Promise.resolve();
  /** How often everything was cleared: a sound that is being prepared is then dropped. */
  let clearCount = 0;

  const isPlayingSound = (): boolean => preparing > 0 || player?.isPlaying === true;

  /** Sends audio of this daemon, little-endian unless configured otherwise: the measured order is of the other direction. */
  function sendOwnAudio(bytes: Uint8Array, own: AudioFormat): void {
    const encoded = Buffer.from(bytes);
    if (own.encoding === 'pcm_s16le' && deps.byteOrders.configured === 'be') encoded.swap16();
    const payload = encoded.toString('base64');
    if (send(playAudio(streamId, deps.format, payload), true)) timeline?.push(payload, sourceFormatOf(own));
  }

  function requestClear(onCleared?: () => void): Promise<void> {
    timeline?.clear();
    const cleared = clears.addOwn(onCleared);
    send(clearAudio(streamId));
    return cleared;
  }

  return {
    get isPlayingSound() {
      return isPlayingSound();
    },
    agentAudio({ payload, contentType, sampleRate }) {
      const mediaFormat = formatOf(contentType, sampleRate);
      const own = mediaFormat && audioFormatOf(mediaFormat);
      if (own && payload !== undefined) timeline?.push(payload, sourceFormatOf(own));
    },
    agentCleared() {
      timeline?.clear();
      clears.addAgent();
    },
    cleared: () => clears.cleared(),
    clearedByCallback: () => clears.clearedByCallback(),
    checkpointReached: (name) => player?.checkpointReached(name),
    // While a sound is played, no audio of the agent is buffered.
    clearAgent: () => (isPlayingSound() ? Promise.resolve() : requestClear()),
    clear(onCleared) {
      clearCount++;
      player?.stop();
      void requestClear(onCleared);
    },
    async play(sound, name) {
      if (!player) {
        throw new FaultError('CAPABILITY_MISSING', 'the format of the stream is not supported for playing');
      }
      const before = clearCount;
      if (!isPlayingSound()) ready = requestClear();
      preparing++;
      try {
        await ready;
        return before !== clearCount || player.add(sound, name);
      } finally {
        preparing--;
      }
    },
    demandChanged: () => timeline?.demandChanged(),
    end() {
      // Also drops a sound that is being prepared.
      clearCount++;
      player?.stop();
      timeline?.end();
      clears.end();
    },
    get droppedMs() {
      return timeline?.droppedMs ?? 0;
    },
  };
}
