/** Where and when a visit was made, by the names the app uses. */

export type AcceptReason = 'indoors' | 'valley' | 'weather' | 'phone' | 'other';
export type FarReason = 'elsewhere' | 'moved' | 'register' | 'other';

/** Where the phone was, WGS-84 degrees and metres as text. */
export interface Fix {
  lat: string;
  lon: string;
  accuracy_m: string;
  fixed_at: string;
  datum: 'WGS-84';
  /** Why an inexact fix was taken for good. */
  accepted_reason?: AcceptReason | null;
  /** Why it is far from the house. */
  far_reason?: FarReason | null;
}

/** The phone's clocks: milliseconds of the one that nobody can set, and the server's lead. */
export interface VisitClock {
  /** null: the form was closed in between. */
  started_mono_ms?: number | null;
  finished_mono_ms: number;
  offset_ms?: number | null;
}
