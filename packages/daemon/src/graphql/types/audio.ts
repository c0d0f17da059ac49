/** What can be heard and seen of a call's sound. */
import { invalidArgument, isLive, type Call } from '@sidetone/core';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';

/** Most readings that a waveform is asked for. */
export const MAX_WAVEFORM_POINTS = 2000;
const WAVEFORM_POINTS = 400;

/** What a waveform is spread over: from the answer, or the beginning of a call that was not answered, to its end. */
function spanOf({ answeredAt, createdAt, endedAt }: Call, now: number): readonly [from: number, to: number] {
  return [answeredAt ?? createdAt, endedAt ?? now];
}

export function addAudio(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.PartyWaveform.implement({
    description: 'How loud a party was, for drawing.',
    fields: (t) => ({
      party: t.expose('party', { type: enums.Party, description: 'Who was heard.' }),
      peaksDb: t.floatList({
        description:
          'The largest sample of each stretch, dBFS: 0 is full scale, -90 is silence, or that nothing was metered.',
        resolve: ({ peaksDb }) => [...peaksDb],
      }),
    }),
  });

  builder.objectFields(refs.Call, (t) => ({
    listenUrl: t.string({
      nullable: true,
      description:
        'Where a WebSocket client hears this call live: 16-bit little-endian samples at 16 kHz, the customer and the assistant interleaved. Null when it is not live or has no audio.',
      resolve: (call) =>
        isLive(call) && deps.providers.get(call.providerId)?.capabilitiesFor(call).includes('LISTEN')
          ? deps.addressOf(`calls/${call.id}/listen`).href.replace(/^http/, 'ws')
          : null,
    }),
    waveform: t.field({
      type: [refs.PartyWaveform],
      description:
        'Loudness over the whole call, from its answer to its end or now, evenly spread, for drawing. Empty when nothing of it was metered: that is done while the call is recorded, or somebody reads its levels.',
      args: {
        points: t.arg.int({
          defaultValue: WAVEFORM_POINTS,
          description: `How many readings: 1 to ${MAX_WAVEFORM_POINTS}.`,
        }),
      },
      resolve: (call, { points }) => {
        const wanted = points ?? WAVEFORM_POINTS;
        if (wanted < 1 || wanted > MAX_WAVEFORM_POINTS)
          throw invalidArgument('points', `is from 1 to ${MAX_WAVEFORM_POINTS}`);
        return [...deps.waveforms.read(call.id, ...spanOf(call, deps.now()), wanted)];
      },
    }),
  }));
}
