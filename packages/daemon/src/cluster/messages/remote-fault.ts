/** Errors on their way between nodes. Codes that only a newer release knows keep their kind and their remedy. */
import {
  FaultError,
  FAULTS,
  isFault,
  type FaultCode,
  type FaultDetails,
  type FaultKind,
} from '@sidetone/core';

export interface WireFault {
  readonly code: string;
  readonly message: string;
  readonly kind: FaultKind;
  readonly retryable: boolean;
  readonly remedy: string;
  readonly details: FaultDetails;
}

/** An error of another node with a code that this release does not know. */
export class UnknownFaultError extends FaultError {
  readonly #fault: WireFault;

  constructor(fault: WireFault) {
    super(fault.code as FaultCode, fault.message, { details: fault.details });
    this.#fault = fault;
  }

  override get kind(): FaultKind {
    return this.#fault.kind;
  }

  override get retryable(): boolean {
    return this.#fault.retryable;
  }

  override get remedy(): string {
    return this.#fault.remedy;
  }
}

/** Unexpected errors cross as INTERNAL, without their text, which the node logs. */
export function toWire(error: unknown): WireFault {
  const fault = isFault(error) ? error : new FaultError('INTERNAL', 'the other node failed unexpectedly');
  const { code, message, kind, retryable, remedy, details } = fault;
  return { code, message, kind, retryable, remedy, details };
}

export function fromWire(fault: WireFault): FaultError {
  const { code, message, details } = fault;
  return Object.hasOwn(FAULTS, code)
    ? new FaultError(code as FaultCode, message, { details })
    : new UnknownFaultError(fault);
}

/** Whether it is not known if a request was executed. All other errors of the cluster mean that it was not. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  isFault(error) && error.code === 'CLUSTER_OUTCOME_UNKNOWN';
