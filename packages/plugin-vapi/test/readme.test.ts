import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optionsSchema } from '../src/config.ts';
import { DEFAULT_RESPONSES } from '../src/webhook/default-responses.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const PROTOCOL = readFileSync(new URL('../../../docs/protocol/vapi.md', import.meta.url), 'utf8');
const wire = readFileSync(new URL('../src/wire.ts', import.meta.url), 'utf8');

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}

/** Returns every option by its path, with its default as text. */
function optionsIn(schema: Schema, path = ''): [string, string | undefined][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]): [string, string | undefined][] => {
    const key = path === '' ? name : `${path}.${name}`;
    if (option.properties) return optionsIn(option, key);
    const { default: value } = option;
    return [
      [key, value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value)],
    ];
  });
}

describe('README.md', () => {
  it('documents every option with its default', () => {
    const schema = z.toJSONSchema(optionsSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
    const rows = [...README.matchAll(/^\| `([\w.]+)` +\| (.*?) +\|/gm)].map(([, key, cell]) => {
      const value = /^`(.*)`$/.exec(cell!)?.[1];
      return [key!, cell === '``' ? '' : value];
    });
    expect(rows).toEqual(optionsIn(schema));
  });
});

describe('docs/protocol/vapi.md', () => {
  it('documents every known message type', () => {
    const table = /const TYPES[^{]*\{(.*?)\n\};/s.exec(wire)![1]!;
    const names = [...table.matchAll(/^ {2}'?([\w.-]+)'?:/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !PROTOCOL.includes(`\`${name}\``))).toEqual([]);
  });

  it('documents every default response and its reason', () => {
    for (const [name, { body, reason }] of Object.entries(DEFAULT_RESPONSES)) {
      const row = PROTOCOL.split('\n').find(
        (line) => line.startsWith(`| \`${name}\``) && line.includes(reason),
      );
      expect(row, name).toContain(body ? JSON.stringify(body) : '501');
    }
  });
});
