/** The form of a control: its fields, its button, and a confirmation if it is irreversible. */
import { useRef, useState, type FormEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Control, Field, Request, Values } from './control-table.ts';

interface ControlFormProps {
  readonly control: Control;
  readonly kind?: 'plain' | 'primary' | 'danger';
  readonly onSend: (label: string, request: Request) => Promise<void>;
}

export function ControlForm({ control, kind = 'plain', onSend }: ControlFormProps) {
  const { label, icon, fields, confirm, request } = control;
  const inputs = fields.filter(({ kind }) => kind !== 'check');
  const checks = fields.filter(({ kind }) => kind === 'check');
  const form = useRef<HTMLFormElement>(null);
  const [unconfirmed, setUnconfirmed] = useState<Values>();
  const [isSending, setSending] = useState(false);

  async function send(values: Values): Promise<void> {
    setSending(true);
    form.current?.reset();
    await onSend(label, request(values));
    setSending(false);
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
      {inputs.map((field) => (
        <ControlField key={field.name} field={field} />
      ))}
      {checks.length > 0 && (
        <div className="control-checks">
          {checks.map((field) => (
            <ControlField key={field.name} field={field} />
          ))}
        </div>
      )}
      <Button type="submit" kind={kind} isBusy={isSending}>
        {icon && <Icon name={icon} />}
        {label}
      </Button>
      {unconfirmed && confirm && (
        <ConfirmDialog
          title={confirm.title}
          action={label}
          onConfirm={() => void send(unconfirmed)}
          onClose={() => setUnconfirmed(undefined)}
        >
          {confirm.text}
        </ConfirmDialog>
      )}
    </form>
  );
}

function valuesOf(form: HTMLFormElement, fields: readonly Field[]): Values {
  const data = new FormData(form);
  return Object.fromEntries(
    fields.map(({ name, kind }) => [name, kind === 'check' ? data.has(name) : (data.get(name) as string)]),
  );
}

function ControlField({ field }: { readonly field: Field }) {
  const { name, label, kind, isRequired = false, placeholder, pattern, validate, choices = [] } = field;
  if (kind === 'check') {
    return (
      <label className="check">
        <input type="checkbox" name={name} />
        <span>{label}</span>
      </label>
    );
  }
  return (
    <label className="field">
      <span>{label}</span>
      {kind === 'long' ? (
        <textarea name={name} rows={2} required={isRequired} maxLength={10_000} />
      ) : kind === 'choice' ? (
        <select name={name}>
          {choices.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      ) : (
        <input
          name={name}
          required={isRequired}
          placeholder={placeholder}
          pattern={pattern}
          onInput={({ currentTarget: input }) =>
            input.setCustomValidity((input.value !== '' && validate?.(input.value.trim())) || '')
          }
          autoComplete="off"
        />
      )}
    </label>
  );
}
