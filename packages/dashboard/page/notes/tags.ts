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
