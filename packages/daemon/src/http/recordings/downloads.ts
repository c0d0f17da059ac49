/** A download of a recording. */
import type { CallId } from '@sidetone/core';
import type { RecordingFile } from '../../recording/ports.ts';

export interface Download {
  readonly callId: CallId;
  readonly file: RecordingFile;
  /**
   * Called before audio is sent. If it rejects, nothing may be sent.
   * @param isFromStart whether the first byte is sent
   */
  readonly onStart: (isFromStart: boolean) => Promise<void>;
}
