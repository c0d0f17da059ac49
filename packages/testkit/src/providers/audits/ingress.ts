/** What the provider sends to us over HTTP: taken whole, and believed only when it is the provider's. */
import { isFault, messageOf, type IngressRequest } from '@sidetone/core';
import { definedFields } from '@sidetone/plugin-kit';
import { garbageOf } from '../../checks/garbage.ts';
import { wholeLife, type Delivery } from '../stage.ts';
import { check, needs } from '../../conformance/verdict.ts';
import type { Shape } from '../shape.ts';
import type { Audit } from './audit.ts';

const TAKES_REQUESTS = ({ request }: Shape): boolean => request;

const statusOf = ({ outcome }: Delivery): number | undefined =>
  outcome.state === 'fulfilled' ? outcome.value.status : undefined;

/** How a delivery was met, for a reason. */
function answerOf({ outcome, request }: Delivery): string {
  const what = `${request.method} ${request.path}`;
  if (outcome.state === 'fulfilled') return `${what} was answered ${outcome.value.status}`;
  if (outcome.state === 'pending') return `${what} was not answered`;
  return `${what} was rejected: ${isFault(outcome.error) ? outcome.error.code : messageOf(outcome.error)}`;
}

const headersOf = (headers: IngressRequest['headers']): Readonly<Record<string, string>> =>
  definedFields(headers) as Record<string, string>;

const isRefused = (delivery: Delivery): boolean => {
  const { outcome } = delivery;
  if (outcome.state === 'rejected')
    return isFault(outcome.error) && outcome.error.code === 'WEBHOOK_UNAUTHENTICATED';
  return [401, 403].includes(statusOf(delivery) ?? 0);
};

/** Whether an answer is one to the sender's mistake, or to none: never one to a mistake of ours. */
const isMet = (delivery: Delivery): boolean => {
  const { outcome } = delivery;
  if (outcome.state === 'rejected')
    return isFault(outcome.error) && ['wire', 'input'].includes(outcome.error.kind);
  const status = statusOf(delivery);
  return status !== undefined && status >= 200 && status < 500;
};

/** Applies to providers with `ingress.request`; the first one to those with sockets too. */
export const INGRESS_AUDITS: readonly Audit[] = [
  {
    // A listener that throws loses the message, and a socket that is not admitted loses the audio.
    id: 'A6E4',
    level: 'MUST',
    name: 'Whatever the provider does in a call can be done: its sockets are admitted, its messages are taken.',
    applies: ({ request, socket, dials }) => request || socket || dials,
    async run(bench) {
      const { mishaps } = await bench.afterCall();
      check(mishaps.length === 0, mishaps[0] ?? '');
    },
  },
  {
    // Anything else makes the provider send again, or give up on the address.
    id: 'B02F',
    level: 'MUST',
    name: 'Every request of a call is answered 2xx.',
    applies: TAKES_REQUESTS,
    async run(bench) {
      const { deliveries } = await bench.afterCall();
      needs(deliveries.length > 0, 'the call has no request');
      const failed = deliveries.find((delivery) => Math.floor((statusOf(delivery) ?? 0) / 100) !== 2);
      check(failed === undefined, failed ? answerOf(failed) : '');
    },
  },
  {
    // The daemon stores what was emitted before the answer leaves. What comes later is lost when the process
    // is killed in between, and the provider believes that it was taken.
    id: '5D8E',
    level: 'MUST',
    name: 'What a request tells is emitted before it is answered.',
    applies: TAKES_REQUESTS,
    async run(bench) {
      const { deliveries } = await bench.afterCall();
      const late = deliveries.find(({ lateEvents }) => lateEvents > 0);
      check(late === undefined, late ? `${late.request.path}: an event came after the answer` : '');
    },
  },
  {
    // The address is public, and what comes is not always what was agreed. A crash would be answered 5xx,
    // which asks for more of the same. With `sign` the garbage gets past the signature, as that of the
    // provider's own mistakes does.
    id: 'F97A',
    level: 'MUST',
    name: 'Any bytes are survived: they are taken, or refused as the mistake of who sent them.',
    applies: TAKES_REQUESTS,
    async run(bench) {
      const { scenario } = bench;
      const stage = await bench.withCall();
      const samples = stage.deliveries.map(({ request }) => request);
      needs(samples.length > 0, 'the call has no request before it is live');
      let taken = 0;
      for (const { method, path, headers, body } of samples) {
        for (const garbage of garbageOf(body)) {
          const delivery = await stage.deliver((told) => ({
            method,
            path,
            headers: { ...headersOf(headers), ...scenario.sign?.(garbage, path, told) },
            body: garbage,
          }));
          if (isRefused(delivery)) continue;
          check(isMet(delivery), answerOf(delivery));
          taken++;
        }
      }
      needs(taken > 0, 'no garbage gets past the signature: the scenario does not say how to `sign`');
    },
  },
  {
    // Whoever knows the address could end calls, or put words into them.
    id: '2A6D',
    level: 'MUST',
    name: 'A request with a wrong signature is refused, and tells nothing.',
    applies: TAKES_REQUESTS,
    async run(bench) {
      const { forged = [] } = bench.scenario;
      needs(forged.length > 0, 'no `forged` request is shown');
      const stage = await bench.withCall();
      for (const sample of forged) {
        const before = stage.host.events.length;
        const delivery = await stage.deliver(sample);
        check(isRefused(delivery), answerOf(delivery));
        check(stage.host.events.length === before, 'a refused request told something');
      }
    },
  },
  {
    // A provider that is set up with a wrong address should hear of it.
    id: 'C3E5',
    level: 'SHOULD',
    name: 'An address that is not there is answered 404.',
    applies: TAKES_REQUESTS,
    async run(bench) {
      const stage = await bench.started();
      for (const path of ['no-such-address', '', 'a/b/c', '__proto__']) {
        const delivery = await stage.deliver({ path });
        check(statusOf(delivery) === 404, answerOf(delivery));
      }
    },
  },
  {
    // The daemon gives up after 30 seconds, and whoever asked is gone by then.
    id: '814C',
    level: 'SHOULD',
    name: 'A request that is given up settles, whatever it waits for.',
    applies: TAKES_REQUESTS,
    async run(bench) {
      const stage = await bench.started();
      const steps = wholeLife(bench.scenario).filter((step) => 'request' in step);
      needs(steps.length > 0, 'the call has no request');
      for (const { request: sample } of steps) {
        const { path } = stage.requestOf(sample);
        const outcome = await stage.abortedOutcome((signal) =>
          stage.provider.ingress?.request?.(stage.requestOf(sample, signal)),
        );
        check(outcome.state !== 'pending', `POST ${path} went on after it was given up`);
      }
    },
  },
];
