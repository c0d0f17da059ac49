/** The subjects of a cluster in NATS. Those of two clusters differ in their first part. */

export interface Subjects {
  /** The beginning of the subjects on which the client of NATS receives responses. */
  readonly inbox: string;
}

/** @param name the name of the cluster */
export const subjectsOf = (name: string): Subjects => ({ inbox: `${name}.inbox` });
