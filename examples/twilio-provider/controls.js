// @ts-check
/** What can be done to a call: over REST, by giving it new TwiML, and on its stream. */
import { FaultError, fetchSound, invalidArgument, present } from '@sidetone/core';
import { callPath } from './rest.js';

/** The longest TwiML that a request may hold, characters. */
const MAX_TWIML_LENGTH = 4000;
/** As Twilio takes it: E.164. */
export const PHONE_NUMBER = /^\+[1-9]\d{6,14}$/;

/** Text as it may stand in XML, which has no way to write most control characters. @param {string} text */
const escaped = (text) =>
  text.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ').replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export const twiml = (/** @type {string[]} */ ...verbs) => `<Response>${verbs.join('')}</Response>`;
/** Both ways, and the call waits while it is open. @param {URL} url */
export const connect = (url) => `<Connect><Stream url="${escaped(url.href)}"/></Connect>`;
/** What both sides hear, beside what follows. @param {URL} url */
export const listen = (url) => `<Start><Stream url="${escaped(url.href)}" track="both_tracks"/></Start>`;
/** Connects the call with a number. @param {string} number */
export const dial = (number) => `<Dial>${escaped(number)}</Dial>`;
const say = (/** @type {string} */ words) => (words.trim() === '' ? '' : `<Say>${escaped(words)}</Say>`);

/**
 * @param {import('@sidetone/core').ProviderHost} host @param {import('./rest.js').Ask} ask
 * @param {(sid: string) => import('./session.js').Session | undefined} sessionOf @param {(sid: string) => URL} streamUrl
 */
export function createControls(host, ask, sessionOf, streamUrl) {
  /** @param {string} sid @param {AbortSignal} signal @param {string} text */
  async function change(sid, signal, text) {
    if (text.length > MAX_TWIML_LENGTH) throw invalidArgument('content', 'expected less to say');
    await ask(callPath(sid), signal, { Twiml: text });
  }

  function sessionIn(/** @type {string} */ sid) {
    const session = sessionOf(sid);
    if (!session?.isOpen()) throw new FaultError('CALL_NOT_LIVE', 'the call has no stream at the moment');
    return session;
  }

  /** @type {Pick<Required<import('@sidetone/core').Controls>, 'endCall' | 'transfer'>} */
  const always = {
    async endCall({ providerCallId: sid }, _none, { signal }) {
      await ask(callPath(sid), signal, { Status: 'completed' });
    },
    async transfer({ providerCallId: sid }, { number = '', content = '', ...rest }, { signal }) {
      const [surplus] = Object.keys(present(rest));
      if (surplus !== undefined) throw invalidArgument(surplus, 'expected none: calls are moved to numbers');
      if (!PHONE_NUMBER.test(number)) throw invalidArgument('number', 'expected a number like +15005550006');
      await change(sid, signal, twiml(say(content), dial(number)));
    },
  };

  /** For calls in which nobody else talks. @type {Pick<Required<import('@sidetone/core').Controls>, 'say' | 'playAudio' | 'clearAudio'>} */
  const alone = {
    // New TwiML ends the stream, and with it whatever is played: words cannot wait for the end of a sound.
    async say({ providerCallId: sid }, { content, endCallAfterSpoken, interrupt }, { signal }) {
      if (content.trim() === '') throw invalidArgument('content', 'expected words');
      if (sessionIn(sid).isBusy() && !interrupt)
        throw invalidArgument('interrupt', 'expected true while a sound is played, which the words cut off');
      const next = endCallAfterSpoken ? '<Hangup/>' : connect(streamUrl(sid));
      await change(sid, signal, twiml(say(content), next));
    },
    async playAudio({ providerCallId: sid }, { url }, { commandId, signal }) {
      sessionIn(sid);
      const sound = await fetchSound(host, url, signal);
      await sessionIn(sid).play(sound, commandId, signal);
    },
    clearAudio: async ({ providerCallId: sid }) => sessionIn(sid).clear(),
  };
  return { always, alone };
}
