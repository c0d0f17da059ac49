/** Controls of live calls over REST. */
import { FaultError, invalidArgument, isFault, type Controls, type ProviderCallId } from '@sidetone/core';
import type { TransferGrants } from '../answer/transfer-grants.ts';
import type { VobizOptions } from '../config.ts';
import type { Outcome, VobizApi } from '../rest/api.ts';
import { checkSpokenText, parseWebUrl } from './argument-checks.ts';
import { transferOrder } from './transfer-order.ts';

interface RestControlsDeps {
  readonly api: VobizApi;
  readonly speak: VobizOptions['speak'];
  readonly grants: Pick<TransferGrants, 'issue' | 'drop'>;
  /** Returns the URL at which Vobiz requests the XML of a transfer. */
  readonly transferUrl: (token: string) => URL;
  /** The caller id of a transfer unless its arguments contain one. */
  readonly callerId: string | undefined;
}

/** The digits that can be sent; `w` and `W` are pauses of half a second and one second. */
const DIGITS = /^[0-9*#wW]+$/;

/** @throws {FaultError} CALL_NOT_LIVE. */
function requireLive(outcome: Outcome): void {
  if (outcome === 'gone') throw new FaultError('CALL_NOT_LIVE', 'the call has ended, according to Vobiz');
}

/** Creates the controls of an account; all but `endCall` reject with CALL_NOT_LIVE for an ended call. */
export function createRestControls({ api, speak, grants, transferUrl, callerId }: RestControlsDeps) {
  async function redirect(callId: ProviderCallId, token: string, signal: AbortSignal): Promise<void> {
    try {
      requireLive(await api.transfer(callId, transferUrl(token), signal));
    } catch (error) {
      // After a timeout, Vobiz may have accepted the transfer, and will then request its XML.
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
          'endCallAfterSpoken is not possible: Vobiz does not report when speech has ended. Use say, then endCall',
        );
      }
      const text = checkSpokenText(content);
      // A 404 means that nothing was being spoken.
      if (interrupt) await api.stopSpeaking(providerCallId, signal);
      requireLive(await api.speak(providerCallId, { text, ...speak }, signal));
    },
    async playAudio({ providerCallId }, { url }, { signal }) {
      const webUrl = parseWebUrl(url);
      if (webUrl === undefined) throw invalidArgument('url', 'expected an http or https URL');
      requireLive(await api.play(providerCallId, webUrl, signal));
    },
    async clearAudio({ providerCallId }, _args, { signal }) {
      const spoken = await api.stopSpeaking(providerCallId, signal);
      const played = await api.stopPlaying(providerCallId, signal);
      if (spoken === 'done' || played === 'done') return;
      // Either nothing was being played, or the call has ended.
      requireLive((await api.getLiveCall(providerCallId, signal)) ? 'done' : 'gone');
    },
    async sendDtmf({ providerCallId }, { digits }, { signal }) {
      if (!DIGITS.test(digits)) throw invalidArgument('digits', 'expected 0-9 * #, and w or W for a pause');
      requireLive(await api.sendDigits(providerCallId, digits, signal));
    },
    async transfer({ providerCallId }, args, { commandId, signal }) {
      const order = transferOrder(args, callerId);
      await redirect(providerCallId, await grants.issue(providerCallId, commandId, order), signal);
    },
    // Succeeds for a call that has already ended.
    async endCall({ providerCallId }, _args, { signal }) {
      await api.hangUp(providerCallId, signal);
    },
  } satisfies Controls;
}
