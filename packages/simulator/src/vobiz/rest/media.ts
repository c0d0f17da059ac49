// Speaking, playing, digits and recordings of a call.

import { targetOf } from '../webhook/webhooks.ts';
import { CALL, failure, fieldsOf, NO_CONTENT, onLiveCall, success } from './replies.ts';
import type { Route } from './replies.ts';

/** The longest text of one request. */
const MAX_SPEAK_CHARACTERS = 500;

const DEFAULT_RECORD_S = 60;
const LEGS = ['aleg', 'bleg', 'both'];
const DIGITS = /^[0-9*#wW]+$/;

const isLegs = (legs: unknown): legs is string => LEGS.includes(String(legs));

/** The routes of a call's media. */
export const MEDIA_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: new RegExp(`^${CALL}Speak/$`),
    answer(request, cloud, [uuid]) {
      const { text, legs = 'aleg' } = fieldsOf(request);
      if (typeof text !== 'string' || text.trim() === '') return failure(400, 'text is required');
      if (text.length > MAX_SPEAK_CHARACTERS)
        return failure(400, `text is longer than ${MAX_SPEAK_CHARACTERS}`);
      if (!isLegs(legs)) return failure(400, 'legs is invalid');
      return onLiveCall(cloud, uuid, (call) =>
        call.speak(text, legs)
          ? success(202, { message: 'speak started' })
          : failure(429, 'too much to speak'),
      );
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${CALL}Speak/$`),
    answer: (_, cloud, [uuid]) =>
      onLiveCall(cloud, uuid, (call) => {
        call.stopSpeaking();
        return NO_CONTENT;
      }),
  },
  {
    method: 'POST',
    path: new RegExp(`^${CALL}Play/$`),
    answer(request, cloud, [uuid]) {
      const { urls, legs = 'aleg' } = fieldsOf(request);
      const files = typeof urls === 'string' ? urls.split(',').map((url) => url.trim()) : [];
      if (files.length === 0 || !files.every((url) => URL.canParse(url)))
        return failure(400, 'urls is required');
      if (!isLegs(legs)) return failure(400, 'legs is invalid');
      return onLiveCall(cloud, uuid, (call) => {
        call.play(files, legs);
        return success(202, { message: 'play started' });
      });
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${CALL}Play/$`),
    answer: (_, cloud, [uuid]) =>
      onLiveCall(cloud, uuid, (call) => {
        call.stopPlaying();
        return NO_CONTENT;
      }),
  },
  {
    method: 'POST',
    path: new RegExp(`^${CALL}DTMF/$`),
    answer(request, cloud, [uuid]) {
      const { digits, leg = 'aleg' } = fieldsOf(request);
      if (typeof digits !== 'string' || !DIGITS.test(digits)) return failure(400, 'digits is invalid');
      if (!isLegs(leg)) return failure(400, 'leg is invalid');
      return onLiveCall(cloud, uuid, (call) => {
        if (leg !== 'bleg') call.sendDigits(digits);
        return success(202, { message: 'digits sent' });
      });
    },
  },
  {
    method: 'POST',
    path: new RegExp(`^${CALL}Record/$`),
    answer(request, cloud, [uuid]) {
      const fields = fieldsOf(request);
      const timeLimitS = fields['time_limit'] ?? DEFAULT_RECORD_S;
      if (typeof timeLimitS !== 'number' || !(timeLimitS > 0)) return failure(400, 'time_limit is invalid');
      const format = fields['file_format'] === 'wav' ? 'wav' : 'mp3';
      const callback = targetOf(fields['callback_url'], fields['callback_method']);
      return onLiveCall(cloud, uuid, (call) => {
        const recording = call.startRecording({ format, timeLimitS, callback });
        if (recording === undefined) return failure(400, 'too many recordings');
        const { id, url } = recording;
        return success(202, { message: 'recording started', recording_id: id, url });
      });
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${CALL}Record/$`),
    answer: (request, cloud, [uuid]) =>
      onLiveCall(cloud, uuid, (call) => {
        const url = fieldsOf(request)['URL'];
        call.stopRecording(typeof url === 'string' ? url : undefined);
        return NO_CONTENT;
      }),
  },
];
