export { createFakeClock, FAKE_EPOCH, type FakeClock } from './fakes/fake-clock.ts';
export {
  createFakeSocket,
  type FakeClosing,
  type FakeSocket,
  type FakeSocketPair,
} from './fakes/fake-socket.ts';
export {
  connectionFailure,
  NEVER,
  type FakeFetch,
  type FakeReply,
  type FakeRequest,
  type FakeResponder,
} from './fakes/fake-fetch.ts';
export type { FakeGap, FakeStream, FakeWrite } from './fakes/fake-stream.ts';
export type { FakeState } from './fakes/fake-state.ts';
export type { FakeDial, FakeDialAnswer, FakeService } from './fakes/fake-dial.ts';
export { createFakeHost, type FakeHost, type FakeHostOptions, type FakeLogEntry } from './fakes/fake-host.ts';
export {
  createCommandContext,
  createControlledCall,
  createIngressRequest,
  type IngressRequestOptions,
} from './fakes/contract-values.ts';
export {
  splitChannels,
  createWordRecogniser,
  encodeWords,
  textOfWord,
  WORD_MS,
  type WordRecogniser,
  type RecognisedWord,
  type SpokenWord,
} from './speech/words.ts';
export {
  LONG_FRAME_MS,
  openSpokenCall,
  expectedTranscript,
  type Script,
  type SpokenCall,
  type SpokenCallOptions,
} from './speech/spoken-call.ts';
export { LEVELS, type AuditInfo, type Level } from './checks/audit-info.ts';
export type { Audit } from './providers/audit.ts';
export { AUDITS, AUDITS_BY_TOPIC } from './providers/audits/index.ts';
export { AUDIT_TIMEOUT_MS, conform } from './conformance/conform.ts';
export { defineAudits, type DefineAuditsOptions, type DefineTest } from './conformance/define-audits.ts';
export {
  exitCodeOf,
  printReportCard,
  type AuditOutcome,
  type AuditResult,
  type LevelCount,
  type ReportCard,
} from './conformance/report-card.ts';
export { NO_SUBJECT_EXIT_CODE, runConform, type RunConformOptions } from './conformance/run-conform.ts';
export {
  defineSubject,
  type ApiRequestState,
  type ArgumentsOf,
  type CallScenario,
  type CloseStep,
  type ConnectStep,
  type CutStep,
  type DialledStep,
  type EventPattern,
  type ExpectedAudio,
  type ExpectedEffects,
  type HeardAudio,
  type MessageStep,
  type RequestPattern,
  type RequestStep,
  type Sample,
  type Scenario,
  type SentPattern,
  type Step,
  type Subject,
  type ScenarioState,
  type WaitStep,
  type DemandStep,
} from './providers/scenario.ts';
export type { AuditContext } from './providers/audit-context.ts';
export type { ProviderFeatures } from './providers/features.ts';
export type { ProviderHarness } from './providers/harness.ts';
export type { TranscriberAudit } from './transcribers/audit.ts';
export type { TranscriberAuditContext } from './transcribers/audit-context.ts';
export { TRANSCRIBER_AUDITS, TRANSCRIBER_AUDITS_BY_TOPIC } from './transcribers/audits/index.ts';
export {
  defineTranscriberSubject,
  type ServiceRefusal,
  type TranscriberScenario,
  type TranscriberSubject,
} from './transcribers/scenario.ts';
export type { ServiceBehaviour, TranscriberHarness } from './transcribers/harness.ts';
export {
  CAPTURE_AUDITS,
  createCapturedTest,
  type CapturedTest,
  type CapturedTestOptions,
  type TestImports,
} from './captures/captured-test.ts';
export { callsIn, type CapturedCallSummary } from './captures/captured-calls.ts';
export { readCapture, type CaptureSession } from './captures/capture-file.ts';
export { type CapturedApiResponse, type CapturedCall, type CapturedStep } from './captures/captured-steps.ts';
export { defineCapturedSubject } from './captures/captured-subject.ts';
export type { FindPluginOptions } from './captures/find-plugin.ts';
export { runCapture, type CaptureExitCode, type RunCaptureOptions } from './captures/run-capture.ts';
