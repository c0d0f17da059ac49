/** The notice that a part of an event exceeded `EVENT_LIMITS` and was cut. */

/** The code of the notice. */
export const TRUNCATED = 'EVENT_TRUNCATED';

/** Returns the message of the notice for a field, as `type.field`. */
export const truncationMessage = (field: string): string => `${field} was too large and was cut`;
