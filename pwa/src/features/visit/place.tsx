/** The place of the visit: how exact and how old it is, taking it as it is, and why it is far. Nothing here blocks. */
import { useEffect, useState } from 'preact/hooks';
import type { AcceptReason, FarReason } from '../../core/api/types';
import { now } from '../../core/clock';
import { showAgo } from '../../core/format';
import { t } from '../../core/i18n';
import { ChoiceOne } from '../../ui/choice';
import { Icon } from '../../ui/icon';
import type { Controller } from './controller';
import { type Gps, isFar, isLost, mayAccept, metresFromHome } from './gps';

const LOST_REASONS = ['signal', 'off', 'elsewhere', 'other'] as const;
const ACCEPT_REASONS: readonly AcceptReason[] = ['indoors', 'valley', 'weather', 'phone', 'other'];
const FAR_REASONS: readonly FarReason[] = ['elsewhere', 'moved', 'register', 'other'];
const TICK_MS = 5_000;

/** The time, read again every few seconds while it is shown. */
function useNow(): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return at;
}

interface PlaceProps {
  readonly controller: Controller;
  readonly gps: Gps;
}

/** One line: the fix, or that it is being looked for. */
export function PlaceLine({ controller, gps }: PlaceProps) {
  useNow();
  const location = controller.location.value;
  const metres = metresFromHome(location, controller.opened.household.home);
  if (location === null && gps.state.value.kind !== 'waiting') return null;
  return (
    <p class="inline small muted visit-place">
      <Icon name="pin" size={18} />
      <span>
        {location === null ? t('visit.gps.waiting') : fixText(location)}
        {metres !== null && ` · ${t('visit.gps.home', { m: metres })}`}
      </span>
    </p>
  );
}

function fixText(location: NonNullable<Controller['draft']['value']['location']>): string {
  const m = location.accuracy_m;
  if (location.accepted_reason)
    return t('visit.gps.accepted', { m, why: t(`visit.gps.accept.${location.accepted_reason}`) });
  return t('visit.gps.fixed', { m, ago: showAgo(location.fixed_at) });
}

/** Before saving: the line, and what there is to say about it. */
export function Place({ controller, gps }: PlaceProps) {
  const at = useNow();
  const location = controller.location.value;
  if (location !== null)
    return (
      <>
        <PlaceLine controller={controller} gps={gps} />
        <Accept controller={controller} gps={gps} at={at} />
        <Far controller={controller} />
      </>
    );
  if (!isLost(gps.state.value, at)) return <PlaceLine controller={controller} gps={gps} />;
  return (
    <ChoiceOne
      legend={t('visit.gps.why')}
      hint={t('visit.gps.whyNote')}
      columns={2}
      options={LOST_REASONS.map((id) => ({ id, label: t(`visit.gps.reason.${id}`) }))}
      value={controller.draft.value.location_missing_reason}
      onChange={(id) => controller.explain(id)}
    />
  );
}

/** After a minute without a good fix. Chosen, the receiver rests and the fix stays as it is. */
function Accept({ controller, gps, at }: PlaceProps & { readonly at: number }) {
  const location = controller.location.value;
  const accepted = location?.accepted_reason ?? null;
  if (location === null || (accepted === null && !mayAccept(gps.state.value, at))) return null;
  return (
    <ChoiceOne
      legend={t('visit.gps.accept', { m: location.accuracy_m })}
      hint={t('visit.gps.acceptNote')}
      columns={2}
      options={ACCEPT_REASONS.map((id) => ({ id, label: t(`visit.gps.accept.${id}`) }))}
      value={accepted}
      onChange={(id) => {
        gps.stop();
        controller.acceptFix(id as AcceptReason);
      }}
    />
  );
}

function Far({ controller }: Pick<PlaceProps, 'controller'>) {
  const location = controller.location.value;
  const { home } = controller.opened.household;
  if (!isFar(location, home)) return null;
  return (
    <ChoiceOne
      legend={t('visit.gps.far', { m: metresFromHome(location, home) ?? 0 })}
      hint={t('visit.gps.farNote')}
      columns={2}
      options={FAR_REASONS.map((id) => ({ id, label: t(`visit.gps.far.${id}`) }))}
      value={location?.far_reason ?? null}
      onChange={(id) => controller.explainFar(id as FarReason)}
    />
  );
}
