import type { Command } from 'commander';
import type { ControlOptions } from '../actions/control.ts';
import { argumentsOf, kebab, type ControlMutation, type ControlOption } from '../controls/mutation.ts';
import { CONTROL_MUTATIONS } from '../controls/mutations.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { jsonOption, quietOption, urlOption } from '../frame/options.ts';

/** Arguments with which each command works. A test runs them all. */
const EXAMPLES: Readonly<Record<string, string>> = {
  addMessage: 'call_0199 "The customer has a service contract." system',
  addNote: 'call_0199 "Wants to be called back on Monday."',
  addUtterance: 'call_0199 customer "Good morning."',
  clearAudio: 'call_0199',
  endCall: 'call_0199',
  handoff: 'call_0199 --assistant-id asst_0042',
  mute: 'call_0199 --party assistant',
  pauseCapture: 'call_0199 --max-seconds 120 --reason payment',
  placeCall: 'vapi --to +918000000001 --from number_0042 --assistant-id asst_0042',
  playAudio: 'call_0199 https://example.com/hold.wav',
  resumeCapture: 'call_0199',
  say: 'call_0199 "One moment, please."',
  sayFirstMessage: 'call_0199',
  sendDtmf: 'call_0199 1234',
  tagCall: 'call_0199 --add refund',
  transcribe: 'call_0199 true',
  transfer: 'call_0199 --number +918000000001',
  unmute: 'call_0199 --party assistant',
  watchCall: '0199c2f4-6a1e-7b3d-9f60-2d8e4c5b7a91 vapi',
};

/** Leaves a word in capitals as it is. */
const lowerFirst = (text: string): string =>
  /^[A-Z]{2}/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);

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
  return {
    name,
    summary: lowerFirst(mutation.description),
    configure(command) {
      for (const option of required)
        command.argument(`<${kebab(option.name)}${option.isList ? '...' : ''}>`, describe(option));
      for (const option of mutation.options) if (!option.isRequired) addOption(command, option);
      return command.addOption(urlOption()).addOption(jsonOption()).addOption(quietOption());
    },
    examples: [
      {
        command: `sidetone control ${name} ${EXAMPLES[mutation.name] ?? ''}`,
        meaning: `${mutation.description}.`,
      },
    ],
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
