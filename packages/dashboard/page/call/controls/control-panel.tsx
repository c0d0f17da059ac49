/** The controls that are available for a call. */
import { useEffect, useRef, type ReactNode } from 'react';
import { useHasScope } from '../../session/session-context.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Call } from '../documents.ts';
import type { CallTimeline } from '../call-timeline.ts';
import { ControlForm } from './control-form.tsx';
import {
  captureControl,
  controlOf,
  PAUSE_CONTROL,
  type Capability,
  type Control,
  type ControlId,
} from './control-table.ts';
import { TranscriptionControl } from './transcription-control.tsx';
import type { Commands } from './use-commands.ts';
import './control-panel.css';

/** Controls that are always visible, and controls that are collapsed until needed. */
const PRIMARY = ['MUTE_ASSISTANT', 'MUTE_CUSTOMER', 'SAY_FIRST_MESSAGE', 'CLEAR_AUDIO'] as const;
const COLLAPSED = ['ADD_MESSAGE', 'SEND_DTMF', 'PLAY_AUDIO', 'TRANSFER', 'HANDOFF'] as const;

interface ControlPanelProps {
  readonly call: Call;
  readonly timeline: CallTimeline;
  readonly commands: Commands;
  /** The outcomes of the latest commands, where they are not beside the controls. */
  readonly children: ReactNode;
}

export function ControlPanel({ call, timeline, commands, children }: ControlPanelProps) {
  const canControl = useHasScope('CONTROL');
  return (
    <section className="card" aria-labelledby="control-title">
      <h2 id="control-title">Controls</h2>
      {!canControl ? (
        <p className="muted">
          <Icon name="lock" /> Your token lacks the scope <code>control</code>. You can only view this call.
        </p>
      ) : (
        <Controls call={call} timeline={timeline} commands={commands}>
          {children}
        </Controls>
      )}
    </section>
  );
}

type Entry = readonly [id: ControlId, control: Control];

function Controls({ call, timeline, commands, children }: ControlPanelProps) {
  const available = (capabilities: readonly Capability[]): Entry[] =>
    capabilities.flatMap((capability) => {
      const control = call.capabilities.includes(capability) ? controlOf(capability, call) : undefined;
      return control ? [[capability, control]] : [];
    });
  const capture: Entry[] = [['CAPTURE', captureControl(call)]];
  return (
    <>
      {available(['SAY']).map(([id, say]) => (
        <ControlForm key={id} id={id} control={say} kind="primary" commands={commands} />
      ))}
      <div className="controls-primary">
        {[...capture, ...available(PRIMARY)].map(([id, control]) => (
          <ControlForm key={id} id={id} control={control} commands={commands} />
        ))}
      </div>
      {children}
      {[...available(COLLAPSED), ['PAUSE_PARTS', PAUSE_CONTROL] as const].map(([id, control]) => (
        <CollapsedControl key={id} id={id} control={control} commands={commands} />
      ))}
      {call.capabilities.includes('LISTEN') && (
        <details className="collapsible">
          <summary>Transcription</summary>
          <TranscriptionControl callId={call.id} entries={timeline.entries} />
        </details>
      )}
    </>
  );
}

interface CollapsedControlProps {
  readonly id: ControlId;
  readonly control: Control;
  readonly commands: Commands;
}

/** A control that is shown when it is needed, or when an attempt is edited. */
function CollapsedControl({ id, control, commands }: CollapsedControlProps) {
  const details = useRef<HTMLDetailsElement>(null);
  const { draft } = commands;
  useEffect(() => {
    if (draft?.control === id) details.current!.open = true;
  }, [draft, id]);
  return (
    <details ref={details} className="collapsible">
      <summary>{control.label}</summary>
      <ControlForm id={id} control={control} commands={commands} />
    </details>
  );
}

/** The button that ends the call. It is in the header, apart from the other controls. */
export function EndCall({ call, commands }: Omit<ControlPanelProps, 'timeline' | 'children'>) {
  const canControl = useHasScope('CONTROL');
  const control = controlOf('END_CALL', call);
  if (!canControl || !control || !call.isLive || !call.capabilities.includes('END_CALL')) return null;
  return <ControlForm id="END_CALL" control={control} kind="danger" commands={commands} />;
}
