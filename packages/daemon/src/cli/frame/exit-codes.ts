/** The exit codes of all commands. From 64 on, they are those of sysexits.h. */
import { isFault, type FaultCode, type FaultKind } from '@sidetone/core';

export const EXIT_CODES = {
  OK: { code: 0, meaning: 'The command is done, or a signal stopped the daemon in order.' },
  FAILED: {
    code: 1,
    meaning:
      'The command failed, or its result is negative: an error of the database or of the daemon, a plugin that does not conform, a changed audit log.',
  },
  USAGE: { code: 2, meaning: 'An invalid command, option or argument, or a plugin that was not found.' },
  UNAVAILABLE: {
    code: 69,
    meaning: 'No daemon answers at this address, or a provider rejected the request.',
  },
  TEMPORARY: { code: 75, meaning: 'A temporary failure: the same command may succeed later.' },
  DENIED: { code: 77, meaning: 'The access token is missing, unknown, or lacks a scope.' },
  CONFIG: {
    code: 78,
    meaning:
      'The operator has to correct something before a start can succeed: an error of the kind `config`. A restart alone does not help.',
  },
  INTERRUPTED: {
    code: 130,
    meaning: 'Ctrl-C ended the command, or a second signal ended the daemon before it had stopped in order.',
  },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

export type ExitName = keyof typeof EXIT_CODES;

/** The exit of an error that the same command cannot overcome by a repetition. */
const BY_KIND = {
  input: 'USAGE',
  state: 'FAILED',
  provider: 'UNAVAILABLE',
  wire: 'FAILED',
  plugin: 'FAILED',
  config: 'CONFIG',
  store: 'FAILED',
  capacity: 'TEMPORARY',
  defect: 'FAILED',
} as const satisfies Record<FaultKind, ExitName>;

/** Kinds whose retryable errors are temporary failures of the command. */
const TEMPORARY_KINDS: ReadonlySet<FaultKind> = new Set(['state', 'provider']);

const BY_CODE: Partial<Record<FaultCode, ExitName>> = {
  AUTH_REQUIRED: 'DENIED',
  FORBIDDEN: 'DENIED',
  DAEMON_UNREACHABLE: 'UNAVAILABLE',
};

export function exitNameOf(error: unknown): ExitName {
  if (!isFault(error)) return 'FAILED';
  const { code, kind, retryable } = error;
  return BY_CODE[code] ?? (retryable && TEMPORARY_KINDS.has(kind) ? 'TEMPORARY' : BY_KIND[kind]);
}

/** Sets the exit code of the process. */
export function exitWith(name: ExitName): void {
  process.exitCode = EXIT_CODES[name].code;
}
