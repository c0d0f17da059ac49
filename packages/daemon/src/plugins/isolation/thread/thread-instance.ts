/** Serves the requests of the daemon with a plugin in this thread. One thread has one instance. */
import {
  CONTROL_CAPABILITIES,
  FaultError,
  type Admission,
  type BackfillPage,
  type CommandContext,
  type ControlArguments,
  type ControlledCall,
  type ControlName,
  type IngressRequest,
  type Provider,
  type ProviderHost,
} from '@sidetone/core';
import type { Handlers } from '../link/link.ts';
import { decodeRequest } from '../link/encoded-request.ts';
import type {
  EncodedRequest,
  Features,
  IngressMethod,
  OptionalMethod,
  ThreadMethods,
} from '../link/protocol.ts';
import type { ThreadSockets } from './thread-sockets.ts';
import type { ThreadDemand } from './thread-streams.ts';

/** What a thread has besides the plugin. */
export interface ThreadInstanceDeps {
  readonly sockets: ThreadSockets;
  readonly demand: ThreadDemand;
  /** Runs the handler of a request, whose events are those of the request until it first waits. */
  readonly asRequest: <Value>(id: number, run: () => Value) => Value;
  /** How many events were not sent because too many wait. */
  readonly lostEvents: () => number;
  readonly onRequestFailed: (where: string, error: unknown) => void;
  readonly closeSocket: (id: number, code: number) => void;
}

type InstanceMethods = Omit<ThreadMethods, 'load' | 'create' | 'start'>;

const NEVER = new AbortController().signal;
const NO_BODY = new Uint8Array();

export function featuresOf(provider: Provider): Features {
  const hasMethod = (name: OptionalMethod): boolean => provider[name] !== undefined;
  const { controls, ingress } = provider;
  const names = Object.keys(CONTROL_CAPABILITIES) as ControlName[];
  return {
    controls: controls && names.filter((name) => controls[name] !== undefined),
    has: {
      loadCall: hasMethod('loadCall'),
      controlsFor: hasMethod('controlsFor'),
      placeCall: hasMethod('placeCall'),
      watch: hasMethod('watch'),
      reconcile: hasMethod('reconcile'),
      backfill: hasMethod('backfill'),
      health: hasMethod('health'),
      diagnostics: hasMethod('diagnostics'),
    },
    providesTranscript: provider.providesTranscript === true,
    ingress: ingress && ingressFeaturesOf(ingress),
  };
}

function ingressFeaturesOf(ingress: NonNullable<Provider['ingress']>): Features['ingress'] {
  const hasMethod = (name: IngressMethod): boolean => ingress[name] !== undefined;
  const { maxBodyBytes, webhooks } = ingress;
  return {
    has: {
      request: hasMethod('request'),
      admitRequest: hasMethod('admitRequest'),
      loadSocket: hasMethod('loadSocket'),
      admitSocket: hasMethod('admitSocket'),
      socket: hasMethod('socket'),
    },
    ...(maxBodyBytes !== undefined && { maxBodyBytes }),
    ...(webhooks && { webhooks: webhooks.map(({ path, setting }) => ({ path, setting })) }),
  };
}

export function serveInstance(provider: Provider, deps: ThreadInstanceDeps): Handlers<InstanceMethods> {
  const { sockets, demand } = deps;
  return {
    stop: (signal) => provider.stop(signal),
    health: async (signal) => provider.health?.(signal),
    diagnostics: (signal) => provider.diagnostics!(signal),
    reconcile: async (calls, signal) => provider.reconcile?.(calls, signal),
    loadCall: async (id, signal) => provider.loadCall?.(id, signal),
    controlsFor: (call) => [...(provider.controlsFor?.(call) ?? [])],
    control: (name, call, args, commandId, signal) =>
      runControl(provider, name, call, args, { commandId, signal }),
    placeCall: (args, commandId, signal) => provider.placeCall!(args, { commandId, signal }),
    watch: async (id, commandId, signal) => provider.watch?.(id, { commandId, signal }),
    ...serveBackfill(provider),
    ...serveIngress(provider, deps),
    socketMessage: (id, message) => sockets.message(id, message),
    socketClosed: (id, code, reason) => sockets.closed(id, code, reason),
    demandChanged: (call, bits) => demand.changed(call, bits),
  };
}

async function runControl<Name extends ControlName>(
  { controls }: Provider,
  name: Name,
  call: ControlledCall,
  args: unknown,
  context: CommandContext,
): Promise<void> {
  const control = controls?.[name];
  if (!control) throw new FaultError('CAPABILITY_MISSING', `the provider does not support ${name}`);
  await control(call, args as ControlArguments[Name], context);
}

interface Run {
  readonly abort: AbortController;
  readonly pages: AsyncIterator<BackfillPage>;
}

function serveBackfill(
  provider: Provider,
): Pick<Handlers<InstanceMethods>, 'backfill' | 'nextPage' | 'endBackfill'> {
  const runs = new Map<number, Run>();
  return {
    backfill(id, request) {
      const abort = new AbortController();
      const pages = provider.backfill!(request, abort.signal)[Symbol.asyncIterator]();
      runs.set(id, { abort, pages });
    },
    async nextPage(id) {
      const page = await runs.get(id)?.pages.next();
      return page?.done === false ? page.value : undefined;
    },
    endBackfill(id) {
      const run = runs.get(id);
      runs.delete(id);
      run?.abort.abort();
      void Promise.resolve(run?.pages.return?.()).catch(() => undefined);
    },
  };
}

function serveIngress(
  provider: Provider,
  deps: ThreadInstanceDeps,
): Pick<
  Handlers<InstanceMethods>,
  'admitRequest' | 'loadSocket' | 'admitSocket' | 'request' | 'responseStatus' | 'socketOpened'
> {
  const statuses = new Map<number, (status: number) => void>();
  return {
    admitRequest: (request): Admission =>
      provider.ingress!.admitRequest?.(decodeRequest(request)) ?? { admit: true },
    loadSocket: async (request) => provider.ingress!.loadSocket?.(handshakeOf(request)),
    admitSocket: (request): Admission =>
      provider.ingress!.admitSocket?.(handshakeOf(request)) ?? { admit: true },
    async request(id, encoded, body, signal) {
      const status = encoded.hasResponseStatus
        ? { responseStatus: new Promise<number>((resolve) => statuses.set(id, resolve)) }
        : {};
      const lost = deps.lostEvents();
      const request: IngressRequest = { ...decodeRequest(encoded), body, signal, ...status };
      const response = await deps.asRequest(id, () => provider.ingress!.request!(request));
      if (deps.lostEvents() === lost) return response;
      throw new FaultError('PLUGIN_EVENT_FLOOD', 'too many messages wait for the daemon');
    },
    responseStatus(id, status) {
      statuses.get(id)?.(status);
      statuses.delete(id);
    },
    socketOpened(id, request) {
      const socket = deps.sockets.open(id);
      try {
        provider.ingress!.socket!(handshakeOf(request), socket);
      } catch (error) {
        deps.onRequestFailed('ingress.socket', error);
        deps.closeSocket(id, 1011);
      }
    },
  };
}

/** Returns the request of a WebSocket handshake. */
const handshakeOf = (request: EncodedRequest): IngressRequest => ({
  ...decodeRequest(request),
  body: NO_BODY,
  signal: NEVER,
});

/** What an instance is created with. */
export type CreateInstance = (host: ProviderHost) => Provider;
