// @ts-check
/** Checks that Twilio's numbers send their calls here. */
import { isSameUrl, listOf, objectOf, runCheck, textOf } from '@sidetone/plugin-kit';

/**
 * Reads the first numbers of the account. Never rejects.
 * @param {import('./rest.js').Request} request @param {import('@sidetone/core').ProviderHost} host @param {AbortSignal} signal
 */
export function checkNumbers(request, host, signal) {
  return runCheck('webhook of numbers', async () => {
    const { incoming_phone_numbers: numbers } = await request('/IncomingPhoneNumbers', signal);
    const [answer, status] = [host.publicUrl('answer'), host.publicUrl('status')];
    const answered = listOf(numbers)
      .map(objectOf)
      .filter(({ voice_url: url }) => isSameUrl(textOf(url), answer));
    const silent = answered.filter(({ status_callback: url }) => !isSameUrl(textOf(url), status));
    const remedy = `Enter ${answer.href} as webhook and ${status.href} as status callback of the number.`;
    if (answered.length === 0) return { state: 'WARNING', message: 'no number sends its calls here', remedy };
    if (silent.length > 0)
      return { state: 'FAILED', message: `numbers that do not report ends: ${silent.length}`, remedy };
    return { state: 'OK', message: `numbers that send their calls here: ${answered.length}` };
  });
}
