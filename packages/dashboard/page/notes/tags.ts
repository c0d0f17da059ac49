/** Tags in a text field: a comma separates them, both where they are added and where calls are filtered. Pure. */

export const MAX_TAG_LENGTH = 64;

/** Returns the tags, each once, without blanks around them. */
export const splitTags = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

/** Returns why tags cannot be added, or undefined if they can. */
export const tagsError = (tags: readonly string[]): string | undefined =>
  tags.some((tag) => tag.length > MAX_TAG_LENGTH)
    ? `A tag has at most ${MAX_TAG_LENGTH} characters. A comma separates tags.`
    : undefined;

/** The tag that is being typed: the text after the last comma. */
export const lastTagOf = (text: string): string => text.slice(text.lastIndexOf(',') + 1).trim();

interface TagCount {
  readonly tag: string;
  readonly calls: number;
}

interface Suggestion {
  /** The text of the field with the suggested tag at its end. */
  readonly value: string;
  readonly calls: string;
}

/** Returns the texts that the field can be completed to, those of the most calls first, without tags that it has already. */
export function suggestionsOf(text: string, tags: readonly TagCount[]): readonly Suggestion[] {
  const typed = lastTagOf(text);
  const before = splitTags(text.slice(0, text.lastIndexOf(',') + 1));
  return tags
    .filter(({ tag }) => tag.startsWith(typed) && tag !== typed && !before.includes(tag))
    .toSorted((a, b) => b.calls - a.calls)
    .map(({ tag, calls }) => ({
      value: [...before, tag].join(', '),
      calls: calls === 1 ? '1 call' : `${calls.toLocaleString()} calls`,
    }));
}
