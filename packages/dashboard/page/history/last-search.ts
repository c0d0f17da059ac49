/** Where the search is that was looked at last, for the way back from a call. In memory: it may be personal. */
let last = '/history';

export const lastSearch = {
  href: (): string => last,
  put(href: string): void {
    last = href;
  },
};
