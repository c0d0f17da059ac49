/** The form of a control: its fields, its button, and a confirmation if it is irreversible. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import type { Values } from '../../ui/form/fields.ts';
import { clearForm, FormFields, valuesOf } from '../../ui/form/form-field.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Control, ControlId } from './control-table.ts';
import type { Commands } from './use-commands.ts';

interface ControlFormProps {
  readonly id: ControlId;
  readonly control: Control;
  readonly kind?: 'plain' | 'primary' | 'danger';
  readonly commands: Commands;
}

/** The form is created again with the values of each draft. */
export function ControlForm(props: ControlFormProps) {
  const { draft } = props.commands;
  const own = draft?.control === props.id ? draft : undefined;
  return <FilledForm key={own?.version} {...props} values={own?.values} />;
}

interface FilledFormProps extends ControlFormProps {
  readonly values: Values | undefined;
}

function FilledForm({ id, control, kind = 'plain', commands, values: draft }: FilledFormProps) {
  const { label, icon, fields, confirm, request } = control;
  const form = useRef<HTMLFormElement>(null);
  const [unconfirmed, setUnconfirmed] = useState<Values>();
  const [isSending, setSending] = useState(false);

  useEffect(() => {
    if (draft) form.current!.querySelector<HTMLElement>('input, textarea')?.focus();
  }, [draft]);

  /** What was entered stays until the command is accepted, and what is entered meanwhile stays too. */
  async function send(values: Values): Promise<void> {
    setSending(true);
    const isAccepted = await commands.send({ control: id, label, values, request: request(values) });
    setSending(false);
    const element = form.current;
    if (!isAccepted || !element || !isEqual(valuesOf(element, fields), values)) return;
    clearForm(element, fields);
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (isSending) return;
    const values = valuesOf(event.currentTarget, fields);
    if (confirm) setUnconfirmed(values);
    else void send(values);
  }

  return (
    <form ref={form} className="control-form" onSubmit={submit}>
      <FormFields fields={fields} values={draft} />
      <Button type="submit" kind={kind} isBusy={isSending}>
        {icon && <Icon name={icon} />}
        {label}
      </Button>
      {unconfirmed && confirm && (
        <ConfirmDialog
          title={confirm(unconfirmed).title}
          action={label}
          onConfirm={() => void send(unconfirmed)}
          onClose={() => setUnconfirmed(undefined)}
        >
          {confirm(unconfirmed).text}
        </ConfirmDialog>
      )}
    </form>
  );
}

const isEqual = (a: Values, b: Values): boolean => Object.keys(a).every((name) => a[name] === b[name]);
