/** Audits of the requests and sockets of the provider. */
import {
  findProviderEventError,
  isFault,
  messageOf,
  type IngressRequest,
  type IngressRequestHead,
  type Provider,
} from '@sidetone/core';
import { definedFields } from '@sidetone/plugin-kit';
import { garbageOf } from '../../checks/garbage.ts';
import { hostileVariantsOf } from '../../checks/hostile.ts';
import { malformedVariantsOf } from '../../checks/malformed.ts';
import { check, needs } from '../../checks/verdict.ts';
import type { Audit } from '../audit.ts';
import type { ProviderFeatures } from '../features.ts';
import type { Delivery } from '../scenario-player.ts';
import { allSteps } from '../scenario.ts';

const HAS_REQUESTS = ({ request }: ProviderFeatures): boolean => request;

const malformedBodiesOf = ({ body }: IngressRequest): readonly Uint8Array[] =>
  malformedVariantsOf(new TextDecoder().decode(body)).map((text) => new TextEncoder().encode(text));

const statusOf = ({ outcome }: Delivery): number | undefined =>
  outcome.state === 'fulfilled' ? outcome.value.status : undefined;

/** Describes the response to a delivery. */
function describe({ outcome, request }: Delivery): string {
  const what = `${request.method} ${request.path}`;
  if (outcome.state === 'fulfilled') return `${what} was answered with ${outcome.value.status}`;
  if (outcome.state === 'pending') return `${what} was not answered in time`;
  return `${what} was rejected with ${isFault(outcome.error) ? outcome.error.code : messageOf(outcome.error)}`;
}

const headersOf = (headers: IngressRequest['headers']): Readonly<Record<string, string>> =>
  definedFields(headers) as Record<string, string>;

const isUnauthenticated = (delivery: Delivery): boolean => {
  const { outcome } = delivery;
  if (outcome.state === 'rejected')
    return isFault(outcome.error) && outcome.error.code === 'WEBHOOK_UNAUTHENTICATED';
  return [401, 403].includes(statusOf(delivery) ?? 0);
};

function isRejectedUnread({ ingress }: Provider, head: IngressRequestHead): boolean {
  try {
    return ingress?.admitRequest?.(head).admit === false;
  } catch (error) {
    return isFault(error) && error.code === 'WEBHOOK_UNAUTHENTICATED';
  }
}

/** Returns whether the response is 2xx to 4xx. */
const isHandled = (delivery: Delivery): boolean => {
  const { outcome } = delivery;
  if (outcome.state === 'rejected')
    return isFault(outcome.error) && ['wire', 'input'].includes(outcome.error.kind);
  const status = statusOf(delivery);
  return status !== undefined && status >= 200 && status < 500;
};

