/** The thresholds from which a call needs attention, and how the user is alerted. Stored on this device. */
import { useId, useState, useSyncExternalStore } from 'react';
import { useFloor } from '../board/floor.tsx';
import { useHasScope } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog/dialog.tsx';
import { MissingScope } from '../ui/missing-scope.tsx';
import { canNotify, playAlert } from './alert-output.ts';
import { boundedValue, DEFAULT_THRESHOLDS, RULE_IDS, RULES, type RuleId, type Threshold } from './rules.ts';
import './attention-dialog.css';

export default function AttentionDialog({ onClose }: { readonly onClose: () => void }) {
  const { settings } = useFloor();
  const { thresholds, sound, measuresAll } = useSyncExternalStore(settings.subscribe, settings.state);
  const canListen = useHasScope('LISTEN');
  const setRule = (rule: RuleId, change: Partial<Threshold>): void =>
    settings.update({ thresholds: { ...thresholds, [rule]: { ...thresholds[rule], ...change } } });
  return (
    <Dialog title="Attention" onClose={onClose}>
      <fieldset>
        <legend>A call needs attention if</legend>
        {RULE_IDS.map((rule) => (
          <RuleRow
            key={rule}
            rule={rule}
            threshold={thresholds[rule]}
            onChange={(change) => setRule(rule, change)}
          />
        ))}
        <Button kind="quiet" onClick={() => settings.update({ thresholds: DEFAULT_THRESHOLDS })}>
          Restore the defaults
        </Button>
      </fieldset>
      <fieldset>
        <legend>Audio</legend>
        {canListen ? (
          <label className="check">
            <input
              type="checkbox"
              checked={measuresAll}
              onChange={({ target }) => settings.update({ measuresAll: target.checked })}
            />
            <span>
              Measure the audio of all calls, not only of the rows in view. This costs the daemon more work.
            </span>
          </label>
        ) : (
          <MissingScope scope="listen">Audio is not measured.</MissingScope>
        )}
      </fieldset>
      <fieldset>
        <legend>Alerts, on every page</legend>
        <label className="check">
          <input
            type="checkbox"
            checked={sound}
            onChange={({ target }) => {
              settings.update({ sound: target.checked });
              if (target.checked) playAlert();
            }}
          />
          <span>Play a sound</span>
        </label>
        <NotificationRow />
      </fieldset>
    </Dialog>
  );
}

interface RuleRowProps {
  readonly rule: RuleId;
  readonly threshold: Threshold;
  readonly onChange: (change: Partial<Threshold>) => void;
}

function RuleRow({ rule, threshold: { isOn, value }, onChange }: RuleRowProps) {
  const { label, unit, min, max } = RULES[rule];
  const id = useId();
  return (
    <div className="attention-rule">
      <label className="check">
        <input type="checkbox" checked={isOn} onChange={({ target }) => onChange({ isOn: target.checked })} />
        <span id={id}>{label}</span>
      </label>
      <span className="attention-value">
        <input
          type="number"
          key={value}
          min={min}
          max={max}
          defaultValue={value}
          aria-labelledby={id}
          onBlur={({ target }) => {
            const entered = target.valueAsNumber;
            const next = Number.isNaN(entered) ? value : boundedValue(rule, entered);
            target.value = String(next);
            if (next !== value) onChange({ value: next });
          }}
        />
        {unit}
      </span>
    </div>
  );
}

/** The permission is requested only when the user turns notifications on. */
function NotificationRow() {
  const { settings } = useFloor();
  const { notification } = useSyncExternalStore(settings.subscribe, settings.state);
  const [isDenied, setDenied] = useState(() => canNotify() && Notification.permission === 'denied');
  if (!canNotify())
    return (
      <p className="muted">
        This browser shows notifications of the desktop only over HTTPS or on localhost.
      </p>
    );

  async function turn(isOn: boolean): Promise<void> {
    const permission = isOn ? await Notification.requestPermission() : 'default';
    setDenied(isOn && permission !== 'granted');
    settings.update({ notification: permission === 'granted' });
  }

  return (
    <>
      <label className="check">
        <input type="checkbox" checked={notification} onChange={({ target }) => void turn(target.checked)} />
        <span>Show a notification of the desktop, with the number of the customer</span>
      </label>
      {isDenied && (
        <p className="form-error">
          The browser blocks notifications of this page. Allow them in its settings.
        </p>
      )}
    </>
  );
}
