/** The controls that are available for a call, and the progress of the latest commands. */
import type { ReactNode } from 'react';
import { useHasScope } from '../../session/session-context.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Call } from '../documents.ts';
import { isCommand, type CallTimeline } from '../call-timeline.ts';
import { AttemptRow } from './command-progress.tsx';
import { ControlForm } from './control-form.tsx';
import { captureControl, controlOf, type Capability } from './control-table.ts';
import type { Commands } from './use-commands.ts';
import './control-panel.css';

/** Controls that are always visible, and controls that are collapsed until needed. */
const PRIMARY = ['MUTE_ASSISTANT', 'MUTE_CUSTOMER', 'SAY_FIRST_MESSAGE', 'CLEAR_AUDIO'] as const;
const COLLAPSED = ['ADD_MESSAGE', 'SEND_DTMF', 'PLAY_AUDIO', 'TRANSFER', 'HANDOFF'] as const;

interface ControlPanelProps {
  readonly call: Pick<Call, 'id' | 'isLive' | 'capabilities' | 'mutedParties' | 'capturePause'>;
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
          command={timeline.entries.filter(isCommand).find(({ id }) => id === attempt.commandId)}
          onRetry={(failed) => void commands.retry(failed)}
        />
      ))}
    </ul>
  );
  return (
    <section className="card" aria-labelledby="control-title">
      <h2 id="control-title">Controls</h2>
      {!canControl ? (
        <p className="muted">
          <Icon name="lock" /> Your token lacks the scope <code>control</code>. You can only view this call.
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
  /** The progress of the latest commands. */
  readonly children: ReactNode;
}

function Controls({ call, commands, children }: ControlsProps) {
  const control = (capability: Capability) =>
    call.capabilities.includes(capability) ? controlOf(capability, call) : undefined;
  const say = control('SAY');
  const primary = [captureControl(call), ...PRIMARY.flatMap((capability) => control(capability) ?? [])];
  const collapsed = COLLAPSED.flatMap((capability) => control(capability) ?? []);
  return (
    <>
      {say && <ControlForm control={say} kind="primary" onSend={commands.send} />}
      {children}
      <div className="controls-primary">
        {primary.map((each) => (
          <ControlForm key={each.label} control={each} onSend={commands.send} />
        ))}
      </div>
      {collapsed.map((each) => (
        <details key={each.label} className="collapsible">
          <summary>{each.label}</summary>
          <ControlForm control={each} onSend={commands.send} />
        </details>
      ))}
    </>
  );
}

/** The button that ends the call. It is in the header, apart from the other controls. */
export function EndCall({ call, commands }: Omit<ControlPanelProps, 'timeline'>) {
  const canControl = useHasScope('CONTROL');
  const control = controlOf('END_CALL', call);
  if (!canControl || !control || !call.isLive || !call.capabilities.includes('END_CALL')) return null;
  return <ControlForm control={control} kind="danger" onSend={commands.send} />;
}
