/** A download of a recording. */
import type { CallId } from '@sidetone/core';
import type { RecordingFile } from '../../recording/ports.ts';

export interface Download {
  readonly callId: CallId;
  /** The name of the file for the client, without its extension: the day and the id of the call. */
  readonly name: string;
  readonly file: RecordingFile;
  /**
   * Called before audio is sent. If it rejects, nothing may be sent.
   * @param isFromStart whether the first byte is sent
   */
  readonly onStart: (isFromStart: boolean) => Promise<void>;
}
