/** Compiles operations against the printed schema with relay-compiler: connections, nodes and refetchable fragments. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';

const COMPILER = createRequire(import.meta.url).resolve('relay-compiler/cli.js');
const SCHEMA = fileURLToPath(new URL('../../../../docs/reference/schema.graphql', import.meta.url));

const SOURCE = `
import { graphql } from 'react-relay';

graphql\`
  query callsQuery($first: Int!, $after: String) {
    ...calls_list @arguments(first: $first, after: $after)
  }
\`;
graphql\`
  fragment calls_list on Query
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
  @refetchable(queryName: "callsPageQuery") {
    calls(first: $first, after: $after) @connection(key: "calls_list_calls") {
      edges { node { id status ...calls_call } }
    }
  }
\`;
graphql\`
  fragment calls_call on Call
  @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" })
  @refetchable(queryName: "callsUtterancesQuery") {
    utterances(first: $count, after: $cursor) @connection(key: "calls_call_utterances") {
      edges { node { id text } }
    }
  }
\`;
graphql\`
  mutation callsSayMutation($input: SayInput!) { say(input: $input) { command { id status } failure { code } } }
\`;
graphql\`
  subscription callsEventsSubscription { callEvents { at call { id status } } }
\`;
`;

test(
  'relay-compiler accepts the schema, with pagination and refetchable fragments',
  { timeout: 60_000 },
  async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'src'));
    copyFileSync(SCHEMA, join(dir, 'schema.graphql'));
    writeFileSync(join(dir, 'src', 'calls.js'), SOURCE);
    writeFileSync(
      join(dir, 'relay.config.json'),
      JSON.stringify({
        src: './src',
        schema: './schema.graphql',
        language: 'javascript',
        eagerEsModules: true,
      }),
    );
    await promisify(execFile)(process.execPath, [COMPILER, '--repersist', 'relay.config.json'], { cwd: dir });
    expect(readdirSync(join(dir, 'src', '__generated__')).toSorted()).toEqual(
      expect.arrayContaining([
        'callsPageQuery.graphql.js',
        'callsUtterancesQuery.graphql.js',
        'calls_list.graphql.js',
      ]),
    );
  },
);
