/** Which controls a call supports at the moment. */
import type { Capability, ControlledCall } from '@sidetone/core';
import type { LiveCalls } from '../calls/live-calls.ts';
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

export function capabilitiesOfCall(
  calls: Pick<LiveCalls, 'monitorUrl'>,
  transportCalls: Pick<TransportCalls, 'get'>,
  { providerCallId, status }: ControlledCall,
): readonly Capability[] {
  // In any other status Vapi answers that the call is not active.
  if (status !== 'IN_PROGRESS' && status !== 'FORWARDING') return [];
  const isTransport = transportCalls.get(providerCallId) !== undefined;
  const hasControls = isTransport || calls.monitorUrl(providerCallId, 'control') !== 'none';
  const hasAudio = isTransport || calls.monitorUrl(providerCallId, 'listen') instanceof URL;
  return [
    ...(hasControls ? CONTROLS : []),
    ...(isTransport ? (['PLAY_AUDIO', 'CLEAR_AUDIO'] as const) : []),
    ...(hasAudio ? (['LISTEN'] as const) : []),
  ];
}
