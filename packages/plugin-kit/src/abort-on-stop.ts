/** Aborts running commands when an instance stops. */
import type { Control, ControlName, Controls } from '@sidetone/core';

/** Returns the controls with a `context.signal` that also aborts when `stopped` does. */
export function abortOnStop(controls: Controls, stopped: AbortSignal): Controls {
  const wrap =
    <Name extends ControlName>(control: Control<Name>): Control<Name> =>
    (call, args, context) =>
      control(call, args, { ...context, signal: AbortSignal.any([context.signal, stopped]) });
  const wrapped = Object.entries(controls).map(([name, control]) => [
    name,
    wrap(control as Control<ControlName>),
  ]);
  return Object.fromEntries(wrapped) as Controls;
}
