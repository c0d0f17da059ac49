/** Takes a call along as files, made here of what the page has; the recording as the daemon has it. */
import { useState } from 'react';
import { spansOf } from '../call/spans.ts';
import type { Playback } from '../playback/playback.ts';
import { RecordingError } from '../playback/recording-source.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { toJson } from './call-json.ts';
import { saveFrom, saveText } from './save.ts';
import { toText, type ExportData } from './transcript-text.ts';
import { toVtt } from './vtt.ts';
import './export.css';

export interface ExportPanelProps extends Omit<ExportData, 'spans'> {
  /** Of its recording, where there is one to hear. */
  readonly playback: Playback | undefined;
}

interface Format {
  readonly label: string;
  readonly ending: string;
  readonly type: string;
  readonly write: (told: ExportData, offsetMs: number) => string;
}

const FORMATS: readonly Format[] = [
  { label: 'Text', ending: 'txt', type: 'text/plain;charset=utf-8', write: toText },
  {
    label: 'Subtitles (VTT)',
    ending: 'vtt',
    type: 'text/vtt;charset=utf-8',
    write: ({ lines, spans }, offsetMs) => toVtt(lines, spans, offsetMs),
  },
  { label: 'JSON', ending: 'json', type: 'application/json', write: toJson },
];

export function ExportPanel({ call, lines, notes, playback }: ExportPanelProps) {
  const name = `${call.createdAt.slice(0, 10)}-${call.id}`;
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);

  function save({ ending, type, write }: Format): void {
    const spans = spansOf(lines, answeredAt);
    saveText(`${name}.${ending}`, type, write({ call, lines, spans, notes }, playback?.sync().offsetMs ?? 0));
  }

  return (
    <section className="card" aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <div className="export">
        {FORMATS.map((format) => (
          <Button key={format.ending} onClick={() => save(format)}>
            <Icon name="download" size={16} />
            {format.label}
          </Button>
        ))}
        {playback && <SaveRecording playback={playback} name={`${name}.wav`} />}
      </div>
    </section>
  );
}

function SaveRecording({ playback, name }: { readonly playback: Playback; readonly name: string }) {
  const [share, setShare] = useState<number>();
  const [error, setError] = useState<string>();

  async function save(): Promise<void> {
    setShare(0);
    setError(undefined);
    try {
      saveFrom(await playback.source.open(setShare), name);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      setError(error.message);
    } finally {
      setShare(undefined);
    }
  }

  return (
    <>
      <Button isBusy={share !== undefined} onClick={() => void save()}>
        <Icon name="download" size={16} />
        {share === undefined ? 'Recording (WAV)' : `Recording… ${Math.floor(share * 100)} %`}
      </Button>
      {error !== undefined && (
        <p className="form-error" role="alert">
          {error}
        </p>
      )}
    </>
  );
}