/** Apply to providers with `ingress.request`. The first also applies to providers with sockets. */
export const INGRESS_AUDITS: readonly Audit[] = [
  {
    // A listener that throws loses the message, and a rejected socket loses the audio.
    id: 'A6E4',
    level: 'MUST',
    name: 'All sockets of the call are admitted, and all messages are handled without an exception.',
    applies: ({ request, socket, dials }) => request || socket || dials,
    async run(context) {
      const { errors } = await context.afterCall();
      check(errors.length === 0, errors[0] ?? '');
    },
  },
  {
    // After any other status, the provider redelivers or disables the URL.
    id: 'B02F',
    level: 'MUST',
    name: 'All requests of the call are answered with 2xx.',
    applies: HAS_REQUESTS,
    async run(context) {
      const { deliveries } = await context.afterCall();
      needs(deliveries.length > 0, 'the call has no request');
      const failed = deliveries.find((delivery) => Math.floor((statusOf(delivery) ?? 0) / 100) !== 2);
      check(failed === undefined, failed ? describe(failed) : '');
    },
  },
  {
    // The daemon stores events before it sends the response. Later events are lost if the process is killed in between,
    // and the provider does not redeliver them.
    id: '5D8E',
    level: 'MUST',
    name: 'Events of a request are emitted before its response.',
    applies: HAS_REQUESTS,
    async run(context) {
      const { deliveries } = await context.afterCall();
      const late = deliveries.find(({ lateEvents }) => lateEvents > 0);
      check(late === undefined, late ? `${late.request.path}: an event was emitted after the response` : '');
    },
  },
  {
    // The URL is public. A 5xx would make the provider redeliver the request. With `sign`, malformed requests pass the
    // signature check, as those of the provider would. Also tried: the requests of the call with each field missing, and with
    // each of another type.
    id: 'F97A',
    level: 'MUST',
    name: 'Malformed requests are never answered with 5xx.',
    applies: HAS_REQUESTS,
    async run(context) {
      const { scenario } = context;
      // Requests that fail as they are belong to other audits.
      const all = (await context.afterCall()).deliveries.filter(isHandled).map(({ request }) => request);
      const harness = await context.withCall();
      const first = harness.deliveries.map(({ request }) => request);
      needs(first.length > 0, 'the call has no request before it is live');
      const malformed = [
        ...first.flatMap((request) => garbageOf(request.body).map((body) => ({ request, body }))),
        ...all.flatMap((request) => malformedBodiesOf(request).map((body) => ({ request, body }))),
      ];
      let authenticated = 0;
      for (const { request, body } of malformed) {
        const { method, path, headers } = request;
        const delivery = await harness.deliver((state) => ({
          method,
          path,
          headers: { ...headersOf(headers), ...scenario.sign?.(body, path, state) },
          body,
        }));
        if (isUnauthenticated(delivery)) continue;
        check(isHandled(delivery), describe(delivery));
        authenticated++;
      }
      needs(authenticated > 0, 'no malformed request passes the signature check: the scenario has no `sign`');
    },
  },
  {
    // The sender of a webhook chooses its values. Names of `Object.prototype` find functions in tables that are read without
    // `getOwn`, deep values overflow recursive code, and huge ones must not be expensive.
    id: 'D8B3',
    level: 'MUST',
    name: 'Requests with a hostile value in one field are answered with 2xx or 4xx, and emit no invalid event.',
    applies: HAS_REQUESTS,
    async run(context) {
      const { scenario } = context;
      // Requests that fail as they are, and events that are invalid as they are, belong to other audits.
      const { deliveries, host } = await context.afterCall();
      const samples = deliveries.filter(isHandled).map(({ request }) => request);
      const isValid = host.events.every((event) => findProviderEventError(event) === undefined);
      const harness = await context.withCall();
      const { events } = harness.host;
      let authenticated = 0;
      for (const { method, path, headers, body } of samples) {
        for (const { field, body: hostile } of hostileVariantsOf(body)) {
          const before = events.length;
          const delivery = await harness.deliver((state) => ({
            method,
            path,
            headers: { ...headersOf(headers), ...scenario.sign?.(hostile, path, state) },
            body: hostile,
          }));
          if (isUnauthenticated(delivery)) continue;
          authenticated++;
          check(isHandled(delivery), `${describe(delivery)} for a hostile \`${field}\``);
          const problem = events
            .slice(before)
            .map((event) => findProviderEventError(event))
            .find(Boolean);
          check(
            !isValid || problem === undefined,
            `a hostile \`${field}\` emits an invalid event: ${problem}`,
          );
        }
      }
      needs(authenticated > 0, 'no request with fields passes the signature check');
    },
  },
  {
    // Anybody who knows the URL could end calls or add text to them.
    id: '2A6D',
    level: 'MUST',
    name: 'A request with an invalid signature is rejected and emits no events.',
    applies: HAS_REQUESTS,
    async run(context) {
      const { forged = [] } = context.scenario;
      needs(forged.length > 0, 'the scenario has no `forged` requests');
      const harness = await context.withCall();
      for (const sample of forged) {
        const before = harness.host.events.length;
        const delivery = await harness.deliver(sample);
        check(isUnauthenticated(delivery), describe(delivery));
        check(harness.host.events.length === before, 'a rejected request emitted an event');
      }
    },
  },
  {
    // Anybody could fill the memory with bodies that are read before their sender is verified.
    id: '7B15',
    level: 'MUST',
    name: 'A request without the headers of the provider is rejected before its body is read.',
    applies: ({ request, admitsRequests }) => request && admitsRequests,
    async run(context) {
      const { provider, deliveries } = await context.withCall();
      needs(deliveries.length > 0, 'the call has no request before it is live');
      for (const { request } of deliveries) {
        const { method, path, query, receivedAt, headers } = request;
        const type = headers['content-type'];
        const anonymous = type === undefined ? {} : { 'content-type': type };
        const head: IngressRequestHead = { method, path, query, receivedAt, headers: anonymous };
        check(isRejectedUnread(provider, head), `${method} ${path} was admitted without its headers`);
      }
    },
  },
  {
    // An operator who has configured a wrong URL should notice.
    id: 'C3E5',
    level: 'SHOULD',
    name: 'Requests to unknown paths are answered with 404.',
    applies: HAS_REQUESTS,
    async run(context) {
      const harness = await context.started();
      for (const path of ['no-such-address', '', 'a/b/c', '__proto__']) {
        const delivery = await harness.deliver({ path });
        check(statusOf(delivery) === 404, describe(delivery));
      }
    },
  },
  {
    // The daemon aborts a request after 30 seconds, and the provider has disconnected by then.
    id: '814C',
    level: 'SHOULD',
    name: 'An aborted request settles.',
    applies: HAS_REQUESTS,
    async run(context) {
      const harness = await context.started();
      const steps = allSteps(context.scenario).filter((step) => 'request' in step);
      needs(steps.length > 0, 'the call has no request');
      for (const { request: sample } of steps) {
        const { path } = harness.requestOf(sample);
        const outcome = await harness.abortedOutcome((signal) =>
          harness.provider.ingress?.request?.(harness.requestOf(sample, signal)),
        );
        check(outcome.state !== 'pending', `POST ${path} continued after it was aborted`);
      }
    },
  },
];
