/** Shortens a report card to what an author has to look at. */

/** A row of the card that is not printed, and a topic, which would then be empty, or a blank line. */
const PASSED = /^ {2}(?:pass|-) /;
const TOPIC = /^(?! )[^,:]*$/;
const REASON = /^ {10}/;

/** Returns the head and the counts of each card, and the audits that failed or are not covered, with their reasons. */
export function summaryOf(card: string): string {
  let isShown = true;
  const lines = card.split('\n').filter((line) => {
    if (!REASON.test(line)) isShown = !PASSED.test(line) && !TOPIC.test(line);
    return isShown;
  });
  return lines.join('\n');
}
