/** Unicode normalization in linear time, for texts that strangers choose. Pure. */

/** Most marks in a row on one letter, as in the Stream-Safe Text Format. Sorting a run of marks takes quadratic time. */
const MAX_MARKS = 30;
const EXCESSIVE_MARKS = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu');

/** Text that is its own normalization, in every form. */
const ASCII = /^[\0-\x7f]*$/;

/** Returns the text in a normalization form. Of more than 30 marks in a row, only the first 30 are kept. */
export const normalizeUnicode = (text: string, form: 'NFC' | 'NFKC'): string =>
  ASCII.test(text) ? text : text.replaceAll(EXCESSIVE_MARKS, '$1').normalize(form);
