/** The progress of a command, from REQUESTED to CONFIRMED, or the reason of its failure. */
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { toSentence } from '../../api/errors.ts';
import type { CommandStatus, CommandEntry } from '../call-timeline.ts';
import { REMEDIES, STATUS_LABELS, commandDetail, statusHint } from './command-labels.ts';
import type { Attempt } from './use-commands.ts';
import './command-progress.css';

/** The statuses of a successful command, in order. */
const SUCCESS_STEPS: readonly CommandStatus[] = ['REQUESTED', 'ACCEPTED', 'CONFIRMED'];

interface AttemptRowProps {
  readonly attempt: Attempt;
  /** The command in the timeline, once its first event was received. */
  readonly command: CommandEntry | undefined;
  readonly onRetry: (attempt: Attempt) => void;
}

export function AttemptRow({ attempt, command, onRetry }: AttemptRowProps) {
  const { label, request, error, isSending } = attempt;
  const detail = commandDetail(request.input);
  const status = command?.status ?? (error ? undefined : 'REQUESTED');
  return (
    <li className="attempt" data-status={status ?? 'FAILED'}>
      <p className="attempt-title">
        <strong>{label}</strong>
        {detail !== undefined && <span className="faint clip"> {detail}</span>}
      </p>
      {status && <CommandSteps status={status} />}
      {status && !error && <p className="faint attempt-hint">{statusHint(status, command?.kind)}</p>}
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
  const reached = SUCCESS_STEPS.indexOf(status);
  const steps = reached === -1 ? (['REQUESTED', status] as const) : SUCCESS_STEPS;
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
            {!isDone && <span className="visually-hidden"> (pending)</span>}
          </li>
        );
      })}
    </ol>
  );
}

/** Why a command failed. */
export function CommandFailure({ failure }: { readonly failure: NonNullable<CommandEntry['failure']> }) {
  return (
    <p className="form-error">
      {toSentence(failure.message)} {REMEDIES[failure.code]}
    </p>
  );
}
