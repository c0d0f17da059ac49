/** Which test runs the commands of each document, and which commands none runs, with the reason. */

export interface DocumentCommands {
  /** The test, which takes its commands from the document with `follow`. */
  readonly test: string;
  /** The tests of single commands, which take them with `commandOf`. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** The reason for each command that no test runs. */
  readonly notRun?: Readonly<Record<string, string>>;
}

const INSTALLS = 'installs and builds in the clone, whose build other tests use at the same time';
const POSTGRES_PROGRAMS = 'needs the client programs of PostgreSQL, which the tests do not install';
const WITH_POSTGRES = 'e2e/long/cluster/migrate.test.ts';
const SOURCE_FILES = 'writes to the sources';
const MACHINE = 'changes the machine, and needs systemd as its first process';

export const DOCUMENTS_WITH_COMMANDS = {
  'CONTRIBUTING.md': {
    test: 'e2e/clone.test.ts',
    notRun: {
      'npx pnpm@10.34.9 install --frozen-lockfile': INSTALLS,
      'npm run dev': 'builds GraphiQL in the clone, which other tests use at the same time',
    },
  },
  'README.md': {
    test: 'e2e/commands.test.ts',
    elsewhere: {
      'npx sidetone --help': 'e2e/third-party.test.ts',
    },
    notRun: {
      'npm start': INSTALLS,
      'npm test': 'runs all tests, this one among them',
      'npm run pack:all -- /tmp/sidetone': `${INSTALLS}; e2e/third-party.test.ts runs its last step`,
      'cd /path/to/your/folder && npm init -y && npm install /tmp/sidetone/*.tgz':
        'downloads, and runs an install script; the test installs the tarballs with links to the packages of the lockfile',
      'npm start -- --config sidetone.yaml': INSTALLS,
    },
  },
  'docs/guide/deploy.md': {
    test: 'e2e/deploy.test.ts',
    notRun: {
      'npm run deploy -- /opt/sidetone': `${INSTALLS}; the test runs its last step`,
      'systemctl daemon-reload': MACHINE,
      'systemctl enable --now sidetone': MACHINE,
      'SIDETONE_HOST=calls.example.com docker compose up --build --detach':
        'needs a container engine; the test checks the files that it reads',
    },
  },
  'docs/guide/back-up-and-upgrade.md': { test: 'e2e/backup.test.ts' },
  'docs/guide/capture-a-call.md': { test: 'e2e/commands.test.ts' },
  'docs/guide/get-started-vapi.md': { test: 'e2e/guides.test.ts' },
  'docs/guide/get-started-vobiz.md': { test: 'e2e/guides.test.ts' },
  'docs/guide/move-to-postgresql.md': { test: 'e2e/long/cluster/migrate.test.ts' },
  'docs/guide/operate-postgresql.md': {
    test: 'packages/daemon/test/postgres/restored-copy.test.ts',
    elsewhere: {
      'sidetone audit verify --postgres': WITH_POSTGRES,
      'sidetone token create admin --scope admin --postgres': WITH_POSTGRES,
    },
    notRun: {
      'pg_dump --format=custom --file=./sidetone.dump --dbname=sidetone': POSTGRES_PROGRAMS,
      'pg_restore --dbname=sidetone ./sidetone.dump': POSTGRES_PROGRAMS,
    },
  },
  'docs/guide/operate.md': { test: 'e2e/commands.test.ts' },
  'docs/guide/privacy.md': { test: 'e2e/privacy.test.ts' },
  'docs/guide/subscribe.md': {
    test: 'e2e/guides.test.ts',
    notRun: {
      'npm install graphql-ws ws': 'downloads; the test links the packages of the lockfile instead',
    },
  },
  'docs/guide/troubleshoot.md': { test: 'e2e/commands.test.ts' },
  'docs/guide/write-a-plugin.md': {
    test: 'test/guide.test.ts',
    elsewhere: {
      'npm install /tmp/sidetone/sidetone-{core,plugin-kit,testkit}-*.tgz': 'e2e/third-party.test.ts',
    },
    notRun: {
      'npm install /tmp/sidetone/*.tgz':
        'downloads, and runs an install script; e2e/third-party.test.ts installs the tarballs with links to the packages of the lockfile',
      'npx sidetone dev': 'runs until a signal; e2e/plugins.test.ts runs the command',
      'npx sidetone start --config sidetone.yaml':
        'listens on port 4000; the test loads the plugin with the configuration instead',
    },
  },
  'docs/reference/audit.md': { test: 'e2e/commands.test.ts' },
  'docs/reference/cli.md': {
    test: 'e2e/commands.test.ts',
    elsewhere: {
      'sidetone audit verify --postgres': WITH_POSTGRES,
      'sidetone token create admin --scope admin --postgres': WITH_POSTGRES,
      'sidetone migrate --from ./data/sidetone.db': WITH_POSTGRES,
      'sidetone migrate --from ./data/sidetone.db --to postgres://sidetone_owner@db.example.com/sidetone --dry-run':
        WITH_POSTGRES,
    },
  },
  'examples/echo-provider/README.md': { test: 'e2e/clone.test.ts' },
  'examples/transcript-follower/README.md': { test: 'e2e/clone.test.ts' },
  'examples/twilio-provider/README.md': { test: 'e2e/clone.test.ts' },
  'packages/dashboard/README.md': {
    test: 'e2e/clone.test.ts',
    notRun: {
      'npm start': INSTALLS,
      'npx pnpm@10.34.9 --filter @sidetone/dashboard schema': SOURCE_FILES,
    },
  },
  'packages/simulator/README.md': { test: 'e2e/clone.test.ts' },
} as const satisfies Record<string, DocumentCommands>;

export type DocumentWithCommands = keyof typeof DOCUMENTS_WITH_COMMANDS;
