/** Ties what an instance does to its life: a command that is under way when it stops is given up then. */
import type { Control, ControlName, Controls } from '@sidetone/core';

/** The controls, whose `signal` aborts when `life` does too. */
export function untilStopped(controls: Controls, life: AbortSignal): Controls {
  const tie =
    <Name extends ControlName>(control: Control<Name>): Control<Name> =>
    (call, args, context) =>
      control(call, args, { ...context, signal: AbortSignal.any([context.signal, life]) });
  const tied = Object.entries(controls).map(([name, control]) => [
    name,
    tie(control as Control<ControlName>),
  ]);
  return Object.fromEntries(tied) as Controls;
}
