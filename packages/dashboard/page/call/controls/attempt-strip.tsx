/**
 * The latest commands of this page. Beside the controls, below the transcript, where they are seen however long the controls
 * are; on a narrow screen in a strip of fixed height below the buttons. Either way, no button moves when a command is sent.
 * A confirmed command is folded to one line after some seconds. The timeline shows all of them.
 */
import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { isCommand, type CallTimeline, type CommandEntry } from '../call-timeline.ts';
import { commandDetail, statusHint } from './command-labels.ts';
import { CommandSteps } from './command-progress.tsx';
import type { Attempt, Commands } from './use-commands.ts';
import './attempt-strip.css';

interface AttemptStripProps {
  readonly commands: Commands;
  readonly timeline: CallTimeline;
}

export function AttemptStrip({ commands, timeline }: AttemptStripProps) {
  const { attempts } = commands;
  const entries = timeline.entries.filter(isCommand);
  return (
    <div
      className="attempt-strip"
      data-empty={attempts.length === 0 || undefined}
      tabIndex={attempts.length > 0 ? 0 : undefined}
      role="group"
      aria-label="Outcomes"
    >
      <ul className="attempts" aria-live="polite" aria-label="Your commands">
        {attempts.map((attempt) => (
          <AttemptRow
            key={attempt.key}
            attempt={attempt}
            command={entries.find(({ id }) => id === attempt.commandId)}
            commands={commands}
          />
        ))}
      </ul>
      {attempts.length === 0 && <p className="faint">The outcome of each command is shown here.</p>}
    </div>
  );
}

interface AttemptRowProps {
  readonly attempt: Attempt;
  /** The command in the timeline, once its first event was received. */
  readonly command: CommandEntry | undefined;
  readonly commands: Commands;
}

/** How long a confirmed command is shown in full. */
const FOLD_AFTER_MS = 4000;

/** Whether some time has passed since a condition became true. */
function useIsOver(isRunning: boolean, ms: number): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setTimeout(() => setOver(true), ms);
    return () => {
      clearTimeout(timer);
      setOver(false);
    };
  }, [isRunning, ms]);
  return isOver;
}

function AttemptRow({ attempt, command, commands }: AttemptRowProps) {
  const { label, request, error } = attempt;
  const detail = commandDetail(request.input);
  const status = command?.status ?? (error ? undefined : 'REQUESTED');
  const isFolded = useIsOver(status === 'CONFIRMED', FOLD_AFTER_MS);
  return (
    <li className="attempt" data-status={status ?? 'FAILED'} data-folded={isFolded || undefined}>
      <div className="attempt-title">
        <strong>{label}</strong>
        {detail !== undefined && (
          <bdi className="faint clip" dir="auto">
            {detail}
          </bdi>
        )}
        <AttemptActions attempt={attempt} commands={commands} />
      </div>
      {status && <CommandSteps status={status} isShort={isFolded} />}
      {status && !error && !isFolded && (
        <p className="faint attempt-hint">{statusHint(status, command?.kind)}</p>
      )}
      {error && (
        <p className="form-error">
          {error.message} {error.remedy}
        </p>
      )}
    </li>
  );
}

/** A failed attempt is sent again as it is, or after it was edited. */
function AttemptActions({ attempt, commands }: Pick<AttemptRowProps, 'attempt' | 'commands'>) {
  const { error, isSending, values } = attempt;
  const isEditable = Object.values(values).some((value) => typeof value === 'string' && value !== '');
  if (!error || isSending || (!error.retry && !isEditable)) return null;
  return (
    <div className="attempt-actions">
      {error.retry && (
        <Button kind="quiet" onClick={() => void commands.retry(attempt)}>
          Try again
        </Button>
      )}
      {isEditable && (
        <Button kind="quiet" onClick={() => commands.edit(attempt)}>
          Edit
        </Button>
      )}
    </div>
  );
}
