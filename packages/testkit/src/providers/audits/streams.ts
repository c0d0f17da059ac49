/** Audits of media streams and sockets. */
import { findProviderEventError, type Party, SAMPLE_BYTES } from '@sidetone/core';
import { LATE_AUDIO_MS } from '@sidetone/plugin-kit';
import { GARBAGE_BYTES, GARBAGE_TEXTS } from '../../checks/garbage.ts';
import { malformedVariantsOf } from '../../checks/malformed.ts';
import { check, needs } from '../../checks/verdict.ts';
import type { Audit } from '../audit.ts';
import type { ProviderFeatures } from '../features.ts';
import { callIdOf } from '../harness.ts';
import type { FakeStream } from '../../fakes/fake-stream.ts';
import { allSteps, type Step } from '../scenario.ts';

const HAS_STREAMS = ({ hasStreams }: ProviderFeatures): boolean => hasStreams;
const HAS_SOCKETS = ({ socket, dials }: ProviderFeatures): boolean => socket || dials;
const HAS_POSITIONS = ({ hasPositions }: ProviderFeatures): boolean => hasPositions;

/** Allowed difference between a reported gap and the expected one, in ms: rounding to whole samples. */
const GAP_TOLERANCE_MS = 1;
/** Late audio is accepted for 6 s; closing a socket may take a second more. */
const STREAM_END_MS = LATE_AUDIO_MS + 1000;
/** A wrong rate is wrong by a factor of two or more. */
const TOO_LONG = 1.4;
const TOO_SHORT = 0.7;

/** Returns the duration of each piece of audio of a party, relative to the time until the position of the next one. */
function relativeDurations({ options, writes }: FakeStream, party: Party | 'INTERLEAVED'): readonly number[] {
  const channels = party === 'INTERLEAVED' ? options.parties.length : 1;
  const bytesPerMs = (SAMPLE_BYTES[options.encoding] * channels * options.sampleRate) / 1000;
  const positioned = writes.filter((write) => write.party === party && write.positionMs !== undefined);
  return positioned.flatMap(({ bytes, positionMs = 0 }, i) => {
    const stepMs = (positioned[i + 1]?.positionMs ?? 0) - positionMs;
    return stepMs > 0 ? [bytes.length / bytesPerMs / stepMs] : [];
  });
}

/** Returns the text message of a step. */
const messageOf = (step: Step): readonly string[] => {
  const message = 'message' in step ? step.message : 'dialled' in step ? step.dialled : undefined;
  return typeof message === 'string' ? [message] : [];
};

const MIN_RATE = 3000;
const MAX_RATE = 192_000;

