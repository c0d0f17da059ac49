/**
 * Composition root: creates every component of the daemon and its dependencies; `composition/` has a file per part. Each daemon
 * has a container of its own, so several can run in one process (as in tests) without sharing state.
 */
import 'reflect-metadata';
import { container, instanceCachingFactory, type DependencyContainer } from 'tsyringe';
import { registerAudio } from './composition/audio.ts';
import { registerCalls } from './composition/calls.ts';
import { registerClients, registerSignIns, registerTokens } from './composition/clients.ts';
import { registerCommandsAndBackfill } from './composition/commands.ts';
import { registerDeliveries, registerGraphql } from './composition/graphql.ts';
import { registerFollowing } from './composition/nodes/following.ts';
import { registerHttp } from './composition/http.ts';
import { registerLive } from './composition/live.ts';
import { registerRecordingAndListening } from './composition/media.ts';
import { registerMetrics } from './composition/metrics.ts';
import { registerMutations } from './composition/mutations.ts';
import { registerOperator } from './composition/operator.ts';
import { registerPlugins } from './composition/plugins.ts';
import { registerRelay } from './composition/nodes/relay.ts';
import { registerRetention } from './composition/retention.ts';
import type { Environment, Register } from './composition/registration.ts';
import { registerStore } from './composition/store.ts';
import { registerCapture } from './composition/capture.ts';
import { registerTakeover } from './composition/nodes/takeover.ts';
import { registerTranscription } from './composition/transcription.ts';

/** Every part, from what stores calls to what serves them. */
const PARTS: readonly ((register: Register, environment: Environment) => void)[] = [
  registerStore,
  registerCalls,
  registerRetention,
  registerLive,
  registerFollowing,
  registerRelay,
  registerAudio,
  registerRecordingAndListening,
  registerPlugins,
  registerTakeover,
  registerTranscription,
  registerCapture,
  registerCommandsAndBackfill,
  registerMutations,
  registerGraphql,
  registerDeliveries,
  registerTokens,
  registerClients,
  registerSignIns,
  registerHttp,
  registerOperator,
  registerMetrics,
];

export function createContainer(environment: Environment): DependencyContainer {
  const parts = container.createChildContainer();
  const register: Register = (token, create) => {
    parts.register(token, {
      useFactory: instanceCachingFactory((from) => create((other) => from.resolve(other))),
    });
  };
  for (const registerPart of PARTS) registerPart(register, environment);
  return parts;
}
