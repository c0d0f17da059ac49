export { createSimulator, DEMO_KEYS } from './simulator.ts';
export type { Simulator, SimulatorOptions, StartCall, Targets } from './simulator.ts';
export { VAPI_BEHAVIOUR, VOBIZ_BEHAVIOUR } from './behaviour.ts';
export type { VapiBehaviour, VobizBehaviour } from './behaviour.ts';
export type { CallState, Heard, ProviderName, Said, SimulatedCall, StreamState } from './call/call-state.ts';
export type { DeliveryCounts } from './http/courier.ts';
export type { Script, Speaker, Turn } from './speech/library.ts';
