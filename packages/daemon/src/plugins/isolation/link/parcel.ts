/** What travels between the two ends of a link. */

/** Where the bytes of an argument are in the buffer of a parcel. */
export type BytesOf = readonly [argument: number, offset: number, length: number];
export type Message = readonly [
  kind: number,
  /** Of a call and its answers; 0 for a note. */
  id: number,
  name: string,
  args: readonly unknown[],
  bytes?: readonly BytesOf[],
];

export interface Parcel {
  readonly messages: readonly Message[];
  readonly buffer?: ArrayBuffer;
  /** How many parcels the sender has handled since its last one. */
  readonly handled: number;
}

/** What parcels are sent through: a `MessagePort`, or a pair in the memory of a test. */
export interface Port {
  /** @throws if a value cannot be cloned. */
  post(parcel: Parcel, transfer: readonly ArrayBuffer[]): void;
  onParcel(listener: (parcel: Parcel) => void): void;
}
