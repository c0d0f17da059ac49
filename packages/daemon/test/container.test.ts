import { join } from 'node:path';
import type { InjectionToken } from 'tsyringe';
import { expect, test } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { createContainer } from '../src/container.ts';
import { createIds } from '../src/ids.ts';
import { systemClock } from '../src/system-clock.ts';
import * as tokens from '../src/tokens.ts';
import { createTestLog } from './support/silent-log.ts';
import { tempDir } from './support/temp-dir.ts';

const dir = tempDir();

const createParts = (databaseFile: string) =>
  createContainer({
    config: configSchema.parse({ storage: { path: join(dir, databaseFile) } }),
    baseDir: dir,
    clock: systemClock,
    ids: createIds(),
    log: createTestLog().log,
    publicUrl: () => new URL('http://127.0.0.1/'),
    isReady: () => true,
    version: '1.2.3',
  });

test('resolves every token to a single instance', () => {
  const parts = createParts('a.db');
  for (const token of Object.values(tokens) as InjectionToken<unknown>[]) {
    expect(parts.resolve(token)).toBe(parts.resolve(token));
  }
  parts.resolve(tokens.DATABASE).close();
});

test('shares no instance between two containers', () => {
  const [one, other] = [createParts('b.db'), createParts('c.db')];
  for (const token of Object.values(tokens) as InjectionToken<unknown>[]) {
    expect(one.resolve(token)).not.toBe(other.resolve(token));
  }
  one.resolve(tokens.DATABASE).close();
  other.resolve(tokens.DATABASE).close();
});
