/** Compares the commands of `sidetone control` with the schema. `npx vitest run test/control-mutations -u` regenerates them. */
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { CONTROL_MUTATIONS } from '../packages/daemon/src/cli/controls/mutations.ts';
import { documentOf } from '../packages/daemon/src/cli/controls/mutation.ts';
import { controlMutations } from './support/control-mutations.ts';
import { read } from './support/documents.ts';

test('every mutation that requires the scope control is a command', async () => {
  await expect(await controlMutations()).toMatchFileSnapshot(
    '../packages/daemon/src/cli/controls/mutations.ts',
  );
});

test('the documents of the commands are valid', () => {
  const schema = buildSchema(read('docs/reference/schema.graphql'));
  expect(CONTROL_MUTATIONS.length).toBeGreaterThan(10);
  for (const mutation of CONTROL_MUTATIONS)
    expect([mutation.name, validate(schema, parse(documentOf(mutation)))]).toEqual([mutation.name, []]);
});
