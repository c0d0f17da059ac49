import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optionsSchema } from '../src/config.ts';
import { CONNECTION_ERRORS } from '../src/connection/connection-errors.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const PROTOCOL = readFileSync(new URL('../../../docs/protocol/deepgram.md', import.meta.url), 'utf8');
const source = (name: string): string => readFileSync(new URL(`../src/${name}.ts`, import.meta.url), 'utf8');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
}

/** Returns every option by its path, with its default as text. */
function optionsIn(schema: Schema, path = ''): [string, string][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]): [string, string][] => {
    const key = path === '' ? name : `${path}.${name}`;
    if (option.properties) return optionsIn(option, key);
    const { default: value } = option;
    if (value !== undefined)
      return [[key, `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``]];
    return [[key, schema.required?.includes(name) === true ? 'required' : '']];
  });
}

const rowsOf = (pattern: RegExp): string[][] => [...README.matchAll(pattern)].map(([, ...cells]) => cells);

describe('README.md', () => {
  it('documents every option with its default', () => {
    const schema = z.toJSONSchema(optionsSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
    const options = rowsOf(/^\| `([a-z][\w.]+)` *\| (.*?) *\|/gm);
    expect(options).toEqual(optionsIn(schema));
  });

  it('documents every code, and which are permanent', () => {
    const codes = rowsOf(/^\| `(DEEPGRAM_\w+)` *\|.*\| (.*?) *\|$/gm);
    expect(codes.map(([code]) => code)).toEqual(Object.keys(CONNECTION_ERRORS));
    for (const [code, then] of codes) {
      expect([code, then === 'FAILED']).toEqual([
        code,
        CONNECTION_ERRORS[code as keyof typeof CONNECTION_ERRORS].retry === 'never',
      ]);
    }
  });
});

describe('docs/protocol/deepgram.md', () => {
  it('documents every message that is read or sent', () => {
    const table = /const READERS[^{]*\{(.*?)\n\};/s.exec(source('wire'))![1]!;
    const read = [...table.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name!);
    const sent = [...source('wire').matchAll(/stringify\(\{ type: '(\w+)'/g)].map(([, name]) => name!);
    expect([read.length, sent.length]).toEqual([10, 3]);
    expect([...read, ...sent].filter((name) => !PROTOCOL.includes(`\`${name}\``))).toEqual([]);
  });
});
