/** What became of a command so far: from REQUESTED to CONFIRMED, or why not. */
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { toSentence } from '../../api/errors.ts';
import type { CommandStatus, CommandEntry } from '../call-timeline.ts';
import { REMEDIES, STATUS_HINTS, STATUS_LABELS, commandDetail } from './command-labels.ts';
import type { Attempt } from './use-commands.ts';
import './command-progress.css';

/** Where a command is on its way, and where it went off it. */
const WAY: readonly CommandStatus[] = ['REQUESTED', 'ACCEPTED', 'CONFIRMED'];

export interface AttemptRowProps {
  readonly attempt: Attempt;
  /** What the call's events tell of it. */
  readonly timeline: CommandEntry | undefined;
  readonly onRetry: (attempt: Attempt) => void;
}

export function AttemptRow({ attempt, timeline, onRetry }: AttemptRowProps) {
  const { label, request, error, isSending } = attempt;
  const about = commandDetail(request.input);
  const status = timeline?.status ?? (error ? undefined : 'REQUESTED');
  return (
    <li className="attempt" data-status={status ?? 'FAILED'}>
      <p className="attempt-title">
        <strong>{label}</strong>
        {about !== undefined && <span className="faint clip"> {about}</span>}
      </p>
      {status && <CommandSteps status={status} />}
      {status && !error && <p className="faint attempt-hint">{STATUS_HINTS[status]}</p>}
      {error && (
        <p className="form-error">
          {error.message} {error.remedy}
        </p>
      )}
      {error?.retry && !isSending && (
        <Button kind="quiet" onClick={() => onRetry(attempt)}>
          Try again
        </Button>
      )}
    </li>
  );
}

export function CommandSteps({ status }: { readonly status: CommandStatus }) {
  const reached = WAY.indexOf(status);
  const steps = reached === -1 ? (['REQUESTED', status] as const) : WAY;
  return (
    <ol className="steps">
      {steps.map((step, i) => {
        const isDone = reached === -1 || i <= reached;
        return (
          <li key={step} className="step" data-step={step} data-done={isDone}>
            {isDone && (
              <Icon name={step === 'REFUSED' || step === 'UNKNOWN' ? 'warning' : 'check'} size={14} />
            )}
            {STATUS_LABELS[step]}
            {!isDone && <span className="visually-hidden"> (not yet)</span>}
          </li>
        );
      })}
    </ol>
  );
}

/** Why a command was not accepted. */
export function CommandFailure({ failure }: { readonly failure: NonNullable<CommandEntry['failure']> }) {
  return (
    <p className="form-error">
      {toSentence(failure.message)} {REMEDIES[failure.code]}
    </p>
  );
}
