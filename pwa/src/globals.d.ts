/** Version of package.json, put in by the build. */
declare const __APP_VERSION__: string;
/** PBKDF2 rounds of new wraps, put in by the build: 600,000; tests and the simulator build with fewer. */
declare const __PIN_ROUNDS__: number;

/** Short name of the newest list of changes; another one means that there is something new to read. */
declare const __CHANGES_ID__: string;

declare module 'virtual:changes' {
  /** Newest first; `day` is null while a version is not released. */
  export const changes: readonly {
    version: string;
    day: string | null;
    lines: readonly { zh: string; en: string }[];
  }[];
}
