/** The controls of live calls: each one uses the best channel that is open for the call. */
import {
  FaultError,
  type Control,
  type ControlledCall,
  type ControlName,
  type Controls,
} from '@sidetone/core';

/** The relayed stream of a call, Vobiz's REST API, and the conference room that a call is in. */
type ChannelName = 'relay' | 'rest' | 'conference';

export interface ControlChannel {
  readonly controls: Controls;
  /** Returns whether the channel can be used for a call at this moment. */
  readonly isOpen: (call: ControlledCall) => boolean;
}

/** The channels of an instance. */
type ControlChannels = Partial<Readonly<Record<ChannelName, ControlChannel>>>;

/**
 * The channels of each control, best first. The stream is closer to the caller; REST also works after the stream has
 * ended, and reports whether Vobiz accepted the request.
 */
const PREFERENCE: Readonly<Record<ControlName, readonly ChannelName[]>> = {
  say: ['rest'],
  addMessage: [],
  mute: ['relay', 'conference'],
  unmute: ['relay', 'conference'],
  sayFirstMessage: [],
  transfer: ['rest', 'relay'],
  handoff: ['relay'],
  endCall: ['rest', 'relay'],
  sendDtmf: ['rest'],
  playAudio: ['relay', 'rest'],
  clearAudio: ['relay', 'rest'],
};

function controlOver<Name extends ControlName>(
  name: Name,
  channels: ControlChannels,
): Control<Name> | undefined {
  const possible = PREFERENCE[name].flatMap((channel) => {
    const control: Control<Name> | undefined = channels[channel]?.controls[name];
    return control ? [{ control, isOpen: channels[channel]!.isOpen }] : [];
  });
  if (possible.length === 0) return undefined;
  return async (call, args, context) => {
    const open = possible.find(({ isOpen }) => isOpen(call));
    if (!open) throw new FaultError('CAPABILITY_MISSING', `${name} is not possible for the call now`);
    await open.control(call, args, context);
  };
}

/** Returns the controls that the channels provide together. */
export function createControls(channels: ControlChannels): Controls {
  const names = Object.keys(PREFERENCE) as ControlName[];
  const controls = names.map((name) => [name, controlOver(name, channels)] as const);
  return Object.fromEntries(controls.filter(([, control]) => control !== undefined)) as Controls;
}
