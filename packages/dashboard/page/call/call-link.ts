/** Links to a line or a moment of a call. Pure, except for the address of the page. */
import { ROOT } from '../api/root.ts';
import type { Span } from './spans.ts';

export interface LinkTarget {
  /** The id of a line. */
  readonly line?: string;
  /** A position in whole seconds from the answer. */
  readonly at?: number;
}

/** Returns the address of a call, at a line or a second of it. */
export function callLink(callId: string, { line, at }: LinkTarget): string {
  const url = new URL(`${ROOT}calls/${encodeURIComponent(callId)}`, globalThis.location.href);
  if (line !== undefined) url.searchParams.set('line', line);
  if (at !== undefined) url.searchParams.set('at', String(at));
  return url.href;
}

/** Reads where a link leads to from the query of the address. */
export function linkTarget(search: string): LinkTarget {
  const params = new URLSearchParams(search);
  const [line, at] = [params.get('line'), params.get('at')];
  return {
    ...(line !== null && { line }),
    ...(at !== null && /^\d{1,9}$/.test(at) && { at: Number(at) }),
  };
}

/** Returns the position of a target, ms from the answer; undefined if there is none, or no such line. */
export const positionOf = ({ line, at }: LinkTarget, spans: readonly Span[]): number | undefined =>
  line === undefined ? at && at * 1000 : spans.find(({ id }) => id === line)?.fromMs;
