/** Helpers for provider and transcriber plugins. Unlike core, they may change in minor releases. See README.md. */
export { resample, resampledLength } from './audio/resample.ts';
export { createPacedWriter, type PacedWriter, type PacedWriterOptions } from './audio/paced-writer.ts';
export { decodeWav, type Sound, type WavResult } from './audio/wav.ts';
export {
  createByteQueue,
  createSoundQueue,
  MAX_AHEAD_MS,
  MAX_QUEUED_MS,
  samplesInFrame,
  silence,
  type AudioFormat,
  type ByteQueue,
  type SoundQueue,
} from './audio/playout.ts';
export {
  instantOf,
  isJsonObject,
  listOf,
  getOwn,
  numberOf,
  objectOf,
  parseJson,
  definedFields,
  textOf,
  type JsonObject,
} from './tolerant-json.ts';
export {
  findJsonExcess,
  isJsonTooDeep,
  MAX_JSON_DEPTH,
  MAX_JSON_VALUES,
  type JsonLimits,
} from './json-depth.ts';
export {
  requestProvider,
  errorReasonIn,
  faultOfResponse,
  USER_AGENT,
  type ProviderResponse,
  type ProviderRequest,
} from './request-provider.ts';
export { fetchSound, MAX_SOUND_BYTES, SOUND_TIMEOUT_MS } from './fetch-sound.ts';
export { createHostMatcher, hostInUrl, isHostRule, isLoopbackUrl } from './hosts.ts';
export { path } from './path.ts';
export { sendMessage } from './send-message.ts';
export { readBody } from './read-body.ts';
export { abortOnStop } from './abort-on-stop.ts';
export { CALL_PAUSE_MS, forEachCall, MAX_RATE_LIMIT_PAUSE_MS } from './for-each-call.ts';
export { RETRY_BACK_OFF, withRetries } from './with-retries.ts';
export { LATE_AUDIO_MS } from './audio/late-audio.ts';
export { backOffMs, type BackOff } from './back-off.ts';
export { BoundedMap } from './bounded-map.ts';
export { compareAndSet } from './compare-and-set.ts';
export { createStateLease, type StateLease } from './state-lease.ts';
export { isSameUrl, namesOf, runCheck } from './setup/diagnose.ts';
export { dispatch, type HandlerTable } from './dispatch.ts';
export { isSameSecret } from './same-secret.ts';
export { basicAuth, hasBasicAuth } from './basic-auth.ts';
export { fieldsOf } from './request-fields.ts';
export { requireVerification } from './setup/require-verification.ts';
export {
  createReplayGuard,
  handleClaimed,
  NO_CLAIM,
  type ReplayClaim,
  type ReplayGuard,
} from './replay/replay-guard.ts';
export { MAX_REPLAY_ENTRIES, type ReplayGuardOptions } from './replay/claim-store.ts';
export { asciiDigits, readNumber, type NumberText } from './numbers/number-text.ts';
export {
  callingCodeOf,
  dialledNumber,
  isCountry,
  parsePhoneNumber,
  supportedCountry,
  type Country,
  type DialledNumber,
  type PhoneNumber,
} from './numbers/phone-number.ts';
export {
  CAPTURE_VERSION,
  type CapturedContent,
  type CapturedEntry,
  type CapturedHead,
  type CapturedRequest,
  type CapturedResponse,
  type CaptureHead,
} from './capture/captured-entry.ts';