/** Apply to providers that opened a media stream during the call, or that offer LISTEN. */
export const STREAM_AUDITS: readonly Audit[] = [
  {
    // Swapped parties are not noticed otherwise.
    id: '47B8',
    level: 'MUST',
    name: 'Audio is written for the right party, unchanged.',
    applies: HAS_STREAMS,
    async run(context) {
      const { receivedAudio } = await context.afterCall();
      const covered = receivedAudio.filter(({ expected }) => expected.audio !== undefined);
      needs(covered.length > 0, 'no message of the scenario has `audio`');
      for (const { expected, audio } of covered) {
        for (const [party, bytes] of Object.entries(expected.audio ?? {})) {
          const written = audio.get(party as Party) ?? [];
          check(written.length > 0, `no audio of ${party} was written`);
          check(
            written.length === bytes.length,
            `${party}: ${written.length} of ${bytes.length} bytes were written`,
          );
          check(
            written.every((byte, i) => byte === bytes[i]),
            `the audio of ${party} is not the audio of the message`,
          );
        }
      }
    },
  },
  {
    // Audio of another rate is played too fast or too slowly. Lost audio makes it shorter, but not all of it.
    id: 'C6F1',
    level: 'MUST',
    name: 'The sample rate of a stream agrees with the positions of its audio.',
    applies: HAS_POSITIONS,
    async run(context) {
      const { host } = await context.afterCall();
      // A rate in kilohertz is the subject of another audit.
      for (const stream of host.streams.filter(({ options }) => options.sampleRate >= MIN_RATE)) {
        for (const party of [...stream.options.parties, 'INTERLEAVED' as const]) {
          const durations = relativeDurations(stream, party);
          const hasLost = stream.gaps.some((gap) => gap.party === party);
          const isTooLong = durations.some((each) => each > TOO_LONG);
          // Of a single pair with a gap between, the rate is unknown.
          const isCovered = durations.length > (hasLost ? 1 : 0);
          const isTooShort = isCovered && durations.every((each) => each < TOO_SHORT);
          check(!isTooLong, `the audio of ${party} lasts longer than the time until the next audio`);
          check(!isTooShort, `the audio of ${party} is shorter than the time until the next audio`);
        }
      }
    },
  },
  {
    // Without gaps, later audio would be played too early.
    id: 'D31F',
    level: 'MUST',
    name: 'Lost audio is reported as a gap.',
    applies: HAS_POSITIONS,
    async run(context) {
      const { receivedAudio } = await context.afterCall();
      const covered = receivedAudio.filter(({ expected }) => expected.lost !== undefined);
      needs(covered.length > 0, 'no message of the scenario has `lost` audio');
      for (const { expected, gaps } of covered) {
        const { party, durationMs = 0 } = expected.lost ?? {};
        const reportedMs = gaps
          .filter((gap) => gap.party === party)
          .reduce((sum, gap) => sum + gap.durationMs, 0);
        check(
          Math.abs(reportedMs - durationMs) <= GAP_TOLERANCE_MS,
          `${durationMs} ms were lost, and a gap of ${reportedMs} ms was reported`,
        );
      }
    },
  },
  {
    // Levels and recordings use these positions.
    id: '05AC',
    level: 'SHOULD',
    name: 'The positions of audio in a stream do not decrease.',
    applies: HAS_POSITIONS,
    async run(context) {
      const { host } = await context.afterCall();
      for (const { writes, options } of host.streams) {
        for (const party of [...options.parties, 'INTERLEAVED']) {
          const positions = writes
            .filter((write) => write.party === party)
            .map(({ positionMs = 0 }) => positionMs);
          const isAscending = positions.every(
            (position, i) => i === 0 || position >= (positions[i - 1] ?? position),
          );
          check(isAscending, `audio of ${party} has a lower position than the audio before it`);
        }
      }
    },
  },
  {
    // Kilohertz and duplicate parties are common errors that the daemon cannot detect.
    id: '9E6B',
    level: 'MUST',
    name: 'A media stream has the right call, distinct parties and a sample rate in hertz.',
    applies: HAS_STREAMS,
    async run(context) {
      const { host } = await context.afterCall();
      needs(host.streams.length > 0, 'no media stream is opened during the call');
      for (const { options } of host.streams) {
        const { providerCallId, parties, sampleRate } = options;
        check(providerCallId === callIdOf(context.scenario), 'the stream has the id of another call');
        check(
          parties.length > 0 && new Set(parties).size === parties.length,
          'the parties of the stream are empty or not distinct',
        );
        const isRate = Number.isInteger(sampleRate) && sampleRate >= MIN_RATE && sampleRate <= MAX_RATE;
        check(isRate, `${sampleRate} is not a sample rate in hertz`);
      }
    },
  },
  {
    // Audio may be late, so a stream may stay open for a while. Recordings and transcripts wait for its end.
    id: '7F24',
    level: 'MUST',
    name: 'A media stream ends within 7 s after its call, or earlier.',
    applies: HAS_STREAMS,
    async run(context) {
      const { host } = await context.afterCall();
      needs(host.streams.length > 0, 'no media stream is opened during the call');
      await host.clock.advance(STREAM_END_MS);
      const open = host.streams.filter(({ endReason }) => endReason === undefined);
      check(open.length === 0, `${open.length} stream(s) are open ${STREAM_END_MS / 1000} s after the call`);
    },
  },
  {
    // A lost connection sends no stop message.
    id: 'B8D0',
    level: 'MUST',
    name: 'A media stream ends when its socket is disconnected.',
    applies: HAS_STREAMS,
    async run(context) {
      const { host, accepted, dialled } = await context.withCall('live');
      const open = host.streams.filter(({ endReason }) => endReason === undefined);
      needs(open.length > 0, 'no media stream is open while the call is live');
      for (const socket of [...accepted, ...dialled]) socket.cut();
      await host.clock.settle();
      check(
        open.every(({ endReason }) => endReason !== undefined),
        'a stream is open after its socket was disconnected',
      );
    },
  },
  {
    // Decoding is the most expensive work, and most calls have no listener.
    id: '63E9',
    level: 'SHOULD',
    name: 'Audio without demand is not written.',
    applies: HAS_STREAMS,
    async run(context) {
      const harness = await context.started();
      await harness.play(allSteps(context.scenario).filter((step) => !('demand' in step)));
      const writes = harness.host.streams.reduce((sum, stream) => sum + stream.writes.length, 0);
      check(writes === 0, `audio was written ${writes} time(s) without demand`);
    },
  },
  {
    // An invalid message must not end the stream or the process. Also tried: the messages of the scenario with each field
    // missing, and with each of another type.
    id: 'EA15',
    level: 'MUST',
    name: 'Malformed messages on a socket are handled without an exception.',
    applies: HAS_SOCKETS,
    async run(context) {
      const harness = await context.withCall('live');
      const isCovered = harness.accepted.length + harness.dialled.length > 0;
      needs(isCovered, 'no socket is opened while the call is live');
      const before = harness.errors.length;
      const own = allSteps(context.scenario).flatMap(messageOf);
      const variants = [...new Set(own)].flatMap(malformedVariantsOf);
      for (const message of [...GARBAGE_TEXTS, ...GARBAGE_BYTES, ...variants])
        await harness.sendToAll(message);
      check(harness.errors.length === before, harness.errors[before] ?? '');
      const problem = harness.host.events.map((event) => findProviderEventError(event)).find(Boolean);
      const wasValid = (await context.afterCall()).host.events.every(
        (event) => !findProviderEventError(event),
      );
      check(!wasValid || problem === undefined, `a malformed message emits an invalid event: ${problem}`);
    },
  },
  {
    // Anybody could add audio to a call.
    id: '3C71',
    level: 'SHOULD',
    name: 'Sockets with an unknown URL are rejected.',
    applies: ({ socket }) => socket,
    async run(context) {
      const harness = await context.withCall();
      for (const path of ['no-such-address', '', '__proto__']) {
        const admission = harness.provider.ingress?.admitSocket?.(harness.requestOf({ method: 'GET', path }));
        check(admission !== undefined && !admission.admit, `a socket with the path "${path}" was admitted`);
      }
    },
  },
];
