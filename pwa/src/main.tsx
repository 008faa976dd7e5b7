/** Starts the app: looks and language of this phone first, then the screen, then everything that may wait. */
import './ui/tokens.css';
import './ui/base.css';
import './ui/parts.css';
import { render } from 'preact';
import { App } from './app/app';
import { fetchLogin } from './app/routes';
import { start, usedBefore } from './app/start';
import { watchUpdates } from './app/update';
import { registerTexts, restoreLocale } from './core/i18n';
import { followHash } from './core/nav';
import { watchNetwork } from './core/network';
import { restorePrefs } from './core/prefs';
import { texts as zh } from './i18n/zh-CN/core';

registerTexts({ zh, en: () => import('./i18n/en/core') });
restorePrefs();
restoreLocale();
followHash();
watchNetwork();
// Before anything is drawn: the phone reads what it knows while it draws.
if (!usedBefore()) fetchLogin();
void start();

const root = document.getElementById('app');
if (root) render(<App />, root);
watchUpdates();
