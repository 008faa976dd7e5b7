/** A browser-like world for the tests: IndexedDB in memory, fresh for each test file. */
import 'fake-indexeddb/auto';
