/**
 * Describes a body without what it says: names of fields, types and lengths. Values are shown only for a few fields whose values
 * are names of states and types. Telephone numbers, transcripts, names, ids and secrets never are.
 */

/** The largest body that is described, bytes. */
export const MAX_DESCRIBED_BYTES = 64 * 1024;
/** The largest description: its levels, the fields of an object, and the values in total. */
export const MAX_SHAPE_DEPTH = 6;
export const MAX_SHAPE_FIELDS = 40;
export const MAX_SHAPE_VALUES = 200;

/** The fields whose values are shown, in lower case. Their values are enumerations of the protocols. */
const SHOWN: ReadonlySet<string> = new Set([
  'type',
  'transcripttype',
  'event',
  'status',
  'callstatus',
  'hangupcausename',
  'hangupsource',
  'endedreason',
  'role',
  'direction',
  'streamstatus',
]);

/** A value that is shown: a word, not a number, an address or a sentence. */
const WORD = /^[A-Za-z][\w.[\]="-]{0,63}$/;
const NAME = /^[A-Za-z_$][\w$.-]{0,47}$/;
/** A run of digits that could be a part of a telephone number. */
const MANY_DIGITS = /\d{4}/;

export type Shape = string | readonly Shape[] | { readonly [name: string]: Shape };

/** Returns undefined if it is neither JSON nor a form, or is too large. */
export function shapeOf(body: Uint8Array, contentType = ''): Shape | undefined {
  if (body.length === 0 || body.length > MAX_DESCRIBED_BYTES) return undefined;
  const text = Buffer.from(body).toString('utf8');
  if (/x-www-form-urlencoded/i.test(contentType))
    return describe(Object.fromEntries(new URLSearchParams(text)), '', 0, { left: MAX_SHAPE_VALUES });
  try {
    return describe(JSON.parse(text), '', 0, { left: MAX_SHAPE_VALUES });
  } catch {
    return undefined;
  }
}

interface Budget {
  left: number;
}

function describe(value: unknown, name: string, depth: number, budget: Budget): Shape {
  budget.left--;
  if (typeof value === 'string') return describeText(value, name);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  if (depth >= MAX_SHAPE_DEPTH || budget.left <= 0) return '…';
  if (Array.isArray(value)) {
    const [first] = value as readonly unknown[];
    if (value.length === 0) return [];
    const rest = value.length > 1 ? [`and ${value.length - 1} more`] : [];
    return [describe(first, name, depth + 1, budget), ...rest];
  }
  return describeFields(Object.entries(value), depth, budget);
}

function describeFields(
  fields: readonly (readonly [string, unknown])[],
  depth: number,
  budget: Budget,
): Shape {
  const shown: [string, Shape][] = [];
  for (const [name, value] of fields.slice(0, MAX_SHAPE_FIELDS)) {
    if (budget.left <= 0) break;
    shown.push([
      NAME.test(name) && !MANY_DIGITS.test(name) ? name : '…',
      describe(value, name, depth + 1, budget),
    ]);
  }
  if (shown.length < fields.length) shown.push(['…', `${fields.length - shown.length} more fields`]);
  return Object.fromEntries(shown);
}

function describeText(text: string, name: string): string {
  const isShown = SHOWN.has(name.toLowerCase()) && WORD.test(text) && !MANY_DIGITS.test(text);
  return isShown ? text : `string(${text.length})`;
}

const TYPE_FIELDS = ['type', 'event', 'Event', 'callstatus', 'CallStatus'];
/** How deep the type of a message is looked for: Vapi's is `message.type`. */
const TYPE_DEPTH = 2;

/** Returns the type of the message that has this shape, for example `end-of-call-report`. */
export function messageTypeOf(shape: Shape | undefined, depth = 0): string | undefined {
  if (typeof shape !== 'object' || Array.isArray(shape) || depth >= TYPE_DEPTH) return undefined;
  const fields = shape as { readonly [name: string]: Shape };
  for (const name of TYPE_FIELDS) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'string' && !value.startsWith('string(')) return value;
  }
  for (const inner of Object.values(fields)) {
    const found = messageTypeOf(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
