/** Searches with a name, stored on this device. Pure, except for the store. */
import { createStoredValue } from '../ui/stored-value.ts';
import { formatSearch, parseSearch } from './search-query.ts';

export interface SavedView {
  readonly name: string;
  /** The query string of the history page. */
  readonly search: string;
}

/** The largest number of views; the oldest one is removed for a new one. */
export const MAX_VIEWS = 30;
export const MAX_NAME_LENGTH = 60;

const isView = (value: unknown): value is SavedView =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'search' in value &&
  typeof value.search === 'string';

/** Reads stored views. Invalid ones, and values that a search cannot have, are ignored. */
export function parseViews(text: string | null): readonly SavedView[] {
  try {
    const values: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(values)) return [];
    return values
      .filter(isView)
      .map(({ name, search }) => ({ name, search: formatSearch(parseSearch(search)) }))
      .slice(-MAX_VIEWS);
  } catch {
    return [];
  }
}

/** Adds a view; one with the same name is replaced. */
export const withView = (views: readonly SavedView[], view: SavedView): readonly SavedView[] =>
  [...withoutView(views, view.name), view].slice(-MAX_VIEWS);

export const withoutView = (views: readonly SavedView[], name: string): readonly SavedView[] =>
  views.filter((view) => view.name !== name);

export const savedViews = createStoredValue({ key: 'sidetone.history-views', parse: parseViews });
