// The audio that one person sends and receives: the scripted conversation, tones, files, the audio that streams play,
// and the other members of a room.

import { createDecimator } from '../../audio/decimator.ts';
import { encodeLinear16, FRAME_MS, FRAME_SAMPLES, mixMono } from '../../audio/pcm.ts';
import type { Conversation, ConversationFrame } from '../../call/conversation.ts';
import type { Track } from '../stream/stream-format.ts';

/** How much of the received audio is kept. */
export const RECENT_AUDIO_MS = 10_000;
/** How many tones and files can overlap; further ones are ignored. */
export const MAX_SOUNDS = 20;

/** A tone or file on the line. */
export interface Sound {
  readonly over: boolean;
  stop(): void;
}

/** A frame of the line. */
export interface LineFrame extends Pick<ConversationFrame, 'events'> {
  readonly tracks: Readonly<Record<Track, Int16Array>>;
}

/** The other audio of a frame: from streams and from the room. */
export interface LineInput {
  readonly played: readonly Int16Array[];
  readonly room: Int16Array | undefined;
  /** Whether the streams' audio is on the `outbound` track. */
  readonly playedOnOutbound: boolean;
  /** Whether the person's audio reaches neither the room nor the streams. */
  readonly muted: boolean;
  /** Whether the person does not receive the room's audio. */
  readonly deaf: boolean;
}

/** The line of one call. */
export interface Line {
  /** Whether no tone or file is playing. */
  readonly idle: boolean;
  /** How long the person has been silent. */
  readonly silenceMs: number;
  /** Plays samples on a track: `inbound` is the audio that the person sends. */
  play(track: Track, samples: Int16Array): Sound;
  next(others: LineInput): LineFrame;
  /** Returns the audio that the person received last: 16-bit little-endian at 8 kHz. */
  heard(): Buffer;
}

const SILENCE = new Int16Array(FRAME_SAMPLES);
const SPEECH_PEAK = 100;

/** Creates the line of one call. */
export function createLine(conversation: Conversation): Line {
  let sounds: { readonly track: Track; samples: Int16Array }[] = [];
  const decimator = createDecimator();
  const heard: Int16Array[] = [];
  let quietMs = 0;

  const audible = (track: Track): Int16Array[] =>
    sounds.filter((sound) => sound.track === track).map(({ samples }) => samples.subarray(0, FRAME_SAMPLES));

  return {
    get idle() {
      return sounds.length === 0;
    },
    get silenceMs() {
      return quietMs;
    },
    play(track, samples) {
      const sound = { track, samples };
      if (sounds.length < MAX_SOUNDS) sounds.push(sound);
      return {
        get over() {
          return !sounds.includes(sound);
        },
        stop() {
          sounds = sounds.filter((one) => one !== sound);
        },
      };
    },
    next({ played, room, playedOnOutbound, muted, deaf }) {
      const { customer, assistant, events } = conversation.next();
      const inbound = muted ? SILENCE : mix([customer, ...audible('inbound')]);
      const sent = [assistant, ...audible('outbound'), ...(room === undefined || deaf ? [] : [room])];
      const all = mix([...sent, ...played]);
      for (const sound of sounds) sound.samples = sound.samples.subarray(FRAME_SAMPLES);
      sounds = sounds.filter(({ samples }) => samples.length > 0);
      heard.push(decimator.push(all));
      if (heard.length * FRAME_MS > RECENT_AUDIO_MS) heard.shift();
      quietMs = inbound.some((sample) => Math.abs(sample) > SPEECH_PEAK) ? 0 : quietMs + FRAME_MS;
      return { events, tracks: { inbound, outbound: playedOnOutbound ? all : mix(sent) } };
    },
    heard: () => Buffer.concat(heard.map((frame) => encodeLinear16(frame))),
  };
}

/** Mixes frames; a shorter one is padded with silence. */
export function mix(frames: readonly Int16Array[]): Int16Array {
  return frames.reduce((sum, frame) => mixMono(sum, frame), SILENCE);
}
