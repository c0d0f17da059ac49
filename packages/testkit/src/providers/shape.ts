/**
 * What a provider has, and what it was seen to do: which audits apply follows from this alone. A method that is there is
 * a promise; what cannot be read off the instance is looked at while the call of the scenario is played once.
 */
import { CONTROL_CAPABILITIES, type ControlName, type Provider } from '@sidetone/core';
import type { Subject } from './scenario.ts';
import { createStage, type Stage } from './stage.ts';

/** What audits ask before they apply. */
export interface Shape {
  readonly controls: readonly ControlName[];
  readonly controlsFor: boolean;
  readonly placeCall: boolean;
  readonly watch: boolean;
  readonly request: boolean;
  readonly socket: boolean;
  readonly reconcile: boolean;
  readonly backfill: boolean;
  readonly health: boolean;
  /** Whether it was seen to ask the provider over HTTP. */
  readonly asks: boolean;
  /** Whether it was seen to dial the provider. */
  readonly dials: boolean;
  /** Whether it was seen to open a media stream, or says that calls can be listened to. */
  readonly streams: boolean;
  /** Whether its audio has a place in time, so that what is lost can be known. */
  readonly placesAudio: boolean;
}

/** A provider that has nothing, as far as can be seen: one that cannot even be made. */
const NOTHING: Shape = {
  controls: [],
  controlsFor: false,
  placeCall: false,
  watch: false,
  request: false,
  socket: false,
  reconcile: false,
  backfill: false,
  health: false,
  asks: false,
  dials: false,
  streams: false,
  placesAudio: false,
};

function shapeOf(provider: Provider): Shape {
  const names = Object.keys(CONTROL_CAPABILITIES) as ControlName[];
  return {
    ...NOTHING,
    controls: names.filter((name) => provider.controls?.[name] !== undefined),
    controlsFor: provider.controlsFor !== undefined,
    placeCall: provider.placeCall !== undefined,
    watch: provider.watch !== undefined,
    request: provider.ingress?.request !== undefined,
    socket: provider.ingress?.socket !== undefined,
    reconcile: provider.reconcile !== undefined,
    backfill: provider.backfill !== undefined,
    health: provider.health !== undefined,
  };
}

/** What the provider of a subject has and does. Never rejects: what fails here fails in the audits, with its reason. */
export async function shapeSeen(subject: Subject): Promise<Shape> {
  let stage: Stage | undefined;
  let canBeHeard = false;
  try {
    stage = await createStage(subject);
    await stage.start();
    await stage.play([...subject.scenario.call.toLive, ...subject.scenario.call.live]);
    canBeHeard = stage.provider.controlsFor?.(stage.call()).includes('LISTEN') ?? false;
    await stage.play(subject.scenario.call.toEnd);
    await stage.stop();
  } catch {
    // The audits will say why.
    await stage?.stop().catch(() => undefined);
  }
  if (!stage) return NOTHING;
  const { requests, dials, streams } = stage.host;
  return {
    ...shapeOf(stage.provider),
    asks: requests.length > 0,
    dials: dials.length > 0,
    streams: canBeHeard || streams.length > 0,
    placesAudio: streams.some(({ writes }) => writes.some(({ positionMs }) => positionMs !== undefined)),
  };
}
