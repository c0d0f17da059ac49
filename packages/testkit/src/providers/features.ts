/**
 * Detects what a provider implements and does. This alone determines which audits apply. Having a method is a promise; what
 * the instance does not show is observed while the call of the scenario is played once.
 */
import { CONTROL_CAPABILITIES, type ControlName, type Provider } from '@sidetone/core';
import { createHarness, type ProviderHarness } from './harness.ts';
import { allSteps, type Subject } from './scenario.ts';
import { statesEffects } from './step-effects.ts';

/** The features of a provider. */
export interface ProviderFeatures {
  readonly controls: readonly ControlName[];
  readonly controlsFor: boolean;
  readonly placeCall: boolean;
  readonly watch: boolean;
  readonly request: boolean;
  /** Whether it decides by the headers of a request whether the body is read. */
  readonly admitsRequests: boolean;
  readonly socket: boolean;
  readonly reconcile: boolean;
  readonly backfill: boolean;
  readonly health: boolean;
  readonly diagnostics: boolean;
  /** Whether it sends HTTP requests. */
  readonly sendsRequests: boolean;
  /** Whether it opens WebSockets. */
  readonly dials: boolean;
  /** Whether it opens media streams, or offers LISTEN for the call. */
  readonly hasStreams: boolean;
  /** Whether its audio has positions, so that lost audio can be detected. */
  readonly hasPositions: boolean;
  /** Whether a step of the scenario states its effects. */
  readonly statesEffects: boolean;
  /** Whether a message of the scenario may be sent again. */
  readonly repeatsMessages: boolean;
  /** Whether the scenario states details of the call. */
  readonly statesDetails: boolean;
}

/** The features of a provider that cannot be created. */
const NONE: ProviderFeatures = {
  controls: [],
  controlsFor: false,
  placeCall: false,
  watch: false,
  request: false,
  admitsRequests: false,
  socket: false,
  reconcile: false,
  backfill: false,
  health: false,
  diagnostics: false,
  sendsRequests: false,
  dials: false,
  hasStreams: false,
  hasPositions: false,
  statesEffects: false,
  repeatsMessages: false,
  statesDetails: false,
};

function methodsOf(provider: Provider): ProviderFeatures {
  const names = Object.keys(CONTROL_CAPABILITIES) as ControlName[];
  return {
    ...NONE,
    controls: names.filter((name) => provider.controls?.[name] !== undefined),
    controlsFor: provider.controlsFor !== undefined,
    placeCall: provider.placeCall !== undefined,
    watch: provider.watch !== undefined,
    request: provider.ingress?.request !== undefined,
    admitsRequests: provider.ingress?.admitRequest !== undefined,
    socket: provider.ingress?.socket !== undefined,
    reconcile: provider.reconcile !== undefined,
    backfill: provider.backfill !== undefined,
    health: provider.health !== undefined,
    diagnostics: provider.diagnostics !== undefined,
  };
}

/** Returns the features of a subject's provider. Never rejects: failures are reported by the audits. */
export async function detectFeatures(subject: Subject): Promise<ProviderFeatures> {
  let harness: ProviderHarness | undefined;
  let offersListen = false;
  try {
    harness = await createHarness(subject);
    await harness.start();
    await harness.play([...subject.scenario.call.toLive, ...subject.scenario.call.live]);
    offersListen = harness.provider.controlsFor?.(harness.call()).includes('LISTEN') ?? false;
    await harness.play(subject.scenario.call.toEnd);
    await harness.stop();
  } catch {
    await harness?.stop().catch(() => undefined);
  }
  if (!harness) return NONE;
  const { requests, dials, streams } = harness.host;
  const steps = allSteps(subject.scenario);
  return {
    ...methodsOf(harness.provider),
    sendsRequests: requests.length > 0,
    dials: dials.length > 0,
    hasStreams: offersListen || streams.length > 0,
    statesEffects: steps.some(statesEffects),
    repeatsMessages: steps.some((step) => 'again' in step),
    statesDetails: subject.scenario.call.details !== undefined,
    hasPositions: streams.some(({ writes }) => writes.some(({ positionMs }) => positionMs !== undefined)),
  };
}
