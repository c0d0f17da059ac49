/** The controls that a call has right now, and what became of those that were used. */
import type { ReactNode } from 'react';
import { useHasScope } from '../../session/session-context.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Call } from '../documents.ts';
import { isCommand, type CallTimeline } from '../call-timeline.ts';
import { AttemptRow } from './command-progress.tsx';
import { ControlForm } from './control-form.tsx';
import { controlOf, type Capability } from './control-table.ts';
import type { Commands } from './use-commands.ts';
import './control-panel.css';

/** Where a control stands: what is used most is at hand, what needs more words is folded up. */
const AT_HAND = ['MUTE_ASSISTANT', 'MUTE_CUSTOMER', 'SAY_FIRST_MESSAGE', 'CLEAR_AUDIO'] as const;
const FOLDED = ['ADD_MESSAGE', 'SEND_DTMF', 'PLAY_AUDIO', 'TRANSFER', 'HANDOFF'] as const;

export interface ControlPanelProps {
  readonly call: Pick<Call, 'id' | 'isLive' | 'capabilities' | 'mutedParties'>;
  readonly timeline: CallTimeline;
  readonly commands: Commands;
}

export function ControlPanel({ call, timeline, commands }: ControlPanelProps) {
  const canControl = useHasScope('CONTROL');
  const attempts = (
    <ul className="attempts" aria-live="polite" aria-label="Your commands">
      {commands.attempts.map((attempt) => (
        <AttemptRow
          key={attempt.key}
          attempt={attempt}
          timeline={timeline.entries.filter(isCommand).find(({ id }) => id === attempt.commandId)}
          onRetry={(failed) => void commands.retry(failed)}
        />
      ))}
    </ul>
  );
  return (
    <section className="card" aria-labelledby="control-title">
      <h2 id="control-title">Control</h2>
      {!canControl ? (
        <p className="muted">
          <Icon name="lock" /> Your token lacks the scope <code>control</code>: you can look on.
        </p>
      ) : (
        <Controls call={call} commands={commands}>
          {attempts}
        </Controls>
      )}
    </section>
  );
}

interface ControlsProps extends Omit<ControlPanelProps, 'timeline'> {
  /** What became of those that were used. */
  readonly children: ReactNode;
}

function Controls({ call, commands, children }: ControlsProps) {
  const control = (capability: Capability) =>
    call.capabilities.includes(capability) ? controlOf(capability, call) : undefined;
  const say = control('SAY');
  const atHand = AT_HAND.flatMap((capability) => control(capability) ?? []);
  const folded = FOLDED.flatMap((capability) => control(capability) ?? []);
  if (!say && atHand.length === 0 && folded.length === 0) {
    return (
      <>
        <p className="muted">The provider allows no command for this call right now.</p>
        {children}
      </>
    );
  }
  return (
    <>
      {say && <ControlForm control={say} kind="primary" onSend={commands.send} />}
      {children}
      {atHand.length > 0 && (
        <div className="controls-primary">
          {atHand.map((each) => (
            <ControlForm key={each.label} control={each} onSend={commands.send} />
          ))}
        </div>
      )}
      {folded.map((each) => (
        <details key={each.label} className="collapsible">
          <summary>{each.label}</summary>
          <ControlForm control={each} onSend={commands.send} />
        </details>
      ))}
    </>
  );
}

/** Stands beside the call's time, away from all else that can be pressed. */
export function EndCall({ call, commands }: Omit<ControlPanelProps, 'timeline'>) {
  const canControl = useHasScope('CONTROL');
  const control = controlOf('END_CALL', call);
  if (!canControl || !control || !call.isLive || !call.capabilities.includes('END_CALL')) return null;
  return <ControlForm control={control} kind="danger" onSend={commands.send} />;
}
