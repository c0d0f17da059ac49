/** Which test runs the commands of each document, and which commands none runs, with the reason. */

export interface DocumentCommands {
  /** The test, which takes its commands from the document with `follow`. */
  readonly test: string;
  /** The reason for each command that no test runs. */
  readonly notRun?: Readonly<Record<string, string>>;
}

export const DOCUMENTS_WITH_COMMANDS = {
  'docs/guide/back-up-and-upgrade.md': { test: 'e2e/backup.test.ts' },
  'docs/guide/get-started-vapi.md': { test: 'e2e/guides.test.ts' },
  'docs/guide/get-started-vobiz.md': { test: 'e2e/guides.test.ts' },
  'docs/guide/operate.md': { test: 'e2e/commands.test.ts' },
  'docs/guide/privacy.md': { test: 'e2e/privacy.test.ts' },
  'docs/guide/subscribe.md': {
    test: 'e2e/guides.test.ts',
    notRun: {
      'npm install graphql-ws ws': 'downloads; the test links the packages of the lockfile instead',
    },
  },
  'docs/guide/troubleshoot.md': { test: 'e2e/commands.test.ts' },
  'docs/guide/write-a-plugin.md': { test: 'test/guide.test.ts' },
  'docs/reference/audit.md': { test: 'e2e/commands.test.ts' },
  'docs/reference/cli.md': { test: 'e2e/commands.test.ts' },
} as const satisfies Record<string, DocumentCommands>;

export type DocumentWithCommands = keyof typeof DOCUMENTS_WITH_COMMANDS;
