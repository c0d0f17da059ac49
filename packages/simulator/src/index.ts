export { createSimulator, DEMO_KEYS } from './simulator.ts';
export type { Simulator, SimulatorOptions, StartCall, Targets, VapiSide } from './simulator.ts';
export { VOBIZ_BEHAVIOUR } from './behaviour.ts';
export type { VobizBehaviour } from './behaviour.ts';
export { VAPI_BEHAVIOUR } from './vapi/behaviour.ts';
export type { VapiBehaviour } from './vapi/behaviour.ts';
export type { VapiCall } from './vapi/call.ts';
export type { Credential, HmacCredential } from './vapi/credential.ts';
export type { PastOptions } from './vapi/past.ts';
export type { AskFor } from './vapi/requests.ts';
export type {
  Answer,
  CallState,
  Heard,
  ProviderName,
  Received,
  Said,
  SimulatedCall,
  StreamState,
  UplinkState,
} from './call/call-state.ts';
export type { DeliveryCounts } from './http/courier.ts';
export type { Script, Speaker, Turn } from './speech/library.ts';
