/** Audits of messages that arrive again: at once, or after the end of the call. */
import { check } from '../../checks/verdict.ts';
import type { Audit } from '../audit.ts';
import { deriveFacts } from '../derive-facts.ts';
import type { ProviderHarness } from '../harness.ts';

/** Late messages and closing sockets are over. */
const REST_MS = 60_000;

const callOf = ({ host }: ProviderHarness): string => JSON.stringify(deriveFacts(host.events).call ?? null);

/** They need nothing that the scenario would have to state. */
export const REPETITION_AUDITS: readonly Audit[] = [
  {
    // Providers send a request again if its answer was lost. Nobody can tell the two from each other.
    id: '4D7B',
    level: 'MUST',
    name: 'Requests that all arrive twice result in the same call.',
    applies: ({ request }) => request,
    async run(context) {
      const once = callOf(await context.afterCall());
      const twice = callOf(await context.afterCall({ redelivery: 'twice' }));
      check(once === twice, 'the call has other details, another status or another end');
    },
  },
  {
    // A redelivery may be late, and nothing would ever close what it opens.
    id: '9F5E',
    level: 'MUST',
    name: 'The start of a call that arrives again after its end opens nothing.',
    applies: ({ request }) => request,
    async run(context) {
      const harness = await context.afterCall();
      const { host } = harness;
      await host.clock.advance(REST_MS);
      const before = { dials: host.dials.length, streams: host.streams.length, timers: host.clock.pending };
      for (const step of context.scenario.call.toLive)
        if ('request' in step) await harness.deliver(step.request);
      await host.clock.advance(REST_MS);
      check(host.dials.length === before.dials, 'it opened a WebSocket');
      check(host.streams.length === before.streams, 'it opened a media stream');
      check(host.clock.pending <= before.timers, 'it set a timer');
    },
  },
];
