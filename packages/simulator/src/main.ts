import { parseCommandLine } from './command-line.ts';
import type { CommandLine } from './command-line.ts';
import { watchLateness } from './lateness.ts';
import { createSimulator } from './simulator.ts';

const EXIT_FAILED = 1;

async function run({ options, exitWithStdin }: CommandLine): Promise<void> {
  const simulator = await createSimulator(options);
  const ready = {
    event: 'ready',
    url: simulator.url,
    vapi: { apiBaseUrl: simulator.vapi.apiBaseUrl },
    vobiz: { apiBaseUrl: simulator.vobiz.apiBaseUrl },
    deepgram: { baseUrl: simulator.deepgram.baseUrl },
  };
  let leaving: Promise<void> | undefined;
  const leave = (): void => {
    leaving ??= simulator.close().finally(() => process.exit(0));
  };
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  if (exitWithStdin) {
    process.stdin.once('end', leave);
    process.stdin.once('close', leave);
    process.stdin.once('error', leave);
    process.stdin.resume();
  }
  watchLateness(report);
  // Last: who reads it may send a signal at once.
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

const report = (text: string): boolean => process.stderr.write(`sidetone-simulator: ${text}\n`);

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  report(message.split('\n')[0]!);
  process.exitCode = EXIT_FAILED;
}

try {
  await run(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  fail(error);
}
