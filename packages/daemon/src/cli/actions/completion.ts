/** Shell completion: a script for the shell, and the suggestions that it asks the program for. */
import root from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

const NAME = 'sidetone';

export async function printCompletion(shell: Shell): Promise<void> {
  root.setup(NAME, NAME, shell);
}

/** Adds the command `complete`, which prints suggestions for an incomplete command line. */
export function addSuggestions(program: Command): void {
  tab(program);
}
