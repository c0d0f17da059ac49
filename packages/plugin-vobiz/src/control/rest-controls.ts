/** What can be done to a live Vobiz call over REST. */
import { FaultError, invalidArgument, isFault, type Controls, type ProviderCallId } from '@sidetone/core';
import type { Outcome, VobizApi } from '../rest/api.ts';
import { webAddress } from './argument-checks.ts';
import type { VobizOptions } from '../config.ts';
import { spokenText } from '../rest/spoken-text.ts';
import type { TransferGrants } from '../answer/transfer-grants.ts';
import { transferOrder } from './transfer-order.ts';

export interface RestControlsDeps {
  readonly api: VobizApi;
  readonly speak: VobizOptions['speak'];
  readonly grants: Pick<TransferGrants, 'issue' | 'drop'>;
  /** Where Vobiz takes the XML of a transfer. */
  readonly transferUrl: (token: string) => URL;
  /** The number that a transfer shows unless told otherwise. */
  readonly callerId: string | undefined;
}

/** The keys that can be sent; `w` and `W` are pauses of half a second and one. */
const DIGITS = /^[0-9*#wW]+$/;

/** @throws {FaultError} CALL_NOT_LIVE. */
function needsCall(outcome: Outcome): void {
  if (outcome === 'gone') throw new FaultError('CALL_NOT_LIVE', 'Vobiz says that the call is over');
}

/** The controls of an account. */
export function createRestControls({ api, speak, grants, transferUrl, callerId }: RestControlsDeps) {
  async function redirect(callId: ProviderCallId, token: string, signal: AbortSignal): Promise<void> {
    try {
      needsCall(await api.transfer(callId, transferUrl(token), signal));
    } catch (error) {
      // After a time-out it may have been taken, and then Vobiz asks for what to do.
      const isUnknown = isFault(error) && error.code === 'PROVIDER_TIMEOUT';
      if (!isUnknown) await grants.drop(token);
      throw error;
    }
  }

  return {
    async say({ providerCallId }, { content, endCallAfterSpoken, interrupt }, { signal }) {
      if (endCallAfterSpoken) {
        throw new FaultError(
          'CAPABILITY_MISSING',
          'Vobiz does not tell when words were spoken, so it cannot end a call after them: say, then end the call',
        );
      }
      const text = spokenText(content);
      // That nothing was being said is no failure.
      if (interrupt) await api.stopSpeaking(providerCallId, signal);
      needsCall(await api.speak(providerCallId, { text, ...speak }, signal));
    },
    async playAudio({ providerCallId }, { url }, { signal }) {
      const sound = webAddress(url);
      if (sound === undefined) throw invalidArgument('url', 'expected an http or https address');
      needsCall(await api.play(providerCallId, sound, signal));
    },
    async clearAudio({ providerCallId }, _args, { signal }) {
      const spoken = await api.stopSpeaking(providerCallId, signal);
      const played = await api.stopPlaying(providerCallId, signal);
      if (spoken === 'done' || played === 'done') return;
      // Either nothing was heard, or there is no call any more.
      needsCall((await api.getLiveCall(providerCallId, signal)) ? 'done' : 'gone');
    },
    async sendDtmf({ providerCallId }, { digits }, { signal }) {
      if (!DIGITS.test(digits)) throw invalidArgument('digits', 'expected 0-9 * #, and w or W for a pause');
      needsCall(await api.sendDigits(providerCallId, digits, signal));
    },
    async transfer({ providerCallId }, args, { commandId, signal }) {
      const order = transferOrder(args, callerId);
      await redirect(providerCallId, await grants.issue(providerCallId, commandId, order), signal);
    },
    // A call that is gone is ended: that is what was asked for.
    async endCall({ providerCallId }, _args, { signal }) {
      await api.hangUp(providerCallId, signal);
    },
  } satisfies Controls;
}
