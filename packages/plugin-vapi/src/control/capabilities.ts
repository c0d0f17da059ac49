/** Which controls a call supports at the moment. */
import type { Capability, ControlledCall } from '@sidetone/core';
import { GPT_LIVE_TRANSFER_CARRIERS } from '../calls/gpt-live.ts';
import type { CallTraits, LiveCalls } from '../calls/live-calls.ts';
import type { TransportCalls } from '../media/transport-calls.ts';

/** The controls of every call that has a control URL. */
const CONTROLS = [
  'SAY',
  'ADD_MESSAGE',
  'MUTE_ASSISTANT',
  'MUTE_CUSTOMER',
  'SAY_FIRST_MESSAGE',
  'TRANSFER',
  'HANDOFF',
  'END_CALL',
] as const satisfies readonly Capability[];

/** The controls of a call with a GPT-Live assistant. */
const GPT_LIVE_CONTROLS = ['ADD_MESSAGE', 'END_CALL'] as const satisfies readonly Capability[];

/** Returns the controls that Vapi offers for a kind of call. */
function controlsOf(traits: CallTraits | undefined): readonly Capability[] {
  if (traits?.isGptLive !== true) return CONTROLS;
  const canTransfer = traits.carrier !== undefined && GPT_LIVE_TRANSFER_CARRIERS.has(traits.carrier);
  return canTransfer ? [...GPT_LIVE_CONTROLS, 'TRANSFER'] : GPT_LIVE_CONTROLS;
}

export function capabilitiesOfCall(
  calls: Pick<LiveCalls, 'monitorUrl' | 'traits'>,
  transportCalls: Pick<TransportCalls, 'get'>,
  { providerCallId, status }: ControlledCall,
): readonly Capability[] {
  // In any other status Vapi answers that the call is not active.
  if (status !== 'IN_PROGRESS' && status !== 'FORWARDING') return [];
  const traits = calls.traits(providerCallId);
  const isTransport = transportCalls.get(providerCallId) !== undefined;
  const hasControls = isTransport || calls.monitorUrl(providerCallId, 'control') !== 'none';
  const hasAudio = isTransport || calls.monitorUrl(providerCallId, 'listen') instanceof URL;
  const offered: readonly Capability[] = [
    ...(hasControls ? controlsOf(traits) : []),
    ...(isTransport ? (['PLAY_AUDIO', 'CLEAR_AUDIO'] as const) : []),
    ...(hasAudio ? (['LISTEN'] as const) : []),
  ];
  return offered.filter((capability) => traits?.refused.has(capability) !== true);
}
