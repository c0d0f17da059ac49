/** What the listen socket sends, and what the audio thread tells. */

export const PROCESSOR = 'sidetone-player';
export const SAMPLE_RATE = 16_000;
/** The channels of a frame, in their order. */
export const CHANNEL_PARTIES = ['CUSTOMER', 'ASSISTANT'] as const;
export const CHANNELS = CHANNEL_PARTIES.length;
export type ChannelParty = (typeof CHANNEL_PARTIES)[number];

/** How playing goes: samples of each channel. */
export interface PlayerReport {
  /** That wait. */
  readonly held: number;
  /** How often there was nothing to play, since it began. */
  readonly underruns: number;
  /** That were left out because too much had come, since it began. */
  readonly dropped: number;
}

export type ListenFrame =
  | {
      readonly type: 'format';
      readonly sampleRate: number;
      readonly channels: number;
      readonly encoding: string;
    }
  | { readonly type: 'lost'; readonly ms: number }
  | { readonly type: 'ended'; readonly category: string };

/** A text frame of the socket; nothing when it is of a type that is not known here. */
export function frameOf(text: string): ListenFrame | undefined {
  const frame = JSON.parse(text) as { readonly type?: unknown };
  return frame.type === 'format' || frame.type === 'lost' || frame.type === 'ended'
    ? (frame as ListenFrame)
    : undefined;
}

/** Whether this page can play it. */
export const isPlayable = ({
  sampleRate,
  channels,
  encoding,
}: Extract<ListenFrame, { type: 'format' }>): boolean =>
  sampleRate === SAMPLE_RATE && channels === CHANNELS && encoding === 'pcm_s16le';
