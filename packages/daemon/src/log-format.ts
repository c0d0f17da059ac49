/** Log lines for people: one line for each entry, with the stack of an error below it. */
import { styleText } from 'node:util';

/** An entry of the log as pino writes it. */
interface Entry {
  readonly level: string;
  readonly time: string;
  readonly part?: string;
  readonly msg: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
  readonly [field: string]: unknown;
}

export type LogFormat = 'auto' | 'json' | 'text';

/** How lines are written. */
export type LogStyle = 'json' | 'text' | 'colored text';

/** Returns how lines are written. `auto` is text on a terminal; see https://no-color.org for `NO_COLOR`. */
export function styleOf(
  format: LogFormat,
  isTerminal: boolean,
  { NO_COLOR = '', TERM }: { readonly NO_COLOR?: string; readonly TERM?: string },
): LogStyle {
  if (format === 'json' || (format === 'auto' && !isTerminal)) return 'json';
  return isTerminal && NO_COLOR === '' && TERM !== 'dumb' ? 'colored text' : 'text';
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const LEVEL_STYLES: Readonly<Record<string, Style>> = {
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
};

/** Control and formatting characters: a log line contains texts that strangers choose, and a terminal would obey them. */
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const escape = (text: string): string =>
  text.replace(UNSAFE, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);

const PLAIN = /^[^\s"=]+$/;

/** Returns a value of a field. Texts with spaces are quoted. */
function valueOf(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value)) return escape(value);
  return escape(JSON.stringify(value) ?? String(value));
}

/** Returns the local time of day. */
function timeOf(iso: string): string {
  const at = new Date(iso);
  const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${pad(at.getMilliseconds(), 3)}`;
}

/** Converts a line of JSON as pino writes it into text. Returns the line unchanged if it is not such a line. */
export function toText(line: string, hasColors: boolean): string {
  const paint: Paint = hasColors
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text;
  try {
    return format(JSON.parse(line) as Entry, paint);
  } catch {
    return line;
  }
}

function format({ level, time, part = '', msg, err, ...fields }: Entry, paint: Paint): string {
  const head = [
    paint('gray', timeOf(time)),
    paint(LEVEL_STYLES[level] ?? 'white', level.padEnd(5)),
    `${escape(part)}: ${escape(msg)}`,
  ];
  const shown = Object.entries(fields).map(
    ([name, value]) => `${paint('cyan', escape(name))}=${valueOf(value)}`,
  );
  const stack = err
    ? (err.stack ?? err.message ?? '').split('\n').map((each) => `    ${escape(each)}\n`)
    : [];
  return `${[...head, ...shown].join(' ')}\n${stack.join('')}`;
}
