/** What can be done to a live Vobiz call, over REST. */
import { FaultError, type Controls } from '@sidetone/core';
import type { VobizApi } from './api.ts';

/** The longest text that Vobiz speaks at once. */
export const MAX_SPEAK_CHARACTERS = 500;

/** The controls of an account. */
export function createControls(api: VobizApi): Controls {
  return {
    async say({ providerCallId }, { content, endCallAfterSpoken, interrupt }, { signal }) {
      if (endCallAfterSpoken) {
        throw new FaultError(
          'CAPABILITY_MISSING',
          'Vobiz does not tell when words were spoken, so it cannot end a call after them: say, then end the call',
        );
      }
      if (content.trim() === '') {
        throw new FaultError('INPUT_INVALID', 'content: expected something to say, found nothing');
      }
      if (content.length > MAX_SPEAK_CHARACTERS) {
        throw new FaultError(
          'INPUT_INVALID',
          `content: expected at most ${MAX_SPEAK_CHARACTERS} characters for Vobiz, found ${content.length}`,
        );
      }
      // That nothing was being said is no failure.
      if (interrupt) await api.stopSpeaking(providerCallId, signal);
      if ((await api.speak(providerCallId, content, signal)) === 'gone') {
        throw new FaultError('CALL_NOT_LIVE', 'Vobiz says that the call is over');
      }
    },
    // A call that is gone is ended: that is what was asked for.
    async endCall({ providerCallId }, _args, { signal }) {
      await api.hangUp(providerCallId, signal);
    },
  };
}
