// The verbs that receive input of the caller: digits and recordings.

import type { Verb } from './answer-xml.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import type { RecordingEnd } from '../line/recordings.ts';
import { recordingForm } from '../line/recordings.ts';
import { targetOf } from '../webhook/webhooks.ts';
import { FRAME_MS } from '../../audio/pcm.ts';
import { runWhile, isTrue, secondsToMs } from './verb-context.ts';
import type { VerbContext, RunningVerb } from './verb-context.ts';
import { prompts } from './sound.ts';

const ACTION_DEAD = { unreachable: HANGUPS.actionUnreachable, invalid: HANGUPS.invalidAction };
const DEFAULT_EXECUTION_S = 15;
const DEFAULT_DIGIT_END_S = 2;
const MAX_DIGITS = 32;
const ANY_KEY = '1234567890*#';
const DEFAULT_RECORD_S = 60;

/** `<Gather>`: digits only, without speech recognition. Digits during the prompt count too. */
export function gather({ attributes, children }: Verb, call: VerbContext): RunningVerb {
  call.answer();
  const action = targetOf(attributes['action'], attributes['method']);
  const maxDigits = Math.min(MAX_DIGITS, Number(attributes['numDigits']) || MAX_DIGITS);
  const finishOnKey = attributes['finishOnKey'] ?? '#';
  const digitEndMs = secondsToMs(attributes['digitEndTimeout'], DEFAULT_DIGIT_END_S);
  const prompting = prompts(children, call);
  let leftMs = secondsToMs(attributes['executionTimeout'], DEFAULT_EXECUTION_S);
  let sinceDigitMs = 0;
  let digits = '';
  let isFinished = false;
  let next: RunningVerb | undefined;

  const stopListening = call.onDigit((digit) => {
    if (isFinished) return;
    sinceDigitMs = 0;
    isFinished = finishOnKey.includes(digit);
    if (!isFinished) digits += digit;
    isFinished ||= digits.length >= maxDigits;
  });

  /** Without digits or without a redirect, the next verb runs. */
  const finish = (): boolean => {
    isFinished = true;
    stopListening();
    if (digits === '') return false;
    const form = {
      ...call.commonForm('Gather'),
      InputType: 'dtmf',
      Digits: digits,
      Speech: '',
      BilledAmount: '0',
    };
    if (!isTrue(attributes['redirect'], true)) {
      call.notify(action, form);
      return false;
    }
    next = call.continueWith(action, form, ACTION_DEAD);
    return true;
  };

  return {
    ...runWhile(() => {
      if (next !== undefined) return next.isRunning();
      const isPrompting = prompting();
      if (isFinished) return finish();
      if (!isPrompting) leftMs -= FRAME_MS;
      sinceDigitMs += FRAME_MS;
      const isLate = digits !== '' && sinceDigitMs >= digitEndMs;
      return leftMs > 0 && !isLate ? true : finish();
    }),
    cancel: () => stopListening(),
  };
}

/** `<Record>`: until the caller is silent, presses a digit or hangs up; with `recordSession`, during all other verbs. */
export function record({ attributes }: Verb, call: VerbContext): RunningVerb | undefined {
  call.answer();
  const action = targetOf(attributes['action'], attributes['method']);
  const callback = targetOf(attributes['callbackUrl'], attributes['callbackMethod']);
  const isSession = isTrue(attributes['recordSession']);
  const recording = call.recordings.start({
    format: attributes['fileFormat'] === 'wav' ? 'wav' : 'mp3',
    maxMs:
      isSession && attributes['maxLength'] === undefined
        ? undefined
        : secondsToMs(attributes['maxLength'], DEFAULT_RECORD_S),
    onEnd: (ended) => call.notify(callback, { ...call.commonForm('RecordStop'), ...recordingForm(ended) }),
  });
  if (recording === undefined) return undefined;
  const form = {
    RecordingID: recording.id,
    RecordUrl: recording.url,
    RecordingDuration: '-1',
    RecordingDurationMs: '-1',
  };
  if (isSession) {
    call.notify(action, { ...call.commonForm('Record'), ...form });
    return undefined;
  }

  const silenceMs = secondsToMs(attributes['timeout'], DEFAULT_RECORD_S);
  const finishOnKey = attributes['finishOnKey'] ?? ANY_KEY;
  let lastedMs = 0;
  let end: RecordingEnd | undefined;
  let next: RunningVerb | undefined;
  const stopListening = call.onDigit((digit) => {
    if (finishOnKey.includes(digit)) end ??= 'FinishedOnKey';
  });
  return {
    ...runWhile(() => {
      if (next !== undefined) return next.isRunning();
      lastedMs += FRAME_MS;
      if (Math.min(lastedMs, call.callerSilenceMs) >= silenceMs) end ??= 'RecordingTimeout';
      if (end !== undefined) call.recordings.stop(recording, end);
      if (recording.endedAt === null) return true;
      stopListening();
      const report = { ...call.commonForm('Record'), ...form };
      if (action === undefined || !isTrue(attributes['redirect'])) {
        call.notify(action, report);
        return false;
      }
      next = call.continueWith(action, report, ACTION_DEAD);
      return true;
    }),
    cancel() {
      stopListening();
      call.recordings.stop(recording, 'HungUp');
    },
  };
}
