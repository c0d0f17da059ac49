/** Signed URLs of audio, for media elements and sockets, which cannot send a token. */
import type { DocumentInput, Client } from 'urql';
import { toApiError } from './errors.ts';
import { ROOT } from './root.ts';

/** Requests a URL when it is needed, because it expires. Rejects with an {@link AudioError}. */
export type UrlSource = () => Promise<string>;

/** An error with a message for the user. */
export class AudioError extends Error {}

interface Deps<Data> {
  readonly client: Pick<Client, 'query'>;
  readonly document: DocumentInput<Data, { id: string }>;
  readonly callId: string;
  /** Returns the URL in the result; undefined if there is no audio. */
  readonly urlIn: (data: Data | undefined) => string | undefined;
  /** The message if there is no audio. */
  readonly missing: string;
}

/** Creates a source of URLs. They have the host and the root of this page, which may differ from `server.publicUrl`. */
export function createUrlSource<Data>({ client, document, callId, urlIn, missing }: Deps<Data>): UrlSource {
  return async () => {
    const { data, error } = await client
      .query(document, { id: callId }, { requestPolicy: 'network-only' })
      .toPromise();
    if (error) throw new AudioError(toApiError(error).message);
    const url = urlIn(data);
    if (url === undefined) throw new AudioError(missing);
    const { pathname, search } = new URL(url);
    return ROOT + pathname.slice(pathname.lastIndexOf('/calls/') + 1) + search;
  };
}
