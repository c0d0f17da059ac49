import { restRecordingForm } from '../line/recordings.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import type { VobizCall } from './call-contract.ts';
import type { VobizCallParts } from './call-parts.ts';
import { transferCall } from './instructions.ts';
import { cancelVerb, hangUp } from './lifecycle.ts';
import { addStream, sendDigits, speak } from './line-operations.ts';

type RestCommands = Pick<
  VobizCall,
  | 'speak'
  | 'stopSpeaking'
  | 'play'
  | 'stopPlaying'
  | 'sendDigits'
  | 'startRecording'
  | 'stopRecording'
  | 'startStream'
  | 'transfer'
  | 'hangUpByApi'
  | 'hangUpEndOfXml'
>;

/** Returns the commands that REST can give to a call. Each one is recorded. */
export function createRestCommands(call: VobizCallParts): RestCommands {
  const { callLog, conversation, player, recordings, webhooks, record } = call;
  return {
    speak(text, legs) {
      callLog.addCommand('speak');
      if (legs !== 'bleg') return speak(call, text);
      callLog.addSpoken(text);
      return true;
    },
    stopSpeaking() {
      callLog.addCommand('stop-speak');
      conversation.cancelSays();
    },
    play(urls, legs) {
      callLog.addCommand('play');
      if (legs !== 'bleg') player.play(urls);
    },
    stopPlaying() {
      callLog.addCommand('stop-play');
      player.stop();
    },
    sendDigits(digits) {
      callLog.addCommand('dtmf');
      sendDigits(call, digits);
    },
    startRecording({ format, timeLimitS, callback }) {
      callLog.addCommand('record');
      return recordings.start({
        format,
        maxMs: timeLimitS * 1000,
        onEnd: (recording) => webhooks.notify(callback, restRecordingForm(recording, record.id)),
      });
    },
    stopRecording(url) {
      callLog.addCommand('stop-record');
      for (const recording of recordings.all) {
        if (url === undefined || recording.url === url) recordings.stop(recording, 'ApiRequest');
      }
    },
    startStream(spec) {
      callLog.addCommand('stream');
      return addStream(call, spec);
    },
    transfer(aleg, bleg) {
      callLog.addCommand('transfer');
      if (bleg !== undefined) void webhooks.request(bleg, webhooks.commonForm('Transfer'));
      if (aleg !== undefined) void transferCall(call, aleg);
      else cancelVerb(call, undefined);
    },
    hangUpByApi() {
      callLog.addCommand('hangup');
      hangUp(call, HANGUPS.byApi);
    },
    hangUpEndOfXml: () => hangUp(call, HANGUPS.endOfXml),
  };
}
