/** Makes steps of a scenario out of the lines of a call. Pure. */
import type { CapturedContent, CapturedEntry, CapturedHead, CapturedRequest } from '@sidetone/plugin-kit';
import type { CallDetails, DemandKind } from '@sidetone/core';
import type { ExpectedEffects } from '../providers/scenario.ts';
import type { CaptureSession } from './capture-file.ts';
import { linesOf } from './captured-calls.ts';

/** A step as data: as a step of a scenario, but with content that JSON can express. */
export type CapturedStep = ExpectedEffects &
  (
    | { readonly request: CapturedRequest }
    | { readonly connect: CapturedHead }
    | { readonly message: CapturedContent; readonly socket?: number }
    | { readonly dialled: CapturedContent; readonly socket?: number }
    | { readonly close: number; readonly socket?: number; readonly dial?: number }
    | { readonly wait: number }
    | { readonly demand: DemandKind }
  );

/** A response of the provider's API. */
export interface CapturedApiResponse {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: CapturedContent;
}

/** A captured call as data. */
export interface CapturedCall {
  readonly id: string;
  /** Epoch ms. */
  readonly startsAt: number;
  readonly country?: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The path in the options of each replaced secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly tokens: readonly string[];
  /** In the order in which they were received. Requests to the same address receive them one after another. */
  readonly api: readonly CapturedApiResponse[];
  /** Details that the call has in the end. */
  readonly details?: CallDetails;
  readonly toLive: readonly CapturedStep[];
  readonly live: readonly CapturedStep[];
  readonly toEnd: readonly CapturedStep[];
}

/** Shorter pauses are not steps, ms. */
const MIN_WAIT_MS = 1;
/** Added to the last wait, because a response takes no time in the replay, ms. */
const LAST_WAIT_MS = 1000;

/** Returns a call as data. All of its steps are in `toLive`: what the plugin does decides where it is live. */
export function capturedCall(session: CaptureSession, id: string): CapturedCall {
  const { entries, fetches, tokens } = linesOf(session, id);
  const { startedAt, options, secrets, country } = session.head;
  return {
    id,
    startsAt: startedAt + (entries[0]?.at ?? 0),
    ...(country !== undefined && { country }),
    options: options as CapturedCall['options'],
    secrets,
    tokens,
    api: responsesIn(fetches),
    toLive: stepsOf(entries),
    live: [],
    toEnd: [],
  };
}

function responsesIn(entries: readonly CapturedEntry[]): readonly CapturedApiResponse[] {
  const requests = new Map(
    entries.flatMap((entry) => (entry.fetch ? [[entry.number, entry.fetch] as const] : [])),
  );
  return entries.flatMap(({ reply, number }) => {
    const { method = 'GET', url } = requests.get(number) ?? {};
    if (url === undefined || reply?.status === undefined || reply.content?.omitted !== undefined) return [];
    const { status, headers, content } = reply;
    const type = headers?.['content-type'];
    return {
      method,
      url,
      status,
      ...(type !== undefined && { headers: { 'content-type': type } }),
      ...(content && { content }),
    };
  });
}

function stepsOf(entries: readonly CapturedEntry[]): readonly CapturedStep[] {
  const opened: number[] = [];
  const dialled: number[] = [];
  const steps: CapturedStep[] = [];
  let at = entries[0]?.at ?? 0;
  for (const entry of entries) {
    const { number = 0 } = entry;
    if (entry.connect) opened.push(number);
    if (entry.dialled === true) dialled.push(number);
    const step = stepOf(entry, opened, dialled);
    if (!step) continue;
    if (entry.at - at >= MIN_WAIT_MS) steps.push({ wait: entry.at - at });
    at = Math.max(at, entry.at);
    steps.push(step);
  }
  // What the plugin did by itself after the last step.
  const rest = (entries.at(-1)?.at ?? at) - at;
  return rest < MIN_WAIT_MS ? steps : [...steps, { wait: rest + LAST_WAIT_MS }];
}

/** Returns the step that plays a line; undefined for what the plugin does itself. */
function stepOf(
  { request, connect, message, close, by, demand, number = 0 }: CapturedEntry,
  opened: readonly number[],
  dialled: readonly number[],
): CapturedStep | undefined {
  const socket = opened.indexOf(number) + 1;
  const dial = dialled.indexOf(number) + 1;
  if (request) return { request };
  if (connect) return { connect };
  if (message) {
    if (socket > 0) return { message, socket };
    return dial > 0 ? { dialled: message, socket: dial } : undefined;
  }
  if (close !== undefined && by === 'provider')
    return { close: sendable(close), ...(socket > 0 ? { socket } : { dial }) };
  return demand === undefined ? undefined : { demand: demand as DemandKind };
}

/** Codes that a peer reports but never sends. */
const sendable = (code: number): number => ([1005, 1006].includes(code) ? 1000 : code);
