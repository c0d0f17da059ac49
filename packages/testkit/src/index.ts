export { createFakeClock, FAKE_EPOCH, type FakeClock } from './fake-clock.ts';
export { createFakeSocket, type FakeClosing, type FakeSocket, type FakeSocketPair } from './fake-socket.ts';
export {
  connectionFailure,
  NEVER,
  type FakeFetch,
  type FakeReply,
  type FakeRequest,
  type FakeResponder,
} from './fake-fetch.ts';
export type { FakeGap, FakeStream, FakeWrite } from './fake-stream.ts';
export type { FakeState } from './fake-state.ts';
export {
  createFakeHost,
  type FakeDial,
  type FakeDialAnswer,
  type FakeHost,
  type FakeHostOptions,
  type FakeLogEntry,
} from './fake-host.ts';
export {
  createCommandContext,
  createControlledCall,
  createIngressRequest,
  type IngressRequestOptions,
} from './ingress-request.ts';
