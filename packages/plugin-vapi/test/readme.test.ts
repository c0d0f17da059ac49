import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optionsSchema } from '../src/config.ts';
import { UNANSWERED } from '../src/webhook/unanswered.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const PROTOCOL = readFileSync(new URL('../../../docs/protocol/vapi.md', import.meta.url), 'utf8');
const wire = readFileSync(new URL('../src/wire.ts', import.meta.url), 'utf8');

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}

/** Every option by its path, with its default as text. */
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

describe('the README', () => {
  it('names every option, with its default', () => {
    const schema = z.toJSONSchema(optionsSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
    const rows = [...README.matchAll(/^\| `([\w.]+)` +\| (.*?) +\|/gm)].map(([, key, told]) => {
      const value = /^`(.*)`$/.exec(told!)?.[1];
      return [key!, told === '``' ? '' : value];
    });
    expect(rows).toEqual(optionsIn(schema));
  });
});

describe('the protocol notes', () => {
  it('tell of every type of message that is known', () => {
    const table = /const TYPES[^{]*\{(.*?)\n\};/s.exec(wire)![1]!;
    const names = [...table.matchAll(/^ {2}'?([\w.-]+)'?:/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !PROTOCOL.includes(`\`${name}\``))).toEqual([]);
  });

  it('tell what is answered to each message that nobody answers, and why', () => {
    for (const [name, { body, because }] of Object.entries(UNANSWERED)) {
      const row = PROTOCOL.split('\n').find(
        (line) => line.startsWith(`| \`${name}\``) && line.includes(because),
      );
      expect(row, name).toContain(body ? JSON.stringify(body) : '501');
    }
  });
});
