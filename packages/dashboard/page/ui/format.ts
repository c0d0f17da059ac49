/** Values as text. Pure. */

/** `4:07`, `1:02:09`: a span in ms as a clock. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${h > 0 ? String(m).padStart(2, '0') : m}:${String(s).padStart(2, '0')}`;
  return h > 0 ? `${h}:${tail}` : tail;
}

/** `IN_PROGRESS` as `In progress`. */
export function wordsOf(name: string): string {
  const words = name.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A telephone number in groups, for the eye: `+1 500 555 5495`. What is none stays as it is. */
export function numberText(address: string | null | undefined): string | undefined {
  if (address == null) return undefined;
  const [, country, rest] =
    /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d{4,12})$/.exec(address) ?? [];
  if (country === undefined || rest === undefined) return address;
  return `+${country} ${rest.replaceAll(/(?<=^(?:\d{3})+)(?=\d{2})/g, ' ')}`;
}
