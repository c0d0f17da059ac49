/** Audio: whose it is, when it was said, and that it ends. */
import type { Party } from '@sidetone/core';
import { GARBAGE_BYTES, GARBAGE_TEXTS } from '../../checks/garbage.ts';
import { callIdOf, wholeLife } from '../stage.ts';
import type { Shape } from '../shape.ts';
import { check, needs } from '../../conformance/verdict.ts';
import type { Audit } from './audit.ts';

const HAS_STREAMS = ({ streams }: Shape): boolean => streams;
const HAS_SOCKETS = ({ socket, dials }: Shape): boolean => socket || dials;

/** How far a told gap may be from the one that is shown, ms: a rounded sample. */
const GAP_TOLERANCE_MS = 1;
const MIN_RATE = 3000;
const MAX_RATE = 192_000;

/** Applies to providers that were seen to open a media stream, or that say that calls can be listened to. */
export const STREAM_AUDITS: readonly Audit[] = [
  {
    // Two parties that are exchanged look right in every other way.
    id: '47B8',
    level: 'MUST',
    name: 'Audio is given to the party that it is of, as it came.',
    applies: HAS_STREAMS,
    async run(bench) {
      const { hearings } = await bench.afterCall();
      const shown = hearings.filter(({ expected }) => expected.heard !== undefined);
      needs(shown.length > 0, 'no message says what is `heard` in it');
      for (const { expected, heard } of shown) {
        for (const [party, bytes] of Object.entries(expected.heard ?? {})) {
          const given = heard.get(party as Party) ?? [];
          check(given.length > 0, `nothing was heard of ${party}`);
          check(
            given.length === bytes.length,
            `${party}: ${given.length} bytes were heard of ${bytes.length}`,
          );
          check(
            given.every((byte, i) => byte === bytes[i]),
            `what was heard of ${party} is not theirs`,
          );
        }
      }
    },
  },
  {
    // Without gaps what was said later would be heard earlier.
    id: 'D31F',
    level: 'MUST',
    name: 'Audio that never came is told as a gap.',
    applies: ({ placesAudio }) => placesAudio,
    async run(bench) {
      const { hearings } = await bench.afterCall();
      const shown = hearings.filter(({ expected }) => expected.missing !== undefined);
      needs(shown.length > 0, 'no message shows what is `missing` before it');
      for (const { expected, missing } of shown) {
        const { party, durationMs = 0 } = expected.missing ?? {};
        const told = missing
          .filter((gap) => gap.party === party)
          .reduce((sum, gap) => sum + gap.durationMs, 0);
        check(
          Math.abs(told - durationMs) <= GAP_TOLERANCE_MS,
          `a gap of ${durationMs} ms was told as ${told} ms`,
        );
      }
    },
  },
  {
    // Levels and recordings are laid on this time line.
    id: '05AC',
    level: 'SHOULD',
    name: 'On the time line of a stream, audio does not go back.',
    applies: ({ placesAudio }) => placesAudio,
    async run(bench) {
      const { host } = await bench.afterCall();
      for (const { writes, options } of host.streams) {
        for (const party of [...options.parties, 'INTERLEAVED']) {
          const places = writes
            .filter((write) => write.party === party)
            .map(({ positionMs = 0 }) => positionMs);
          const isForward = places.every((place, i) => i === 0 || place >= (places[i - 1] ?? place));
          check(isForward, `audio of ${party} was placed before what came earlier`);
        }
      }
    },
  },
  {
    // Kilohertz and swapped parties are the usual mistakes; the daemon cannot tell.
    id: '9E6B',
    level: 'MUST',
    name: 'A media stream says what it is: its call, its parties, and a rate in hertz.',
    applies: HAS_STREAMS,
    async run(bench) {
      const { host } = await bench.afterCall();
      needs(host.streams.length > 0, 'the call opens no media stream');
      for (const { options } of host.streams) {
        const { providerCallId, parties, sampleRate } = options;
        check(providerCallId === callIdOf(bench.scenario), 'it is a stream of another call');
        check(
          parties.length > 0 && new Set(parties).size === parties.length,
          'its parties are none, or twice the same',
        );
        const isRate = Number.isInteger(sampleRate) && sampleRate >= MIN_RATE && sampleRate <= MAX_RATE;
        check(isRate, `${sampleRate} is no rate in hertz`);
      }
    },
  },
  {
    // Nothing is heard after the call, and a listener would wait for it.
    id: '7F24',
    level: 'MUST',
    name: 'A media stream ends at the latest with its call.',
    applies: HAS_STREAMS,
    async run(bench) {
      const { host } = await bench.afterCall();
      needs(host.streams.length > 0, 'the call opens no media stream');
      const open = host.streams.filter(({ endReason }) => endReason === undefined);
      check(open.length === 0, `${open.length} stream(s) are open after the call`);
    },
  },
  {
    // A socket that is cut tells nothing more: no stop, and no end.
    id: 'B8D0',
    level: 'MUST',
    name: 'A media stream ends when the socket that brought it breaks.',
    applies: HAS_STREAMS,
    async run(bench) {
      const { host, accepted, dialled } = await bench.withCall('live');
      const open = host.streams.filter(({ endReason }) => endReason === undefined);
      needs(open.length > 0, 'no media stream is open while the call is live');
      for (const socket of [...accepted, ...dialled]) socket.cut();
      await host.clock.settle();
      check(
        open.every(({ endReason }) => endReason !== undefined),
        'a stream outlived its socket',
      );
    },
  },
  {
    // Decoding and metering cost more than everything else; most calls are heard by nobody.
    id: '63E9',
    level: 'SHOULD',
    name: 'Audio that nobody wants is not written.',
    applies: HAS_STREAMS,
    async run(bench) {
      const stage = await bench.started();
      await stage.play(wholeLife(bench.scenario).filter((step) => !('demand' in step)));
      const writes = stage.host.streams.reduce((sum, stream) => sum + stream.writes.length, 0);
      check(writes === 0, `${writes} pieces of audio were written for nobody`);
    },
  },
  {
    // One side's mistake may not end the stream of the other, let alone the process.
    id: 'EA15',
    level: 'MUST',
    name: 'Any message on a socket is survived.',
    applies: HAS_SOCKETS,
    async run(bench) {
      const stage = await bench.withCall('live');
      const isShown = stage.accepted.length + stage.dialled.length > 0;
      needs(isShown, 'no socket is opened while the call is live');
      const before = stage.mishaps.length;
      for (const message of [...GARBAGE_TEXTS, ...GARBAGE_BYTES]) await stage.sayToAll(message);
      check(stage.mishaps.length === before, stage.mishaps[before] ?? '');
    },
  },
  {
    // Whoever guesses an address could put their own voice into a call.
    id: '3C71',
    level: 'SHOULD',
    name: 'A socket at an address that was not given out is not admitted.',
    applies: ({ socket }) => socket,
    async run(bench) {
      const stage = await bench.withCall();
      for (const path of ['no-such-address', '', '__proto__']) {
        const admission = stage.provider.ingress?.admitSocket?.(stage.requestOf({ method: 'GET', path }));
        check(admission !== undefined && !admission.admit, 'a socket of a stranger was admitted');
      }
    },
  },
];
