/** What is new in the app, version by version; opening the page counts as having read it. */

import { changes } from 'virtual:changes';
import { useEffect } from 'preact/hooks';
import { showDay } from '../../core/format';
import { pick, registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { noteNewsRead } from '../../core/news';
import { texts as zh } from '../../i18n/zh-CN/changes';
import { AppBar, Page } from '../../ui/appBar';
import { Card } from '../../ui/card';

registerTexts({ zh, en: () => import('../../i18n/en/changes') });

export function ChangesPage() {
  useEffect(noteNewsRead, []);
  const bar = (
    <AppBar title={t('changes.title')} back={{ label: t('changes.back'), onClick: () => back('#/me') }} />
  );
  return (
    <Page bar={bar}>
      {changes.map(({ version, day, lines }) => (
        <Card
          key={version}
          title={day === null ? t('changes.now') : t('changes.version', { version, day: showDay(day) })}
        >
          <ul class="stack">
            {lines.map((line) => (
              <li key={line.zh}>{pick(line)}</li>
            ))}
          </ul>
        </Card>
      ))}
    </Page>
  );
}
