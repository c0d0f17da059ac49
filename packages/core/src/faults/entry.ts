/** An entry of the error catalogue. */

/**
 * The cause of an error: invalid input of the client (input), the current state of a call, provider or node (state), the response
 * of a provider (provider), an invalid message of a provider (wire), a plugin (plugin), the configuration (config), the
 * database (store), a limit (capacity), or a bug (defect).
 */
export type FaultKind =
  'input' | 'state' | 'provider' | 'wire' | 'plugin' | 'config' | 'store' | 'capacity' | 'defect';

export interface CatalogueEntry {
  readonly kind: FaultKind;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What to do about it: full sentences, shown to the client or operator. */
  readonly remedy: string;
}
