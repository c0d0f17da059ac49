// Parses the XML of an answer URL strictly: XML that is malformed, has no `<Response>` or contains an unknown verb is
// invalid.

import { SaxesParser } from 'saxes';

/** The documented size limit of an answer. */
export const MAX_ANSWER_BYTES = 100_000;

/** One element of a `<Response>`. */
export interface Verb {
  readonly name: VerbName;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text, trimmed. */
  readonly text: string;
  readonly children: readonly Child[];
}

/** An element inside a verb. */
export interface Child {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The verbs of a `<Response>`, with the elements that each can contain. */
const VERBS = {
  Conference: [],
  Dial: ['Number', 'User'],
  DTMF: [],
  Gather: ['Speak', 'Play'],
  Hangup: [],
  Play: [],
  PreAnswer: ['Speak', 'Play', 'Wait'],
  Record: [],
  Redirect: [],
  Speak: undefined, // may contain SSML
  Stream: [],
  Wait: [],
} as const satisfies Record<string, readonly string[] | undefined>;

/** The name of a verb. */
export type VerbName = keyof typeof VERBS;

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  text: string;
  readonly children: OpenElement[];
}

/** Parses a document. Returns its verbs in order, or undefined if it is invalid. */
export function decodeAnswer(xml: string): Verb[] | undefined {
  if (Buffer.byteLength(xml) > MAX_ANSWER_BYTES) return undefined;
  const root = readTree(xml);
  if (root?.name !== 'Response' || root.text.trim() !== '') return undefined;
  const verbs: Verb[] = [];
  for (const element of root.children) {
    const name = verbName(element);
    if (name === undefined) return undefined;
    const { attributes, children } = element;
    const text = name === 'Speak' ? spokenText(element) : element.text;
    verbs.push({
      name,
      attributes,
      text: text.trim(),
      children: children.map((child) => ({
        name: child.name,
        attributes: child.attributes,
        text: (child.name === 'Speak' ? spokenText(child) : child.text).trim(),
      })),
    });
  }
  return verbs;
}

function verbName({ name, children }: OpenElement): VerbName | undefined {
  const known = Object.keys(VERBS).find((verb): verb is VerbName => verb === name);
  if (known === undefined) return undefined;
  const allowed: readonly string[] | undefined = VERBS[known];
  return children.every((child) => allowed?.includes(child.name) ?? true) ? known : undefined;
}

function spokenText({ text, children }: OpenElement): string {
  return [text, ...children.map(spokenText)].join(' ').replace(/\s+/g, ' ');
}

function readTree(xml: string): OpenElement | undefined {
  const parser = new SaxesParser();
  const top: OpenElement = { name: '', attributes: {}, text: '', children: [] };
  const path: OpenElement[] = [top];
  const add = (text: string): void => {
    const element = path.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: OpenElement = { name, attributes: { ...attributes }, text: '', children: [] };
    path.at(-1)?.children.push(element);
    path.push(element);
  });
  parser.on('closetag', () => path.pop());
  parser.on('text', add);
  parser.on('cdata', add);
  try {
    parser.write(xml).close();
  } catch {
    return undefined;
  }
  return top.children[0];
}
