import { join } from 'node:path';
import type { DependencyContainer, InjectionToken } from 'tsyringe';
import { expect, onTestFinished, test } from 'vitest';
import { NO_COUNTRIES } from '../src/calls/numbers/countries.ts';
import { openStore } from '../src/composition/store.ts';
import { configSchema } from '../src/config/schema.ts';
import { createContainer } from '../src/container.ts';
import { createIds } from '../src/ids.ts';
import { systemClock } from '../src/system-clock.ts';
import * as tokens from '../src/tokens.ts';
import { createTestLog } from './support/silent-log.ts';
import { tempDir } from './support/temp-dir.ts';

const dir = tempDir();

async function createParts(databaseFile: string): Promise<DependencyContainer> {
  const config = configSchema.parse({ storage: { path: join(dir, databaseFile) } });
  const { log } = createTestLog();
  const deps = {
    countries: NO_COUNTRIES,
    clock: systemClock,
    log,
    version: '1.2.3',
    onFenced: () => undefined,
  };
  const store = await openStore(config, deps);
  onTestFinished(() => store.close());
  return createContainer({
    config,
    store,
    baseDir: dir,
    clock: systemClock,
    ids: createIds(),
    log,
    publicUrl: () => new URL('http://127.0.0.1/'),
    isReady: () => true,
    version: '1.2.3',
  });
}

test('resolves every token to a single instance', async () => {
  const parts = await createParts('a.db');
  for (const token of Object.values(tokens) as InjectionToken<unknown>[]) {
    expect(parts.resolve(token)).toBe(parts.resolve(token));
  }
});

test('shares no instance between two containers', async () => {
  const [one, other] = [await createParts('b.db'), await createParts('c.db')];
  for (const token of Object.values(tokens) as InjectionToken<unknown>[]) {
    expect(one.resolve(token)).not.toBe(other.resolve(token));
  }
});
