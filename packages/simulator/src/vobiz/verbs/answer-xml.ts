// The XML that an answer URL gives, read strictly: what is not well-formed, has no `<Response>`, or holds a verb
// that Vobiz does not have, is no instruction at all.

import { SaxesParser } from 'saxes';

/** The largest answer, as documented. */
export const MAX_ANSWER_BYTES = 100_000;

/** One element of a `<Response>`. */
export interface Verb {
  readonly name: VerbName;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text, without white space around it. */
  readonly text: string;
  readonly children: readonly Child[];
}

/** An element that stands in a verb. */
export interface Child {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Every verb that may stand in a `<Response>`, with the elements that may stand in it. */
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
  Speak: undefined, // SSML may stand in it
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

/** The verbs of a document in order, or undefined when it is no valid answer. */
export function decodeAnswer(xml: string): Verb[] | undefined {
  if (Buffer.byteLength(xml) > MAX_ANSWER_BYTES) return undefined;
  const root = readTree(xml);
  if (root?.name !== 'Response' || root.text.trim() !== '') return undefined;
  const verbs: Verb[] = [];
  for (const element of root.children) {
    const name = verbName(element);
    if (name === undefined) return undefined;
    const { attributes, children } = element;
    const text = name === 'Speak' ? spoken(element) : element.text;
    verbs.push({
      name,
      attributes,
      text: text.trim(),
      children: children.map((child) => ({
        name: child.name,
        attributes: child.attributes,
        text: (child.name === 'Speak' ? spoken(child) : child.text).trim(),
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

function spoken({ text, children }: OpenElement): string {
  return [text, ...children.map(spoken)].join(' ').replace(/\s+/g, ' ');
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
