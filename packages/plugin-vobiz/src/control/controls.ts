/** What can be done to a live Vobiz call: each control by the ways there are for the call, the best one first. */
import {
  FaultError,
  type Control,
  type ControlledCall,
  type ControlName,
  type Controls,
} from '@sidetone/core';

/** The relayed stream of a call, Vobiz's REST API, and the room that a call is in. */
export type Way = 'relay' | 'rest' | 'room';

export interface ControlWay {
  readonly controls: Controls;
  /** Whether it leads to a call at this moment. */
  readonly isOpenTo: (call: ControlledCall) => boolean;
}

/** The ways that an instance has. */
export type ControlWays = Partial<Readonly<Record<Way, ControlWay>>>;

/**
 * The ways of each control, the best one first. The stream is nearer to the caller; REST outlives the stream, and says
 * whether Vobiz took it.
 */
const PREFERENCE: Readonly<Record<ControlName, readonly Way[]>> = {
  say: ['rest'],
  addMessage: [],
  mute: ['relay', 'room'],
  unmute: ['relay', 'room'],
  sayFirstMessage: [],
  transfer: ['rest', 'relay'],
  handoff: ['relay'],
  endCall: ['rest', 'relay'],
  sendDtmf: ['rest'],
  playAudio: ['relay', 'rest'],
  clearAudio: ['relay', 'rest'],
};

function controlBy<Name extends ControlName>(name: Name, ways: ControlWays): Control<Name> | undefined {
  const possible = PREFERENCE[name].flatMap((way) => {
    const control: Control<Name> | undefined = ways[way]?.controls[name];
    return control ? [{ control, isOpenTo: ways[way]!.isOpenTo }] : [];
  });
  if (possible.length === 0) return undefined;
  return async (call, args, context) => {
    const way = possible.find(({ isOpenTo }) => isOpenTo(call));
    if (!way) throw new FaultError('CAPABILITY_MISSING', 'there is no way to do this to the call now');
    await way.control(call, args, context);
  };
}

/** The controls that the ways give together. */
export function createControls(ways: ControlWays): Controls {
  const names = Object.keys(PREFERENCE) as ControlName[];
  const controls = names.map((name) => [name, controlBy(name, ways)] as const);
  return Object.fromEntries(controls.filter(([, control]) => control !== undefined)) as Controls;
}
