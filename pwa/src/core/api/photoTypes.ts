/** Photos in the shapes of the HTTP interface. */

export type PhotoKind = 'house' | 'water' | 'certificate' | 'bill' | 'scene';
export type PhotoState = 'expected' | 'stored' | 'ready' | 'refused';

/** What the server says about a photo it waits for or holds. */
export type PhotoStatus = Pick<PhotoInfo, 'id' | 'sha256' | 'kind' | 'state' | 'reason' | 'position'>;

export type PhotoHint = 'dark' | 'blurred' | 'repeated';

/** What the phone measured in a picture, and what it asked the visitor about it. */
export interface PhotoQuality {
  /** Mean of 0–255. */
  luminance: number;
  /** Variance of the Laplacian. */
  sharpness: number;
  /** Difference hash, 16 hex digits. */
  dhash: string;
  hints: PhotoHint[];
}

/** What was found out of a picture's file before it was drawn anew; absent or null: not asked, or not said. */
export interface PhotoFacts {
  original_sha256?: string | null;
  /** The camera's own clock, no zone: YYYY-MM-DDTHH:MM:SS. */
  exif_time?: string | null;
  exif_position?: { lat: string; lon: string; datum: 'WGS-84' | null } | null;
  quality?: PhotoQuality | null;
}

/** A photo of a returned visit; the same bytes need not be sent again. */
export interface PhotoAgain extends PhotoFacts {
  id: string;
  sha256: string;
  kind: PhotoKind;
  state: PhotoState;
  reason: string | null;
  /** Place of its last change in the server's change log, `[xid, seq]`. */
  position: number[] | null;
  length: number;
  taken_at: string | null;
}

export interface PhotoRef extends PhotoFacts {
  sha256: string;
  length: number;
  kind: PhotoKind;
  taken_at: string;
}

export interface PhotoInfo extends PhotoFacts {
  id: string;
  sha256: string;
  kind: PhotoKind;
  state: PhotoState;
  reason: string | null;
  /** Place of its last change in the server's change log, `[xid, seq]`. */
  position: number[] | null;
  width: number | null;
  height: number | null;
  taken_at: string | null;
}
