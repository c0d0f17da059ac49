/** The progress of a command, from REQUESTED to CONFIRMED, or the reason of its failure. */
import { Icon } from '../../ui/icon.tsx';
import { toSentence } from '../../api/errors.ts';
import type { CommandStatus, CommandEntry } from '../call-timeline.ts';
import { REMEDIES, STATUS_LABELS } from './command-labels.ts';
import './command-progress.css';

/** The statuses of a successful command, in order. */
const SUCCESS_STEPS: readonly CommandStatus[] = ['REQUESTED', 'ACCEPTED', 'CONFIRMED'];

interface CommandStepsProps {
  readonly status: CommandStatus;
  /** Whether only the last step is shown. */
  readonly isShort?: boolean;
}

export function CommandSteps({ status, isShort = false }: CommandStepsProps) {
  const reached = SUCCESS_STEPS.indexOf(status);
  const all = reached === -1 ? (['REQUESTED', status] as const) : SUCCESS_STEPS;
  const steps = isShort ? [status] : all;
  return (
    <ol className="steps">
      {steps.map((step, i) => {
        const isDone = isShort || reached === -1 || i <= reached;
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
