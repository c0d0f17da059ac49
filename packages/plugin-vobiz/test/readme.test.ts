import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optionsSchema } from '../src/config.ts';
import { samplesOf } from './samples.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const PROTOCOL = readFileSync(new URL('../../../docs/protocol/vobiz.md', import.meta.url), 'utf8');
const source = (name: string): string => readFileSync(new URL(`../src/${name}.ts`, import.meta.url), 'utf8');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly default?: unknown;
}

/** Returns every option by its path, with its default as text; an option of several forms once. */
function optionsIn(schema: Schema, path = ''): [string, string][] {
  const forms = schema.oneOf ?? [schema];
  const options = forms.flatMap((form) =>
    Object.entries(form.properties ?? {}).flatMap(([name, option]): [string, string][] => {
      const key = path === '' ? name : `${path}.${name}`;
      if (option.properties ?? option.oneOf) return optionsIn(option, key);
      const { default: value } = option;
      if (value !== undefined)
        return [[key, `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``]];
      return [[key, form.required?.includes(name) === true ? 'required' : '']];
    }),
  );
  return [...new Map(options)];
}

describe('the README', () => {
  it('names every option, with its default', () => {
    const schema = z.toJSONSchema(optionsSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
    const rows = [...README.matchAll(/^\| `([\w.]+)` *\| (.*?) *\|/gm)].map(([, key, value]) => [
      key!,
      value!,
    ]);
    expect(rows).toEqual(optionsIn(schema));
  });

  it('names the mode in which an option of an answer is required', () => {
    for (const [key, mode] of [
      ['dial', 'tap'],
      ['url', 'xml'],
    ]) {
      expect(README).toMatch(new RegExp(`^\\| \`answer.${key}\` .*\`${mode}\``, 'm'));
    }
  });

  it('names every further option of a transfer and of a new call', () => {
    const tables = source('control/transfer-order') + source('control/place-call');
    const names = [...tables.matchAll(/^ {2}(\w+): (?:integer|literalOr|text|boolean|webUrl)/gm)];
    expect(names.length).toBeGreaterThan(20);
    const short = names.map(([, name]) => name!.replace(/^machine_detection(?=_)/, ''));
    expect(short.filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the protocol notes', () => {
  it('name every event of the samples and every notice', () => {
    const events = samplesOf('webhook-form').map(
      ({ body }) => (body['Event'] as string | undefined) ?? 'StartApp',
    );
    expect(events.filter((event) => !PROTOCOL.includes(`\`${event}\``))).toEqual([]);
    const sources = source('calls/notices');
    const notices = [...sources.matchAll(/\bVOBIZ_\w+/g)].map(([code]) => code);
    expect(notices.length).toBeGreaterThan(12);
    expect(notices.filter((code) => !PROTOCOL.includes(`\`${code}\``))).toEqual([]);
  });

  it('name every message of a stream', () => {
    const table = /const EVENTS[^{]*\{(.*?)\n\};/s.exec(source('wire'))![1]!;
    const names = [...table.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !PROTOCOL.includes(`\`${name}\``))).toEqual([]);
  });
});
