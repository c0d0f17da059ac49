/** What became of a command so far: from REQUESTED to CONFIRMED, or why not. */
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { sentence } from '../../api/errors.ts';
import type { CommandStatus, CommandStory } from '../story.ts';
import { REMEDIES, STATUS_MEANS, STATUS_WORDS, aboutOf } from './command-words.ts';
import type { Attempt } from './use-commands.ts';
import './command-progress.css';

/** Where a command is on its way, and where it went off it. */
const WAY: readonly CommandStatus[] = ['REQUESTED', 'ACCEPTED', 'CONFIRMED'];

export interface AttemptRowProps {
  readonly attempt: Attempt;
  /** What the call's events tell of it. */
  readonly story: CommandStory | undefined;
  readonly onRetry: (attempt: Attempt) => void;
}

export function AttemptRow({ attempt, story, onRetry }: AttemptRowProps) {
  const { label, request, trouble, isSending } = attempt;
  const about = aboutOf(request.input);
  const status = story?.status ?? (trouble ? undefined : 'REQUESTED');
  return (
    <li className="attempt" data-status={status ?? 'FAILED'}>
      <p className="attempt-what">
        <strong>{label}</strong>
        {about !== undefined && <span className="faint clip"> {about}</span>}
      </p>
      {status && <CommandSteps status={status} />}
      {status && !trouble && <p className="faint attempt-means">{STATUS_MEANS[status]}</p>}
      {trouble && (
        <p className="form-trouble">
          {trouble.message} {trouble.remedy}
        </p>
      )}
      {trouble?.retry && !isSending && (
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
            {STATUS_WORDS[step]}
            {!isDone && <span className="hidden-text"> (not yet)</span>}
          </li>
        );
      })}
    </ol>
  );
}

/** Why a command was not accepted. */
export function CommandFailure({ failure }: { readonly failure: NonNullable<CommandStory['failure']> }) {
  return (
    <p className="form-trouble">
      {sentence(failure.message)} {REMEDIES[failure.code]}
    </p>
  );
}
