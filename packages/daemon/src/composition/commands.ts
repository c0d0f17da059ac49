/** Commands and backfills. */
import { BackfillService } from '../backfill/backfill-service.ts';
import { countriesOf } from '../calls/numbers/countries.ts';
import { CommandService } from '../commands/command-service.ts';
import { OpenCommands } from '../commands/open-commands.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerCommandsAndBackfill(
  register: Register,
  { config, clock, ids, log, tracing }: Environment,
): void {
  register(tokens.OPEN_COMMANDS, () => new OpenCommands());
  register(
    tokens.COMMAND_SERVICE,
    (get) =>
      new CommandService({
        registry: get(tokens.CALL_REGISTRY),
        ledger: get(tokens.LEDGER),
        ingest: get(tokens.INGEST),
        history: get(tokens.HISTORY),
        openCommands: get(tokens.OPEN_COMMANDS),
        providers: get(tokens.PROVIDERS),
        countries: countriesOf(config),
        ids,
        clock,
        ...(tracing && { trace: (...command) => tracing.command(...command) }),
      }),
  );
  register(
    tokens.BACKFILL_SERVICE,
    (get) =>
      new BackfillService({
        providers: get(tokens.PROVIDERS),
        ingest: get(tokens.INGEST),
        stateStore: get(tokens.STATE_STORE),
        audit: get(tokens.AUDIT_LOG),
        clock,
        log: log('backfill'),
      }),
  );
}
