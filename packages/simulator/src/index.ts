export { createSimulator, DEMO_KEYS } from './simulator.ts';
export type {
  DeepgramSide,
  Simulator,
  SimulatorOptions,
  StartCall,
  Targets,
  VapiSide,
  VobizSide,
} from './simulator.ts';
export { DEEPGRAM_BEHAVIOUR } from './deepgram/behaviour.ts';
export type { DeepgramBehaviour } from './deepgram/behaviour.ts';
export type { DeepgramSessionState, FinalState } from './deepgram/session-state.ts';
export { VOBIZ_BEHAVIOUR } from './vobiz/behaviour.ts';
export type { VobizBehaviour } from './vobiz/behaviour.ts';
export type { Tone } from './call/tone-request.ts';
export type { VobizCall } from './vobiz/call-contract.ts';
export { VAPI_BEHAVIOUR } from './vapi/behaviour.ts';
export type { VapiBehaviour } from './vapi/behaviour.ts';
export type { VapiCall } from './vapi/call.ts';
export type { Credential, HmacCredential } from './vapi/webhook/credential.ts';
export type { PastOptions } from './vapi/past-calls.ts';
export type { AskFor } from './vapi/webhook/server-requests.ts';
export type {
  Answer,
  CallState,
  Heard,
  ProviderName,
  Received,
  RecordingState,
  Said,
  SimulatedCall,
  StreamState,
  UplinkState,
  VobizCallState,
} from './call/call-state.ts';
export type { DeliveryCounts } from './http/webhook-sender.ts';
export type { Script, Speaker, Turn } from './speech/library.ts';
