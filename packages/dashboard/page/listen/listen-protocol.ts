/** The messages of the listen socket and of the audio worklet. */

export const PROCESSOR = 'sidetone-player';
export const SAMPLE_RATE = 16_000;
/** The party of each channel of a frame, in order. */
export const CHANNEL_PARTIES = ['CUSTOMER', 'ASSISTANT'] as const;
export const CHANNELS = CHANNEL_PARTIES.length;
export type ChannelParty = (typeof CHANNEL_PARTIES)[number];

/** Playback statistics from the worklet. Samples are counted per channel. */
export interface PlayerReport {
  /** Samples in the buffer. */
  readonly buffered: number;
  /** How often the buffer ran empty since the start. */
  readonly underruns: number;
  /** Samples that were dropped because the buffer was full, since the start. */
  readonly dropped: number;
}

type ListenFrame =
  | {
      readonly type: 'format';
      readonly sampleRate: number;
      readonly channels: number;
      readonly encoding: string;
    }
  | { readonly type: 'lost'; readonly ms: number }
  | { readonly type: 'ended'; readonly category: string };

/** Parses a text frame of the socket. Returns undefined for an unknown type. */
export function parseFrame(text: string): ListenFrame | undefined {
  const frame = JSON.parse(text) as { readonly type?: unknown };
  return frame.type === 'format' || frame.type === 'lost' || frame.type === 'ended'
    ? (frame as ListenFrame)
    : undefined;
}

/** Whether the worklet can play this format. */
export const isPlayable = ({
  sampleRate,
  channels,
  encoding,
}: Extract<ListenFrame, { type: 'format' }>): boolean =>
  sampleRate === SAMPLE_RATE && channels === CHANNELS && encoding === 'pcm_s16le';
