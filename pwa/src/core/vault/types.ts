/** What sealing leaves behind: nothing readable. */
export interface Sealed {
  v: 1;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}
