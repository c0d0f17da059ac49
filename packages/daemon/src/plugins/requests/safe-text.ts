/** Texts about requests that are safe to show: without ids, tokens and telephone numbers. */

/** A segment of a path that is a word of the protocol, such as `calls`, `Account` or `v1`. Others can be ids, tokens or numbers. */
const WORD = /^(?:[A-Za-z]?[a-z]{1,19}(?:[-_A-Z][a-z]+){0,3}(?:\.[a-z]{2,5})?|v\d{1,2})$/;
const MAX_WORD = 24;
const MAX_REASON = 300;

/** Returns the host and the path of a URL. Segments that are no words are replaced by `…`; the query is omitted. */
export function safeAddress({ host, pathname }: URL): string {
  const segments = pathname.split('/').map((segment) => {
    const isWord = segment === '' || (segment.length <= MAX_WORD && WORD.test(segment));
    return isWord ? segment : '…';
  });
  return host + segments.join('/');
}

/** Returns a text without long numbers and words that could be secrets, shortened. */
export const safeReason = (text: string): string =>
  text
    .replaceAll(/\+?\d(?:[ ().-]{0,3}\d){4,}/g, '…')
    .replaceAll(/[A-Za-z0-9_-]{32,}/g, '…')
    .slice(0, MAX_REASON);
