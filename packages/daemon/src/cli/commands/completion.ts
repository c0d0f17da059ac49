import { Argument } from 'commander';
import type { Shell } from '../actions/completion.ts';
import type { CommandDefinition } from '../frame/command.ts';

export const completion: CommandDefinition = {
  name: 'completion',
  summary: 'print a script that completes commands and options in a shell',
  configure: (command) =>
    command.addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish', 'powershell'])),
  examples: [
    {
      command: 'source <(sidetone completion bash)',
      meaning: 'Complete in this bash; add the line to ~/.bashrc.',
    },
    {
      command: 'sidetone completion fish > ~/.config/fish/completions/sidetone.fish',
      meaning: 'Complete in fish.',
    },
  ],
  run: async (shell: Shell) => (await import('../actions/completion.ts')).printCompletion(shell),
};
