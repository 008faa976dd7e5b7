/** Version of package.json, put in by the build. */
declare const __APP_VERSION__: string;
/** PBKDF2 rounds of new wraps, put in by the build: 600,000; tests and the simulator build with fewer. */
declare const __PIN_ROUNDS__: number;
