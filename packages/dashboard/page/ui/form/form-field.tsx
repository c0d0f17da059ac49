/** A field of a form. An invalid value is explained below it, with an own sentence. */
import { useId, useState, type InputEvent, type SyntheticEvent } from 'react';
import { fieldError, type Field, type Values } from './fields.ts';
import { fieldText } from './form-text.ts';
import './form-field.css';

interface FormFieldProps {
  readonly field: Field;
  /** The value at first. */
  readonly value?: string | boolean | undefined;
}

type Input = HTMLInputElement | HTMLTextAreaElement;

export function FormField({ field, value }: FormFieldProps) {
  const { name, label, kind, choices = [] } = field;
  if (kind === 'check') {
    return (
      <label className="check">
        <input type="checkbox" name={name} defaultChecked={(value ?? field.isChecked) === true} />
        <span>{label}</span>
      </label>
    );
  }
  if (kind === 'choice') {
    return (
      <label className="field">
        <span>{label}</span>
        <select name={name} defaultValue={typeof value === 'string' ? value : undefined}>
          {choices.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return <TextField field={field} value={typeof value === 'string' ? value : ''} />;
}

/** The `type` and the `inputMode` of a field of one line. */
const INPUT_TYPES = {
  text: {},
  tel: { type: 'tel' },
  number: { type: 'number', inputMode: 'numeric', min: 1 },
} as const;

function TextField({ field, value }: { readonly field: Field; readonly value: string }) {
  const { name, label, kind, isRequired = false, placeholder, hint } = field;
  const id = useId();
  const [error, setError] = useState('');

  function check({ currentTarget: input }: InputEvent<Input>): void {
    input.setCustomValidity(fieldError(field, input.value.trim()));
    if (input.validity.valid) setError('');
  }

  /** Replaces the message of the browser, which disappears after some seconds. */
  function explain(event: SyntheticEvent<Input>): void {
    const input = event.currentTarget;
    event.preventDefault();
    setError(input.validationMessage);
    // A field that is hidden cannot be focused.
    input.closest('details')?.setAttribute('open', '');
    if (input.form?.querySelector(':invalid:not(fieldset)') === input) input.focus();
  }

  const attributes = {
    name,
    placeholder,
    required: isRequired,
    defaultValue: value,
    'aria-invalid': error !== '' || undefined,
    'aria-describedby': error !== '' || hint !== undefined ? id : undefined,
    onInput: check,
    onInvalid: explain,
  };
  return (
    <div className="field">
      <label className="field">
        <span>{label}</span>
        {kind === 'long' || kind === 'json' ? (
          <textarea {...attributes} rows={2} maxLength={10_000} dir="auto" />
        ) : (
          <input autoComplete="off" {...attributes} {...INPUT_TYPES[kind as keyof typeof INPUT_TYPES]} />
        )}
      </label>
      {error !== '' ? (
        <p id={id} className="form-error" role="alert">
          {error}
        </p>
      ) : (
        hint !== undefined && (
          <p id={id} className="faint field-hint">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** The fields of a form: texts first, then check boxes in a row, then the seldom needed ones behind a summary. */
export function FormFields({
  fields,
  values = {},
}: {
  readonly fields: readonly Field[];
  /** The values at first. */
  readonly values?: Values | undefined;
}) {
  const shown = fields.filter(({ isExtra, kind }) => !isExtra && kind !== 'check');
  const checks = fields.filter(({ isExtra, kind }) => !isExtra && kind === 'check');
  const extra = fields.filter(({ isExtra }) => isExtra);
  const render = (field: Field) => <FormField key={field.name} field={field} value={values[field.name]} />;
  return (
    <>
      {shown.map(render)}
      {checks.length > 0 && <div className="form-checks">{checks.map(render)}</div>}
      {extra.length > 0 && (
        <details
          className="form-extra"
          open={extra.some(({ name }) => typeof values[name] === 'string' && values[name] !== '')}
        >
          <summary>More options</summary>
          <div className="form-extra-fields">{extra.map(render)}</div>
        </details>
      )}
    </>
  );
}

/** Returns the values of a form with these fields. */
export function valuesOf(form: HTMLFormElement, fields: readonly Field[]): Values {
  const data = new FormData(form);
  return Object.fromEntries(
    fields.map(({ name, kind }) => [name, kind === 'check' ? data.has(name) : fieldText(data, name)]),
  );
}

/** Empties a form with these fields. Its `reset` would restore the values that it was filled with. */
export function clearForm(form: HTMLFormElement, fields: readonly Field[]): void {
  for (const { name, isChecked = false } of fields) {
    const input = form.elements.namedItem(name);
    if (input instanceof HTMLSelectElement) input.selectedIndex = 0;
    else if (input instanceof HTMLInputElement && input.type === 'checkbox') input.checked = isChecked;
    else if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) input.value = '';
  }
}
