/** What the event loop hands over to be masked and written: values as they were, without work. Can be sent to a thread. */

export type RawContent = string | Uint8Array;

export interface RawHead {
  readonly method?: string;
  readonly path?: string;
  readonly url?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface RawRequest extends RawHead {
  readonly content?: RawContent | undefined;
  readonly omitted?: number;
}

export interface RawResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly content?: RawContent | undefined;
  readonly omitted?: number;
  readonly failed?: string;
}

/** As `CapturedEntry` of plugin-kit, before it is masked. */
export interface RawEntry {
  readonly at: number;
  readonly request?: RawRequest;
  readonly response?: RawResponse;
  readonly fetch?: RawRequest;
  readonly reply?: RawResponse;
  readonly connect?: RawHead;
  readonly dial?: RawHead;
  readonly dialled?: true | { readonly failed: string };
  readonly message?: RawContent;
  readonly sends?: RawContent;
  readonly close?: number;
  readonly by?: 'provider' | 'plugin';
  readonly emits?: string;
  readonly demand?: string;
  readonly call?: string;
  readonly token?: string;
  readonly leftOut?: { readonly messages: number; readonly bytes: number };
  readonly dropped?: number;
  readonly number?: number;
}

/** Memory of an entry besides its contents, bytes. */
const ENTRY_BYTES = 200;

const sizeOf = (content: RawContent | undefined): number => content?.length ?? 0;

/** Returns the memory of an entry, roughly. */
export function entryBytes(entry: RawEntry): number {
  const parts = [
    entry.request?.content,
    entry.response?.content,
    entry.fetch?.content,
    entry.reply?.content,
    entry.message,
    entry.sends,
    entry.emits,
  ];
  return parts.reduce<number>((sum, part) => sum + sizeOf(part), ENTRY_BYTES);
}
