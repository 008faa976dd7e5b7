/** What a township does with visits: the villages' reviews, its own re-checks, and the ledger of them. */
import type { ComponentChildren } from 'preact';
import { registerTexts, t } from '../core/i18n';
import { user } from '../core/session';
import { texts as en } from '../i18n/en/township';
import { texts as zh } from '../i18n/zh-CN/township';
import { Places } from '../ui/places';

registerTexts({ zh, en });

const PLACES = ['review', 'rechecks', 'ledger'] as const;

/** The links between these pages, the open one marked; nothing for whom only one of them is. */
export function townshipPlaces(at: (typeof PLACES)[number]): ComponentChildren {
  if (user.value?.role !== 'township') return undefined;
  const items = PLACES.map((one) => ({
    href: `#/${one}`,
    label: t(`township.${one}`),
    current: one === at,
  }));
  return <Places label={t('township.places')} items={items} />;
}
