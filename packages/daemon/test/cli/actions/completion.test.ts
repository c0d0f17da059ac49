import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { addSuggestions, printCompletion } from '../../../src/cli/actions/completion.ts';
import { createProgram } from '../../../src/cli/program.ts';

afterEach(() => vi.restoreAllMocks());

/** Returns what is printed through the console, as the library does. */
async function printed(action: () => Promise<unknown>): Promise<string> {
  let text = '';
  vi.spyOn(console, 'log').mockImplementation((line) => void (text += `${String(line)}\n`));
  await action();
  return text;
}

const suggest = (...words: string[]): Promise<string> => {
  const program = createProgram();
  addSuggestions(program);
  return printed(() => program.parseAsync(['node', 'sidetone', 'complete', '--', ...words]));
};

const namesIn = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => line.split('\t')[0]!);

describe('shell completion', () => {
  test('suggests commands, inner commands and options', async () => {
    expect(namesIn(await suggest('ba'))).toEqual(['backfill', 'backup']);
    expect(namesIn(await suggest('control', 'tr'))).toEqual(['transcribe', 'transfer']);
    expect(namesIn(await suggest('token', 'create', '--ex'))).toEqual(['--expires']);
  });

  test('has a script that bash accepts, and that asks the program', async () => {
    const script = await printed(() => printCompletion('bash'));
    expect(script).toContain('sidetone complete --');
    expect(() => execFileSync('bash', ['-n'], { input: script })).not.toThrow();
  });
});
