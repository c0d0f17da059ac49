import type { Command } from 'commander';
import type { ControlOptions } from '../actions/control.ts';
import { argumentsOf, kebab, type ControlMutation, type ControlOption } from '../controls/mutation.ts';
import { CONTROL_MUTATIONS } from '../controls/mutations.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { jsonOption, quietOption, urlOption } from '../frame/options.ts';

/** The commands that every operator looks for, with arguments that make sense. Others show their usage. */
const EXAMPLES: Readonly<Record<string, string>> = {
  say: 'sidetone control say call_0199 "One moment, please."',
  transfer: 'sidetone control transfer call_0199 --number +918000000001',
  endCall: 'sidetone control end-call call_0199',
  placeCall: 'sidetone control place-call vapi --to +918000000001',
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function describe({ description, choices }: ControlOption): string {
  return choices
    ? `${lowerFirst(description)}: ${choices.join(', ').toLowerCase()}`
    : lowerFirst(description);
}

function addOption(command: Command, option: ControlOption): void {
  const flag = kebab(option.name);
  if (option.type === 'Boolean') {
    const name = option.initial === true ? `--no-${flag}` : `--${flag}`;
    command.option(name, describe(option));
  } else if (option.isList) command.option(`--${flag} <values...>`, describe(option));
  else command.option(`--${flag} <value>`, describe(option));
}

const definitionOf = (mutation: ControlMutation): CommandDefinition => {
  const required = argumentsOf(mutation);
  const name = kebab(mutation.name);
  const usage = ['sidetone control', name, ...required.map((each) => `<${kebab(each.name)}>`)].join(' ');
  return {
    name,
    summary: lowerFirst(mutation.description),
    configure(command) {
      for (const option of required)
        command.argument(`<${kebab(option.name)}${option.isList ? '...' : ''}>`, describe(option));
      for (const option of mutation.options) if (!option.isRequired) addOption(command, option);
      return command.addOption(urlOption()).addOption(jsonOption()).addOption(quietOption());
    },
    examples: [{ command: EXAMPLES[mutation.name] ?? usage, meaning: `${mutation.description}.` }],
    run: async (...args: unknown[]) => {
      const values = args.slice(0, required.length);
      const options = args[required.length] as ControlOptions;
      await (await import('../actions/control.ts')).control(mutation, values, options);
    },
  };
};

export const control: CommandDefinition = {
  name: 'control',
  summary: 'control live calls, place calls and annotate them; needs the scope control',
  examples: [],
  commands: CONTROL_MUTATIONS.map(definitionOf),
};
