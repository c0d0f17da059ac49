/** The form to place a call: validation, and conversion to the input of the API. Pure. */
import type { VariablesOf } from '../api/graphql.ts';
import { dialError } from '../ui/form/dial.ts';
import { digitsOf } from '../ui/phone-number.ts';
import type { PLACE_CALL, RecentAssistant } from './documents.ts';

type PlaceCallInput = VariablesOf<typeof PLACE_CALL>['input'];

export interface PlaceForm {
  readonly providerId: string;
  readonly to: string;
  readonly from: string;
  readonly assistantId: string;
  /** A JSON object; empty for none. */
  readonly options: string;
}

export type PlaceErrors = Partial<Record<keyof PlaceForm, string>>;

/** `sip:user@host`, or another address with a host. */
const ADDRESS = /^(sips?:)?\S+@\S+$/i;

/** Returns why a number or address cannot be used, or undefined if it can. */
export const addressError = (text: string): string | undefined =>
  ADDRESS.test(text) && digitsOf(text) === undefined ? undefined : dialError(text);

/** Returns what is wrong with each field. */
export function placeErrors({ providerId, to, from, options }: PlaceForm): PlaceErrors {
  const optionsError = options.trim() === '' ? undefined : jsonObjectError(options);
  const errors = {
    providerId: providerId === '' ? 'Choose a provider.' : undefined,
    // Some providers place calls without a telephone, as their options say.
    to:
      to.trim() === ''
        ? options.trim() === ''
          ? 'Enter the number to call.'
          : undefined
        : addressError(to.trim()),
    from: from.trim() === '' ? undefined : addressError(from.trim()),
    options: optionsError,
  };
  return Object.fromEntries(Object.entries(errors).filter(([, error]) => error !== undefined));
}

function jsonObjectError(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
  } catch {
    // The sentence is the same.
  }
  return 'Enter a JSON object, such as {"name": "Reminder"}.';
}

/** Converts a valid form. Empty fields are left to the provider. */
export function placeInput(form: PlaceForm, idempotencyKey: string): PlaceCallInput {
  const [to, from, assistantId, options] = [form.to, form.from, form.assistantId, form.options].map((text) =>
    text.trim(),
  );
  return {
    providerId: form.providerId,
    idempotencyKey,
    ...(to !== '' && { to }),
    ...(from !== '' && { from }),
    ...(assistantId !== '' && { assistantId }),
    ...(options !== '' && { providerOptions: JSON.parse(options!) as unknown }),
  };
}

/** The assistants of the last calls, each once, by name. */
export function assistantsOf(
  calls: readonly { readonly assistant: RecentAssistant | null }[],
): readonly { readonly id: string; readonly name: string }[] {
  const names = new Map<string, string>();
  for (const { assistant } of calls) {
    const id = assistant?.providerAssistantId;
    if (id != null && !names.has(id)) names.set(id, assistant?.name ?? id);
  }
  return [...names].map(([id, name]) => ({ id, name })).toSorted((a, b) => a.name.localeCompare(b.name));
}
