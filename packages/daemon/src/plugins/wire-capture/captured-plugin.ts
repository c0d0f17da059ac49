/**
 * Wraps a provider and its host so that a capture receives what passes between them. Without a capture nothing is wrapped, so it costs
 * nothing.
 */
import {
  isFault,
  type IngressRequest,
  type IngressResponse,
  type ProviderHost,
  type Socket,
} from '@sidetone/core';
import type { ServedIngress, ServedProvider } from '../provider/served-provider.ts';
import { captureFetch } from './captured-fetch.ts';
import { captureSocket } from './captured-socket.ts';
import type { CaptureTarget } from './capture-target.ts';

/** Returns the host for the plugin. */
export function captureHost(host: ProviderHost, capture: CaptureTarget): ProviderHost {
  /** The demands that were seen: those of each call that is asked about. */
  const demands = new Set<string>();
  const dial =
    (open: ProviderHost['dial']): ProviderHost['dial'] =>
    async (url, options) => {
      const number = capture.nextNumber();
      capture.note({ dial: { url: url.href, headers: { ...options.headers } }, number });
      try {
        const socket = await open(url, options);
        capture.note({ dialled: true, number });
        return captureSocket(socket, number, capture);
      } catch (error) {
        capture.note({ dialled: { failed: isFault(error) ? error.code : 'INTERNAL' }, number });
        throw error;
      }
    };
  const { guarded } = host;
  return {
    ...host,
    emit(event) {
      if (capture.isOn) capture.note({ emits: JSON.stringify(event) });
      host.emit(event);
    },
    hasDemand(kind, call) {
      const isDemanded = host.hasDemand(kind, call);
      if (isDemanded && capture.isOn) noteDemand(kind, call, demands, capture);
      return isDemanded;
    },
    fetch: captureFetch((input, init) => host.fetch(input, init), capture),
    dial: dial((url, options) => host.dial(url, options)),
    ...(guarded && { guarded: { ...guarded, dial: dial((url, options) => guarded.dial(url, options)) } }),
    randomToken() {
      const token = host.randomToken();
      capture.note({ token });
      return token;
    },
  };
}

/** Calls whose demand is noted once. Of further ones, it is noted again. */
const MAX_DEMANDS = 10_000;

function noteDemand(demand: string, call: string, demands: Set<string>, capture: CaptureTarget): void {
  const key = `${demand} ${call}`;
  if (demands.has(key)) return;
  if (demands.size >= MAX_DEMANDS) demands.clear();
  demands.add(key);
  capture.note({ demand, call });
}

/** Returns the provider for the daemon. */
export function captureProvider(provider: ServedProvider, capture: CaptureTarget): ServedProvider {
  const { ingress } = provider;
  return ingress ? overriding(provider, { ingress: captureIngress(ingress, capture) }) : provider;
}

function captureIngress(ingress: ServedIngress, capture: CaptureTarget): ServedIngress {
  return overriding(ingress, {
    ...(ingress.request && { request: (request) => captureRequest(ingress, request, capture) }),
    ...(ingress.socket && {
      socket(request, socket: Socket) {
        const number = capture.nextNumber();
        capture.note({ connect: headOf(request), number });
        ingress.socket!(request, captureSocket(socket, number, capture));
      },
    }),
  });
}

async function captureRequest(
  ingress: ServedIngress,
  request: IngressRequest,
  capture: CaptureTarget,
): Promise<IngressResponse> {
  const number = capture.nextNumber();
  capture.note({ request: { ...headOf(request), content: request.body }, number });
  try {
    const response = await ingress.request!(request);
    const { status, headers, body } = response;
    capture.note({ response: { status, headers, content: body }, number });
    return response;
  } catch (error) {
    capture.note({ response: { failed: isFault(error) ? error.code : 'INTERNAL' }, number });
    throw error;
  }
}

const headOf = ({ method, path, query, headers }: IngressRequest) => ({
  method,
  path,
  query: query.toString(),
  headers: { ...headers },
});

/** Returns an object with other values of some properties. Plugins may be instances of classes with private fields. */
function overriding<Subject extends object>(subject: Subject, values: Partial<Subject>): Subject {
  // Of an empty object: the subject may be frozen.
  return new Proxy({} as Subject, {
    has: (_target, key) => key in subject,
    get(_target, key) {
      if (Object.hasOwn(values, key)) return values[key as keyof Subject];
      const value: unknown = Reflect.get(subject, key, subject);
      return typeof value === 'function' ? (value.bind(subject) as unknown) : value;
    },
  });
}
