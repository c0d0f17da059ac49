/**
 * Finds the values in JSON, forms, queries, XML and multipart bodies, and replaces them in place: the rest of the text, its
 * formatting and numbers of any length included, stays as it was. Pure.
 */
import { kindOf, type Field } from './field-names.ts';

/** Returns the replacement of a value. Of numbers in JSON, only those that have digits alone are asked for. */
export type Replace = (value: string, field: Field) => string;

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\]:,]/gsu;

export const looksLikeJson = (text: string): boolean => /^\s*[{[]/.test(text);

interface Level {
  /** The name of the object or list. */
  readonly name: string;
  readonly isObject: boolean;
  key: string;
}

/** Replaces the strings and whole numbers of JSON. Malformed JSON is treated as far as it can be read. */
export function replaceInJson(text: string, replace: Replace): string {
  const levels: Level[] = [];
  let isKey = false;
  return text.replaceAll(JSON_TOKEN, (token, at: number) => {
    const level = levels.at(-1);
    const field: Field = level?.isObject
      ? { name: level.key, parent: level.name }
      : { name: level?.name ?? '', parent: levels.at(-2)?.name ?? '' };
    if (token === '{' || token === '[') levels.push({ name: field.name, isObject: token === '{', key: '' });
    if (token === '}' || token === ']') levels.pop();
    if (token.length === 1 && !/\d/.test(token)) {
      isKey = token === '{' || (token === ',' && levels.at(-1)?.isObject === true);
      return token;
    }
    if (!token.startsWith('"')) return replaceNumber(token, field, replace);
    const value = decodeString(token);
    if (isKey && level && /^\s*:/.test(text.slice(at + token.length, at + token.length + 20))) {
      level.key = value;
      const name = replace(value, { name: '' });
      return name === value ? token : JSON.stringify(name);
    }
    const replacement = replace(value, field);
    return replacement === value ? token : JSON.stringify(replacement);
  });
}

/** A number is a telephone number only if its field is, or if it is known. Its replacement must be a number, or the text would not be JSON. */
function replaceNumber(token: string, field: Field, replace: Replace): string {
  if (!/^\d{7,15}$/.test(token)) return token;
  const replacement = replace(token, kindOf(field) === 'number' ? field : { name: 'count' });
  return /^[1-9]\d*$/.test(replacement) ? replacement : token;
}

function decodeString(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token.slice(1, -1);
  }
}

/** Replaces the values of a form or of a query. */
export const replaceInForm = (text: string, replace: Replace): string =>
  text
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) return pair;
      const value = decodeForm(pair.slice(at + 1));
      const replacement = replace(value, { name: decodeForm(pair.slice(0, at)) });
      return replacement === value ? pair : `${pair.slice(0, at + 1)}${encodeForm(replacement)}`;
    })
    .join('&');

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const encodeForm = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

const ELEMENT_OR_ATTRIBUTE =
  /(?<attribute>\b[\w:.-]{1,64})\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')|<(?<element>[\w:.-]{1,64})(?<attributes>[^<>]*)>(?<content>[^<]*)/g;

export const looksLikeXml = (text: string): boolean => /^\s*<[?!A-Za-z]/.test(text);

/** Replaces the texts of elements, and the values of attributes. */
export function replaceInXml(text: string, replace: Replace): string {
  return text.replaceAll(ELEMENT_OR_ATTRIBUTE, (found: string, ...rest: unknown[]) => {
    const {
      attribute,
      double,
      single,
      element,
      attributes = '',
      content = '',
    } = rest.at(-1) as Record<string, string | undefined>;
    if (element === undefined) {
      const value = double ?? single ?? '';
      return `${found.slice(0, found.length - value.length - 1)}${replaceEncoded(value, attribute ?? '', replace)}${found.at(-1)}`;
    }
    return `<${element}${replaceInXml(attributes, replace)}>${replaceEncoded(content, element, replace)}`;
  });
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function replaceEncoded(text: string, name: string, replace: Replace): string {
  const value = text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => ENTITIES[entity]!);
  const replacement = replace(value, { name });
  if (replacement === value) return text;
  return replacement
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The head of a part has few lines: the quantifiers are bounded, so the time is too. */
const PART =
  /(name="([^"\r\n]{0,200})"[^\r\n]{0,500}(?:\r?\n[^\r\n]{1,500}){0,8}\r?\n\r?\n)([\s\S]*?)(?=\r?\n--)/g;

/** Replaces the values of a multipart body. */
export const replaceInMultipart = (text: string, replace: Replace): string =>
  text.replaceAll(
    PART,
    (_found, head: string, name: string, value: string) => head + replace(value, { name }),
  );
