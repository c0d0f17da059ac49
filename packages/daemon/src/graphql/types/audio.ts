/** The audio of a call: levels, the URL for live listening, and the waveform. */
import { invalidArgument, isLive, type Call } from '@sidetone/core';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';
import { mapNowOrLater, type NowOrLater } from '../../now-or-later.ts';

/** The time window of `Call.levels`, ms. */
const LEVEL_WINDOW_MS = 100;
/** The maximum of `points`. */
const MAX_WAVEFORM_POINTS = 2000;
const DEFAULT_WAVEFORM_POINTS = 400;

/** Returns the time that a waveform covers: from the answer, or from the creation of an unanswered call, to the end. */
function spanOf({ answeredAt, createdAt, endedAt }: Call, now: number): readonly [from: number, to: number] {
  return [answeredAt ?? createdAt, endedAt ?? now];
}

/** Returns whether clients can listen to a call now. */
export function canListen(call: Call, { providers }: SchemaDeps): NowOrLater<boolean> {
  const offered = isLive(call) ? providers.get(call.providerId)?.capabilitiesFor(call) : undefined;
  return mapNowOrLater(offered ?? [], (capabilities) => capabilities.includes('LISTEN'));
}

export const toWebSocketUrl = (url: string): string => url.replace(/^http/, 'ws');

export function addAudio(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.PartyWaveform.implement({
    description: 'The loudness of a party over a whole call, for drawing.',
    fields: (t) => ({
      party: t.expose('party', { type: enums.Party, description: 'The party.' }),
      peaksDb: t.floatList({
        description:
          'The largest sample of each section of the call, dBFS: 0 is full scale, -90 is silence or a section without measurements.',
        resolve: ({ peaksDb }) => [...peaksDb],
      }),
    }),
  });

  builder.objectFields(refs.Call, (t) => ({
    levels: t.field({
      type: [refs.PartyLevel],
      description: `The level of each party over the last ${LEVEL_WINDOW_MS} ms. Levels are measured only while the call is recorded or a client subscribes to \`audioLevels\`; otherwise the list is empty.`,
      resolve: (call) => [...deps.levels.read(call.id, LEVEL_WINDOW_MS)],
    }),
    listenUrl: t.string({
      nullable: true,
      description:
        'The URL of a WebSocket with the live audio of the call: 16-bit little-endian samples at 16 kHz, customer and assistant interleaved. Null if the call has ended or has no audio.',
      resolve: (call) =>
        mapNowOrLater(canListen(call, deps), (isPossible) =>
          isPossible ? toWebSocketUrl(deps.urlOf(`calls/${call.id}/listen`).href) : null,
        ),
    }),
    waveform: t.field({
      type: [refs.PartyWaveform],
      description:
        'The loudness of each party from answer to end, or until now, in sections of equal length. Levels are measured only while the call is recorded or a client subscribes to `audioLevels`; without measurements the list is empty.',
      args: {
        points: t.arg.int({
          defaultValue: DEFAULT_WAVEFORM_POINTS,
          description: `The number of sections, 1 to ${MAX_WAVEFORM_POINTS}.`,
        }),
      },
      resolve: (call, args) => {
        const points = args.points ?? DEFAULT_WAVEFORM_POINTS;
        if (points < 1 || points > MAX_WAVEFORM_POINTS) {
          const problem = `expected a number from 1 to ${MAX_WAVEFORM_POINTS}, received ${points}`;
          throw invalidArgument('points', problem);
        }
        return mapNowOrLater(deps.waveforms.read(call.id, ...spanOf(call, deps.now()), points), (peaks) => [
          ...peaks,
        ]);
      },
    }),
  }));
}
