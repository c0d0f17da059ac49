/** Errors that the operator corrects: the configuration, the installation, the database. */
import type { CatalogueEntry } from './entry.ts';

export const OPERATION_FAULTS = {
  CONFIG_UNREADABLE: {
    kind: 'config',
    retryable: false,
    remedy: 'Pass an existing, readable YAML file with `--config`.',
  },
  CONFIG_INVALID: {
    kind: 'config',
    retryable: false,
    remedy: 'Correct the keys that the message names.',
  },
  CONFIG_SECRET_UNREADABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Create the file that the message names, and make it readable for the user of the daemon, or correct its path.',
  },
  CONFIG_VARIABLE_MISSING: {
    kind: 'config',
    retryable: false,
    remedy:
      'Set the environment variables that the message names, or set `<name>_FILE` to files with their values, or remove them from the configuration.',
  },
  CONFIG_UNVERIFIED: {
    kind: 'config',
    retryable: false,
    remedy:
      'Configure the verification that the message names, or set its `unverified` to true if another system verifies every sender.',
  },
  PLUGINS_UNUSABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Correct `plugin` of the providers that the message names, or install their packages in one of the folders that it names.',
  },
  DEMO_SERVERS_UNAVAILABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Install PostgreSQL and nats-server (Debian: `apt-get install postgresql nats-server`), and run the demo as another user than root; or run it without `--cluster`.',
  },
  NODE_UNSUPPORTED: {
    kind: 'config',
    retryable: false,
    remedy: 'Install a supported release of Node.js, or correct the path by which `node` is found.',
  },
  NATIVE_MODULE_UNUSABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Run `npm rebuild` in the folder of the installation, with the release of Node.js that runs the daemon.',
  },
  PORT_IN_USE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Stop the other program, which may be another daemon, or choose another port with `--port` or `server.port`.',
  },
  PORT_FORBIDDEN: {
    kind: 'config',
    retryable: false,
    remedy:
      'Choose a port from 1024 on with `--port` or `server.port`, with a proxy in front of it; or give the process the capability CAP_NET_BIND_SERVICE.',
  },
  RECORDING_NOT_COMPRESSED: {
    kind: 'store',
    retryable: true,
    remedy:
      'The WAV file is kept and works. Look at the reason in the log: free some space on the disk of the recordings, or make the file readable. While the disk is full, it is tried again every 15 minutes, otherwise by the next start of the daemon.',
  },
  RECORDING_UNREADABLE: {
    kind: 'store',
    retryable: true,
    remedy:
      'Retry. If the error persists, the compressed file is damaged, or cannot be read by this user: restore it from a backup.',
  },
  RECORDINGS_UNWRITABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Set `recording.path` to a folder, existing or new, that this user can write to, or make the folder writable for it.',
  },
  DAEMON_UNREACHABLE: {
    kind: 'state',
    retryable: true,
    remedy: 'Start the daemon, or pass its address with `--url`.',
  },
  STORE_UNREADABLE: {
    kind: 'store',
    retryable: false,
    remedy:
      'Run the daemon as the user to whom the files belong, or change their owner with `chown`; or set `storage.path` to a file, existing or new, in a folder that this user can write to, on a disk that is not read-only and has free space.',
  },
  STORE_NOT_A_DATABASE: {
    kind: 'store',
    retryable: false,
    remedy: 'Set `storage.path` to a Sidetone database, or to a path where no file exists.',
  },
  STORE_SCHEMA_NEWER: {
    kind: 'store',
    retryable: false,
    remedy:
      'Run the newer release of Sidetone that wrote this database, or use another `storage.path`, or another database of PostgreSQL.',
  },
  STORE_IN_USE: {
    kind: 'store',
    retryable: true,
    remedy:
      'Stop the other daemon that has this database open, also under another name or on another machine, or use another `storage.path`, or another database or schema of PostgreSQL.',
  },
  STORE_WRITE_FAILED: {
    kind: 'store',
    retryable: true,
    remedy:
      'Free disk space or repair the disk; events are kept in memory and written when writes succeed again.',
  },
  STORE_READ_FAILED: {
    kind: 'store',
    retryable: true,
    remedy: 'Check the disk and the permissions of the database files.',
  },
  STORE_BUSY: {
    kind: 'store',
    retryable: true,
    remedy:
      'End the other program that holds the write lock of the database: a shell, a backup or a copy tool. Writes are retried.',
  },
  STORE_FILE_MISSING: {
    kind: 'store',
    retryable: false,
    remedy:
      'Copy the deleted file from `/proc/<pid>/fd` if it is needed, restart the daemon, and let no other program delete or replace the database files.',
  },
  STORE_DAMAGED: {
    kind: 'store',
    retryable: false,
    remedy:
      'Stop the daemon, keep a copy of the database files, check the disk, and restore a backup or rebuild the file with the `.recover` command of the `sqlite3` shell.',
  },
  STORE_UNREACHABLE: {
    kind: 'store',
    retryable: true,
    remedy:
      'Start PostgreSQL, and check its host and port in the configuration, the network and the firewall. Events are kept in memory and written when it answers again.',
  },
  STORE_ACCESS_DENIED: {
    kind: 'store',
    retryable: false,
    remedy:
      'Correct the user and the password in the configuration, permit the connection in `pg_hba.conf`, and grant the role the permissions that docs/reference/postgresql.md lists. Run pending migrations once with the role that owns the tables.',
  },
  STORE_DATABASE_MISSING: {
    kind: 'store',
    retryable: false,
    remedy:
      'Create the database and the schema that the configuration names, and start the daemon once with a role that may create tables.',
  },
  STORE_SERVER_UNSUPPORTED: {
    kind: 'store',
    retryable: false,
    remedy:
      'Upgrade PostgreSQL to release 14 or newer, or create the database with the encoding UTF8: docs/reference/postgresql.md shows how.',
  },
  STORE_READ_ONLY: {
    kind: 'store',
    retryable: true,
    remedy:
      'Connect to the primary server: this one is a standby, or was made read-only. Writes are retried.',
  },
  STORE_CONNECTIONS_EXHAUSTED: {
    kind: 'store',
    retryable: true,
    remedy:
      'Raise `max_connections` of PostgreSQL or the connection limit of the role, or configure fewer connections per daemon.',
  },
  STORE_TLS_FAILED: {
    kind: 'store',
    retryable: false,
    remedy:
      'Configure the certificate authority of PostgreSQL, and use the host name of its certificate; or enable TLS in the server.',
  },
  STORE_CONFLICT: {
    kind: 'store',
    retryable: true,
    remedy:
      'Nothing, usually: another daemon has stored a newer state of the call. The sender sends the event again, which is then derived from that state.',
  },
  MIGRATION_UNFINISHED: {
    kind: 'config',
    retryable: false,
    remedy:
      'Run the same `sidetone migrate` again: it continues where it was interrupted, and daemons start when it has finished. Or configure another database.',
  },
  MIGRATION_SOURCE_OUTDATED: {
    kind: 'config',
    retryable: false,
    remedy: 'Start the daemon of this release once with the file, which upgrades its tables, and stop it.',
  },
  MIGRATION_SOURCE_CHANGED: {
    kind: 'config',
    retryable: false,
    remedy:
      'Run the command with `--restart`, which deletes what it has stored and begins again, or name an empty database.',
  },
  MIGRATION_TARGET_NOT_EMPTY: {
    kind: 'config',
    retryable: false,
    remedy:
      'Name an empty database or an empty schema; nothing in this one was changed. `--verify-only` compares it with the file.',
  },
  MIGRATION_RUNNING: {
    kind: 'state',
    retryable: true,
    remedy: 'Let the other run finish, or end it and run the command again: it continues.',
  },
  NODE_FENCED: {
    kind: 'store',
    retryable: true,
    remedy:
      'Restart the daemon, if nothing does: another one took over its calls, because it had stopped or did not answer. Senders retry at another one.',
  },
  NOT_OWNER: {
    kind: 'state',
    retryable: true,
    remedy: 'Retry: another node decides about the call, and the owner has just changed.',
  },
  BACKUP_FAILED: {
    kind: 'store',
    retryable: true,
    remedy: 'Free disk space or name another folder, and run the same command again; no file was left.',
  },
  BACKUP_INVALID: {
    kind: 'store',
    retryable: false,
    remedy: 'Use another backup: this one is incomplete, or was changed after it was made.',
  },
} as const satisfies Record<string, CatalogueEntry>;
