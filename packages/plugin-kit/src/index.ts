/** Helpers for provider and transcriber plugins. Unlike core, this package may change between minor releases. */
export { resample, resampledLength } from './audio/resample.ts';
export { decodeWav, type Sound, type WavResult } from './audio/wav.ts';
export {
  createByteQueue,
  createSoundQueue,
  MAX_AHEAD_MS,
  MAX_WAITING_MS,
  samplesIn,
  silence,
  type AudioFormat,
  type ByteQueue,
  type SoundQueue,
} from './audio/playout.ts';
export {
  instantOf,
  isJsonObject,
  listOf,
  lookUp,
  numberOf,
  objectOf,
  parseJson,
  present,
  textOf,
  type JsonObject,
} from './tolerant.ts';
export {
  askProvider,
  MAX_REPLY_BYTES,
  reasonIn,
  refusalOf,
  USER_AGENT,
  type ProviderReply,
  type ProviderRequest,
} from './provider-http.ts';
export { fetchSound, MAX_SOUND_BYTES, SOUND_TIMEOUT_MS } from './fetch-sound.ts';
export { readBody } from './read-body.ts';
export { untilStopped } from './until-stopped.ts';
export { ASK_PAUSE_MS, askForEach, MAX_COOL_DOWN_MS } from './ask-for-each.ts';
export { askPatiently, RETRY_FIRST_MS, RETRY_LONGEST_MS } from './ask-patiently.ts';
export { backOffMs, type BackOff } from './back-off.ts';
export { BoundedMap } from './bounded-map.ts';
export { dispatch, type HandlerTable } from './dispatch.ts';
export { isSameSecret } from './constant-time.ts';
