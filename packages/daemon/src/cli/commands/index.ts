/** All commands, in the order of the help. */
import type { CommandDefinition } from '../frame/command.ts';
import { audit } from './audit.ts';
import { backfill } from './backfill.ts';
import { calls } from './calls.ts';
import { capture } from './capture.ts';
import { check } from './check.ts';
import { completion } from './completion.ts';
import { conform } from './conform.ts';
import { control } from './control.ts';
import { backup } from './database/backup.ts';
import { migrate } from './database/migrate.ts';
import { restore } from './database/restore.ts';
import { demo } from './demo.ts';
import { dev } from './dev.ts';
import { erase } from './erase.ts';
import { init } from './init.ts';
import { exportCommand } from './export.ts';
import { inspect } from './inspect.ts';
import { start } from './start.ts';
import { tail } from './tail.ts';
import { token } from './token.ts';

export const COMMANDS: readonly CommandDefinition[] = [
  init,
  start,
  demo,
  check,
  calls,
  tail,
  control,
  token,
  inspect,
  backfill,
  exportCommand,
  backup,
  restore,
  migrate,
  erase,
  audit,
  conform,
  capture,
  dev,
  completion,
];
