/**
 * Where the sound of a recording comes from. Without a token the browser reads it in parts, as it plays. A media element
 * cannot send a header: with a token, the file is fetched with it and played from memory, so that the token is in no address.
 */

export interface RecordingSource {
  /**
   * An address that a media element plays.
   * @param onShare how much of it is there, 0 to 1.
   * @throws {RecordingError}
   */
  open(onShare: (share: number) => void): Promise<string>;
  /** Lets go of what is in memory. */
  release(): void;
}

export class RecordingError extends Error {}

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'This token is no longer known.',
  403: 'Your token may not hear recordings.',
  404: 'The recording is no longer there.',
};
const OTHER = 'The recording cannot be fetched now.';

export const recordingPath = (callId: string): string => `/calls/${callId}/recording.wav`;

export function createRecordingSource(path: string, token: string | undefined): RecordingSource {
  let kept: Promise<string> | undefined;
  let life = new AbortController();

  async function fetchAll(secret: string, onShare: (share: number) => void): Promise<string> {
    const response = await fetch(path, {
      headers: { authorization: `Bearer ${secret}` },
      signal: life.signal,
    }).catch(() => undefined);
    if (!response?.ok) throw new RecordingError(MESSAGES[response?.status ?? 0] ?? OTHER);
    return URL.createObjectURL(await blobOf(response, onShare));
  }

  return {
    open(onShare) {
      if (token === undefined) return Promise.resolve(path);
      // What failed is tried again by the next who asks.
      kept ??= fetchAll(token, onShare).catch((error: unknown) => {
        kept = undefined;
        throw error;
      });
      return kept;
    },
    release() {
      life.abort();
      life = new AbortController();
      void kept?.then(
        (url) => URL.revokeObjectURL(url),
        () => undefined,
      );
      kept = undefined;
    },
  };
}

async function blobOf(response: Response, onShare: (share: number) => void): Promise<Blob> {
  const bytes = Number(response.headers.get('content-length'));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let got = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new RecordingError(OTHER);
    });
    if (done) return new Blob(pieces, { type: 'audio/wav' });
    pieces.push(value);
    got += value.length;
    if (bytes > 0) onShare(got / bytes);
  }
}
