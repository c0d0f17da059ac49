export { createSimulator } from './simulator.ts';
export { DEMO_KEYS } from './simulator-contract.ts';
export type {
  Simulator,
  SimulatedDeepgram,
  SimulatorOptions,
  SimulatedVapi,
  SimulatedVobiz,
  StartCall,
  Targets,
} from './simulator-contract.ts';
export { DEEPGRAM_BEHAVIOUR } from './deepgram/behaviour.ts';
export type { DeepgramBehaviour } from './deepgram/behaviour.ts';
export type { DeepgramSessionState, FinalState } from './deepgram/session-state.ts';
export { VOBIZ_BEHAVIOUR } from './vobiz/behaviour.ts';
export type { VobizBehaviour } from './vobiz/behaviour.ts';
export type { Tone } from './call/tone-request.ts';
export type { VobizCall } from './vobiz/call/call-contract.ts';
export { VAPI_BEHAVIOUR } from './vapi/behaviour.ts';
export type { VapiBehaviour } from './vapi/behaviour.ts';
export type { VapiCall } from './vapi/call/call-contract.ts';
export type { Credential, HmacCredential } from './vapi/webhook/credential.ts';
export type { PastCallsOptions } from './vapi/past-calls.ts';
export type { ServerRequest } from './vapi/webhook/server-requests.ts';
export type {
  Answer,
  CallState,
  ProviderName,
  ReceivedCommand,
  RecordingState,
  SayState,
  SimulatedCall,
  StreamState,
  TranscriptEntry,
  UplinkState,
  VobizCallState,
} from './call/call-state.ts';
export type { DeliveryCounts } from './http/webhook-sender.ts';
export type { Script, Speaker, Turn } from './speech/library.ts';
