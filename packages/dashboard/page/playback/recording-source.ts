/**
 * Loads the audio of a recording. Without a token, the browser streams the file. Media elements cannot send headers, so
 * with a token the whole file is fetched and played from memory; this keeps the token out of URLs.
 */

export interface RecordingSource {
  /**
   * Returns a URL for a media element.
   * @param onProgress called with the loaded fraction, 0 to 1.
   * @throws {RecordingError}
   */
  open(onProgress: (fraction: number) => void): Promise<string>;
  /** Cancels loading and frees the memory. */
  release(): void;
}

export class RecordingError extends Error {}

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'This token is no longer valid.',
  403: 'Your token lacks the scope listen.',
  404: 'The recording no longer exists.',
};
const OTHER = 'The recording could not be loaded.';

export const recordingPath = (callId: string): string => `/calls/${callId}/recording.wav`;

export function createRecordingSource(path: string, token: string | undefined): RecordingSource {
  let loading: Promise<string> | undefined;
  let controller = new AbortController();

  async function fetchAll(secret: string, onProgress: (fraction: number) => void): Promise<string> {
    const response = await fetch(path, {
      headers: { authorization: `Bearer ${secret}` },
      signal: controller.signal,
    }).catch(() => undefined);
    if (!response?.ok) throw new RecordingError(MESSAGES[response?.status ?? 0] ?? OTHER);
    return URL.createObjectURL(await readBlob(response, onProgress));
  }

  return {
    open(onProgress) {
      if (token === undefined) return Promise.resolve(path);
      loading ??= fetchAll(token, onProgress).catch((error: unknown) => {
        // The next call retries.
        loading = undefined;
        throw error;
      });
      return loading;
    },
    release() {
      controller.abort();
      controller = new AbortController();
      void loading?.then(
        (url) => URL.revokeObjectURL(url),
        () => undefined,
      );
      loading = undefined;
    },
  };
}

async function readBlob(response: Response, onProgress: (fraction: number) => void): Promise<Blob> {
  const totalBytes = Number(response.headers.get('content-length'));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let loadedBytes = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new RecordingError(OTHER);
    });
    if (done) return new Blob(chunks, { type: 'audio/wav' });
    chunks.push(value);
    loadedBytes += value.length;
    if (totalBytes > 0) onProgress(loadedBytes / totalBytes);
  }
}
