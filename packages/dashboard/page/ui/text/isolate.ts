/** Text of unknown direction within a sentence, where an element is not possible: titles, labels and joined texts. Pure. */

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
/** Marks that start or end an embedding, an override or an isolate: without their other half, they would affect what follows. */
const CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;
/** Scripts that are written from right to left, and the marks above. */
const OTHER_DIRECTION = /[\u0590-\u08FF\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFF]/;

/** Returns a text that does not reorder the text around it. Text that could not is returned unchanged. */
export function isolate(text: string): string {
  if (!OTHER_DIRECTION.test(text)) return text;
  return `${FIRST_STRONG_ISOLATE}${text.replaceAll(CONTROLS, '')}${POP_ISOLATE}`;
}
