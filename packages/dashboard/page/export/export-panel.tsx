/** Downloads a call as files: the transcript is formatted in the browser, the recording comes from the daemon. */
import { useState } from 'react';
import { useClient } from 'urql';
import { AudioError, createUrlSource } from '../api/signed-url.ts';
import { spansOf } from '../call/spans.ts';
import { SIGNED_FLAC_URL } from '../playback/documents.ts';
import type { Playback } from '../playback/playback.ts';
import { useHasScope } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { saveFrom, saveText } from '../ui/files/save-file.ts';
import { fetchEvents, toJsonLines } from './call-events.ts';
import { toJson } from './call-json.ts';
import { toText, type ExportData } from './transcript-text.ts';
import { toVtt } from './vtt.ts';
import './export.css';

interface ExportPanelProps extends Omit<ExportData, 'spans'> {
  /** The playback of the recording, if there is one. */
  readonly playback: Playback | undefined;
}

interface Format {
  readonly label: string;
  readonly extension: string;
  readonly type: string;
  readonly write: (data: ExportData, offsetMs: number) => string;
}

const FORMATS: readonly Format[] = [
  { label: 'Text', extension: 'txt', type: 'text/plain;charset=utf-8', write: toText },
  {
    label: 'Subtitles (VTT)',
    extension: 'vtt',
    type: 'text/vtt;charset=utf-8',
    write: ({ lines, spans }, offsetMs) => toVtt(lines, spans, offsetMs),
  },
  { label: 'JSON', extension: 'json', type: 'application/json', write: toJson },
];

export function ExportPanel({ call, lines, notes, playback }: ExportPanelProps) {
  const client = useClient();
  const canListen = useHasScope('LISTEN');
  const name = `${call.createdAt.slice(0, 10)}-${call.id}`;
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);

  function save({ extension, type, write }: Format): void {
    const spans = spansOf(lines, answeredAt);
    saveText(
      `${name}.${extension}`,
      type,
      write({ call, lines, spans, notes }, playback?.sync().offsetMs ?? 0),
    );
  }

  async function saveEvents(): Promise<void> {
    const events = await fetchEvents(client, call.id, canListen);
    if ('code' in events) throw new AudioError(events.message);
    saveText(`${name}-events.jsonl`, 'application/jsonl', toJsonLines(events));
  }

  const flac = createUrlSource({
    client,
    document: SIGNED_FLAC_URL,
    callId: call.id,
    urlIn: (result) => result?.call?.recording?.signedUrl.url,
    missing: 'The recording no longer exists.',
  });

  return (
    <section className="card" aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <div className="export">
        {FORMATS.map((format) => (
          <Button key={format.extension} onClick={() => save(format)}>
            <Icon name="download" size={16} />
            {format.label}
          </Button>
        ))}
        <SaveButton label="Events" save={saveEvents} />
        {playback && (
          <>
            <SaveButton
              label="Recording (WAV)"
              save={async () => saveFrom(await playback.source(), `${name}.wav`)}
            />
            <SaveButton label="Recording (FLAC)" save={async () => saveFrom(await flac(), `${name}.flac`)} />
          </>
        )}
      </div>
    </section>
  );
}

interface SaveButtonProps {
  readonly label: string;
  /** Rejects with an {@link AudioError} if there is nothing to save. */
  readonly save: () => Promise<void>;
}

/** A file that the daemon provides. */
function SaveButton({ label, save }: SaveButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const [errorText, setErrorText] = useState<string>();

  async function run(): Promise<void> {
    setBusy(true);
    setErrorText(undefined);
    try {
      await save();
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      setErrorText(error.message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button isBusy={isBusy} onClick={() => void run()}>
        <Icon name="download" size={16} />
        {label}
      </Button>
      {errorText !== undefined && (
        <p className="form-error" role="alert">
          {errorText}
        </p>
      )}
    </>
  );
}
