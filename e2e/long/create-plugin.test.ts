/** `npm create sidetone-plugin` from its tarball, with every choice. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { PUBLISHED } from '../../test/support/files.ts';
import { expectPlugin, linkTools, type Choices } from '../support/created-plugins.ts';
import { tempDir } from '../support/daemon.ts';
import { install, packed } from '../support/third-party.ts';

const KINDS = ['webhook', 'stream', 'bot'] as const satisfies readonly Choices['kind'][];
const LANGUAGES = ['javascript', 'typescript'] as const satisfies readonly Choices['language'][];
const CHOICES: readonly Choices[] = KINDS.flatMap((kind) =>
  LANGUAGES.map((language) => ({ kind, language })),
);

const folder = tempDir();

beforeAll(async () => {
  mkdirSync(join(folder, 'packed'));
  await install(folder, await packed(PUBLISHED, join(folder, 'packed')));
  linkTools(folder);
});

test.each(CHOICES)(
  'a plugin of kind $kind in $language passes its tests and every audit',
  async (choices) => {
    expect.hasAssertions();
    await expectPlugin(folder, choices);
  },
);
