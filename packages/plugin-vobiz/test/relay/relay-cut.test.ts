import { FaultError } from '@sidetone/core';
import type { FakeSocket } from '@sidetone/testkit';
import { LATE_AUDIO_MS } from '@sidetone/plugin-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLUSH_TIMEOUT_MS } from '../../src/relay/agent-link.ts';
import { STOP_TIMEOUT_MS } from '../../src/relay/relay-state.ts';
import { IDLE_SOCKET_MS } from '../../src/stream/stream-session.ts';
import {
  CALL_ID,
  CLEAR,
  CLEARED,
  command,
  FRAME,
  media,
  out,
  say,
  signal,
  startRelays,
  wav,
  type RelayHarness,
} from './relay-harness.ts';
import { CALL, frame, STREAM } from '../samples.ts';

const SOUND = 'https://media.example.in/hold.wav';
const NEXT = new URL('wss://next.example.in/agent');
/** Longer than any timeout. */
const LONG_MS = 10 * Math.max(FLUSH_TIMEOUT_MS, STOP_TIMEOUT_MS, IDLE_SOCKET_MS);

type Step = (harness: RelayHarness, vobiz: FakeSocket) => unknown;

const agentOf = ({ host, agent }: RelayHarness): FakeSocket | undefined => host.dials.at(-1)?.peer && agent();
const fromVobiz =
  (text: string): Step =>
  (_harness, vobiz) =>
    vobiz.closing || vobiz.send(text);
const fromAgent =
  (text: string): Step =>
  (harness) => {
    const agent = agentOf(harness);
    return agent && !agent.closing && agent.send(text);
  };
/** A command; rejecting it because it is too late is correct. */
const control =
  (act: (relay: NonNullable<ReturnType<RelayHarness['relays']['get']>>) => Promise<unknown>): Step =>
  ({ relays }) => {
    const relay = relays.get(CALL_ID);
    if (!relay) return;
    act(relay).catch((error: unknown) => {
      if (!(error instanceof FaultError)) throw error;
    });
  };

const STEPS: readonly (readonly [name: string, step: Step])[] = [
  ['early media', fromVobiz(frame('seq02_media_before_start'))],
  ['start', fromVobiz(frame('seq02_start_late'))],
  ['media', fromVobiz(media(FRAME))],
  ['playAudio', fromAgent(say(FRAME))],
  ['checkpoint', fromAgent(out('checkpoint'))],
  ['played', fromVobiz(frame('played_stream'))],
  ['mute', control((relay) => relay.mute('ASSISTANT', command('m')))],
  ['cleared', fromVobiz(CLEARED)],
  ['unmute', control((relay) => relay.unmute('ASSISTANT', command('u')))],
  ['mute customer', control((relay) => relay.mute('CUSTOMER', command('c')))],
  ['media muted', fromVobiz(media(FRAME))],
  ['play', control((relay) => relay.playSound(SOUND, command('p'), signal))],
  ['cleared again', fromVobiz(CLEARED)],
  ['time', ({ host }) => host.clock.advance(100)],
  ['agent clears', fromAgent(CLEAR)],
  ['clear', control((relay) => relay.clear(command('x')))],
  ['agent disconnects', (harness) => agentOf(harness)?.cut()],
  ['dtmf', fromVobiz(frame('dtmf_plivo_shape'))],
  ['time for a dial', ({ host }) => host.clock.advance(300)],
  ['handoff', control((relay) => relay.handoff(NEXT, command('h'), signal))],
  ['playAudio of the next', fromAgent(say(FRAME))],
  ['another start', fromVobiz(frame('seq04_start_first').replaceAll(STREAM, 'another'))],
  ['stop of the agent', fromAgent(JSON.stringify({ event: 'stop' }))],
  ['stop', fromVobiz(JSON.stringify({ event: 'stop' }))],
];

/** Expects that everything is released, however the relay ended. */
async function expectReleased({ host, relays, agent }: RelayHarness, vobiz: FakeSocket): Promise<void> {
  await host.clock.settle();
  expect(relays.get(CALL_ID)).toBeUndefined();
  // After the end of a call, Vobiz has some time to close its socket.
  if (!vobiz.closing) await host.clock.advance(LATE_AUDIO_MS);
  expect(vobiz.closing).toBeDefined();
  for (const [index, { peer }] of host.dials.entries()) {
    if (peer) expect(agent(index).closing).toBeDefined();
  }
  expect(host.clock.pending).toBe(0);
  expect(host.demandListeners).toBe(0);
  for (const stream of host.streams) expect(stream.endReason).toBeDefined();
  expect(host.logs.filter(({ message }) => message === 'relay closed')).toHaveLength(1);
  const links = host.logs.filter(({ message }) => message === 'agent link closed');
  expect(links.length).toBeLessThanOrEqual(2);
  host.verify();
}

async function play(
  cutAt: number,
  cut: (harness: RelayHarness, vobiz: FakeSocket) => void,
  settles: boolean,
) {
  const harness = await startRelays();
  const { host } = harness;
  host.setDemand('levels', CALL, true);
  host.respond('GET', SOUND, { bytes: wav(4000) });
  const vobiz = harness.open();
  for (const [index, [, step]] of STEPS.entries()) {
    if (index === cutAt) cut(harness, vobiz);
    await step(harness, vobiz);
    if (settles) await host.clock.settle();
  }
  if (cutAt >= STEPS.length) cut(harness, vobiz);
  await expectReleased(harness, vobiz);
}

describe('a relay releases everything', () => {
  it.each([...STEPS.map(([name], index) => [name, index] as const), ['the end', STEPS.length] as const])(
    'when Vobiz’s socket disconnects before: %s',
    async (_name, index) => {
      await play(index, (_harness, vobiz) => vobiz.cut(), true);
    },
  );

  it('however and whenever it ends, with messages in flight', async () => {
    const endings: Readonly<Record<string, (harness: RelayHarness, vobiz: FakeSocket) => void>> = {
      'Vobiz closes': (_harness, vobiz) => vobiz.close(1000),
      'Vobiz disconnects': (_harness, vobiz) => vobiz.cut(),
      'the call ends': ({ relays }) => void relays.forget(CALL_ID),
      'the provider stops': ({ relays }) => relays.stop('the provider stopped'),
    };
    const ending = fc.constantFrom(...Object.keys(endings));
    await fc.assert(
      fc.asyncProperty(fc.nat(STEPS.length), ending, fc.boolean(), async (index, name, settles) => {
        await play(index, endings[name]!, settles);
      }),
      { numRuns: 60 },
    );
  });

  it('when neither side closes its socket', async () => {
    const harness = await startRelays();
    harness.host.respond('GET', SOUND, { bytes: wav(4000) });
    const vobiz = harness.open();
    for (const [, step] of STEPS.slice(0, -1)) {
      await step(harness, vobiz);
      await harness.host.clock.settle();
    }
    await harness.host.clock.advance(LONG_MS);
    await expectReleased(harness, vobiz);
  });
});
