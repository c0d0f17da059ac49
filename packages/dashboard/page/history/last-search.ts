/** The URL of the last search, for the link back from a call. In memory only, because it can contain personal data. */
let last = '/history';

export const lastSearch = {
  href: (): string => last,
  set(href: string): void {
    last = href;
  },
};
