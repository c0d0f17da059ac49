/** A provider whose plugin runs in a thread: every method is a message. */
import {
  CONTROL_CAPABILITIES,
  type BackfillPage,
  type BackfillRequest,
  type Capability,
  type CommandContext,
  type ControlArguments,
  type ControlledCall,
  type ControlName,
  type Controls,
  type IngressRequest,
} from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { ServedIngress, ServedProvider } from '../provider/served-provider.ts';
import type { DaemonSockets } from './daemon-sockets.ts';
import { encodeRequest } from './link/encoded-request.ts';
import type { Link } from './link/link.ts';
import type { DaemonMethods, Features, IngressFeatures, ThreadMethods } from './link/protocol.ts';

/** How long a thread may take to say what is possible for a call, ms. Then, the last answer counts, as long as it is blocked. */
export const CAPABILITIES_TIMEOUT_MS = 250;
/** Most calls whose last answer is kept. */
const MAX_CALLS = 20_000;

export interface IsolatedProviderDeps {
  readonly features: Features;
  readonly link: Link<ThreadMethods, DaemonMethods>;
  readonly sockets: DaemonSockets;
  /** Prepares the thread. It is called first. */
  readonly start: (signal: AbortSignal) => Promise<void>;
  /** Ends the thread, after the plugin has stopped or its time is over. */
  readonly stop: (signal: AbortSignal) => Promise<void>;
  /** Runs a task after `delayMs`. */
  readonly schedule: (delayMs: number, task: () => void) => () => void;
  /** Notes the request whose handler is being called, for the events that it emits. Returns a function that ends that. */
  readonly beginRequest: (id: number) => () => void;
}

export function createIsolatedProvider(deps: IsolatedProviderDeps): ServedProvider {
  const { features, link } = deps;
  const { has } = features;
  return {
    start: deps.start,
    stop: deps.stop,
    ...(features.controls && { controls: controlsOf(features.controls, link) }),
    ...(has.loadCall && { loadCall: (id, signal) => link.call(signal, 'loadCall', id) }),
    ...(has.controlsFor && { controlsFor: createControlsFor(deps) }),
    providesTranscript: features.providesTranscript,
    ...(has.placeCall && {
      placeCall: (args, { commandId, signal }) => link.call(signal, 'placeCall', args, commandId),
    }),
    ...(has.watch && {
      watch: (id, { commandId, signal }: CommandContext) => link.call(signal, 'watch', id, commandId),
    }),
    ...(features.ingress && { ingress: createIngress(features.ingress, deps) }),
    ...(has.reconcile && { reconcile: (calls, signal) => link.call(signal, 'reconcile', calls) }),
    ...(has.backfill && { backfill: createBackfill(link) }),
    ...(has.diagnostics && { diagnostics: (signal) => link.call(signal, 'diagnostics') }),
    ...(has.health && {
      health: (signal) => link.call(signal, 'health'),
    }),
  };
}

function controlsOf(names: readonly ControlName[], link: IsolatedProviderDeps['link']): Controls {
  const known = names.filter((name) => Object.hasOwn(CONTROL_CAPABILITIES, name));
  return Object.fromEntries(
    known.map((name) => [
      name,
      (
        call: ControlledCall,
        args: ControlArguments[ControlName],
        { commandId, signal }: CommandContext,
      ): Promise<void> => link.call(signal, 'control', name, call, args, commandId),
    ]),
  );
}

/**
 * What is possible for a call. A query must not wait for a blocked thread: after one that took too long, the last answers count
 * until the thread answers. Without any, everything counts as possible, as it does for plugins that do not say.
 */
function createControlsFor({
  features,
  link,
  schedule,
}: IsolatedProviderDeps): (call: ControlledCall) => Promise<readonly Capability[]> {
  const answers = new BoundedMap<string, readonly Capability[]>(MAX_CALLS);
  const everything = (features.controls ?? []).flatMap(
    (name): readonly Capability[] => CONTROL_CAPABILITIES[name],
  );
  let waitsForAnswer = false;

  return function controlsFor(call) {
    const last = (): readonly Capability[] => answers.get(call.id) ?? everything;
    if (waitsForAnswer) return Promise.resolve(last());
    return new Promise((resolve) => {
      const cancel = schedule(CAPABILITIES_TIMEOUT_MS, () => {
        waitsForAnswer = true;
        resolve(last());
      });
      const settle = (answer: readonly Capability[]): void => {
        waitsForAnswer = false;
        cancel();
        resolve(answer);
      };
      link
        .call(undefined, 'controlsFor', call)
        .then((answer) => answers.set(call.id, answer))
        .catch(() => undefined)
        .finally(() => settle(last()));
    });
  };
}

function createIngress(
  { has, maxBodyBytes, webhooks }: IngressFeatures,
  { link, sockets, beginRequest }: IsolatedProviderDeps,
): ServedIngress {
  let last = 0;
  return {
    ...(maxBodyBytes !== undefined && { maxBodyBytes }),
    ...(webhooks && { webhooks }),
    ...(has.request && {
      async request(request: IngressRequest) {
        const id = ++last;
        const endRequest = beginRequest(id);
        void request.responseStatus?.then((status) => link.note('responseStatus', id, status));
        try {
          return await link.call(request.signal, 'request', id, encodeRequest(request), request.body);
        } finally {
          endRequest();
        }
      },
    }),
    ...(has.admitRequest && {
      admitRequest: (request) => link.call(undefined, 'admitRequest', encodeRequest(request)),
    }),
    ...(has.loadSocket && {
      loadSocket: (request) => link.call(undefined, 'loadSocket', encodeRequest(request)),
    }),
    ...(has.admitSocket && {
      admitSocket: (request) => link.call(undefined, 'admitSocket', encodeRequest(request)),
    }),
    ...(has.socket && { socket: (request, socket) => sockets.open(request, socket) }),
  };
}

function createBackfill(
  link: IsolatedProviderDeps['link'],
): (request: BackfillRequest, signal: AbortSignal) => AsyncGenerator<BackfillPage> {
  let last = 0;
  return async function* backfill(request, signal) {
    const run = ++last;
    await link.call(signal, 'backfill', run, request);
    try {
      for (;;) {
        const page = await link.call(signal, 'nextPage', run);
        if (!page) return;
        yield page;
      }
    } finally {
      link.note('endBackfill', run);
    }
  };
}
