/** Filters of the cases; every choice is in the address, so a view can be sent to a colleague. */
import { useEffect } from 'preact/hooks';
import { severityWord } from '../../core/format';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { CAUSES, riskWord, SEVERITIES } from '../../record';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import {
  type CaseFilter,
  conditions,
  hasFilter,
  listHref,
  NO_FILTER,
  TOWNSHIP_DIGITS,
  townships,
  villages,
  withWorker,
  workerValue,
} from './model';
import { monthsToChoose, monthWord } from './months';
import { readRegions, readStaff, regions, staff } from './store';

function use(filter: CaseFilter): void {
  go(listHref(filter), { replace: true });
}

function Places({ filter }: { filter: CaseFilter }) {
  const township = filter.region.slice(0, TOWNSHIP_DIGITS);
  const inside = villages(regions.value, filter.region);
  const option = (one: { code: string; name: string }) => ({ id: one.code, label: one.name });
  return (
    <>
      <Select
        label={t('desk.township')}
        anyWord={t('desk.wholeCounty')}
        value={township}
        options={townships(regions.value).map(option)}
        onChange={(region) => use({ ...filter, region })}
      />
      <Select
        label={t('desk.village')}
        anyWord={t('desk.allVillages')}
        value={filter.region.length > TOWNSHIP_DIGITS ? filter.region : ''}
        disabled={inside.length === 0}
        options={inside.map(option)}
        onChange={(region) => use({ ...filter, region: region || township })}
      />
    </>
  );
}

/** Departments known, and the one in the address should it not be among them. */
function workers(filter: CaseFilter): { id: string; label: string }[] {
  const names = new Set(staff.value?.departments ?? []);
  if (filter.department !== '') names.add(filter.department);
  return [
    { id: 'nobody', label: t('desk.nobody') },
    { id: 'me', label: t('desk.me') },
    ...[...names].map((name) => ({ id: `d:${name}`, label: name })),
  ];
}

function Fields({ filter }: { filter: CaseFilter }) {
  return (
    <search class="desk-filters">
      <Places filter={filter} />
      <Select
        label={t('desk.severity')}
        anyWord={t('desk.anySeverity')}
        value={filter.severity}
        options={SEVERITIES.map((id) => ({ id, label: severityWord(id) }))}
        onChange={(severity) => use({ ...filter, severity: severity as CaseFilter['severity'] })}
      />
      <Select
        label={t('desk.cause')}
        anyWord={t('desk.anyCause')}
        value={filter.cause}
        options={CAUSES.map((id) => ({ id, label: riskWord(id) }))}
        onChange={(cause) => use({ ...filter, cause: cause as CaseFilter['cause'] })}
      />
      <Select
        label={t('desk.worker')}
        anyWord={t('desk.anybody')}
        value={workerValue(filter)}
        options={workers(filter)}
        onChange={(value) => use(withWorker(filter, value))}
      />
      <Select
        label={t('desk.handedUpIn')}
        anyWord={t('desk.anyMonth')}
        value={filter.month}
        options={monthsToChoose(filter.month).map((id) => ({ id, label: monthWord(id) }))}
        onChange={(month) => use({ ...filter, month })}
      />
      <div class="desk-day">
        <Field
          type="date"
          label={t('desk.until')}
          value={filter.until}
          onInput={(until) => use({ ...filter, until })}
        />
      </div>
      <Button
        kind="plain"
        disabled={!hasFilter(filter)}
        onClick={() => use({ ...NO_FILTER, state: filter.state })}
      >
        {t('desk.clear')}
      </Button>
    </search>
  );
}

/** On phones folded into one line that says how many conditions are on. */
export function Filters({ filter, wide }: { filter: CaseFilter; wide: boolean }) {
  useEffect(() => {
    void readRegions();
    void readStaff().catch(() => undefined);
  }, []);
  if (wide) return <Fields filter={filter} />;
  const on = conditions(filter);
  return (
    <details class="card desk-fold" open={on > 0}>
      <summary>{on > 0 ? t('desk.filtersOn', { n: on }) : t('desk.filters')}</summary>
      <Fields filter={filter} />
    </details>
  );
}
