/** Phones: a table with room, cards on phones. What is wrong stands out by weight; colours are for risk alone. */
import type { DevicePage, DeviceRow } from '../../core/api/deviceTypes';
import { showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { user } from '../../core/session';
import { roleWord } from '../../record';
import { Button } from '../../ui/button';
import { Tag } from '../../ui/tag';
import {
  ageAt,
  clockOf,
  collects,
  isSilent,
  mayOrder,
  modelName,
  span,
  stageOf,
  unsentOf,
  urgency,
} from './model';
import { agoText, checkText, clockText, spanText, storageText, unsentText } from './words';

export interface RowsProps {
  page: DevicePage;
  onOrder: (row: DeviceRow) => void;
}

interface CellProps {
  row: DeviceRow;
  page: DevicePage;
}

function Contact({ row, page }: CellProps) {
  const silent = isSilent(row, page.at);
  const ago = silent
    ? t('devices.silent', { span: spanText(span(ageAt(page.at, row.last_contact_at))) })
    : agoText(page.at, row.last_contact_at);
  return silent ? <Tag tone="strong">{ago}</Tag> : <span>{ago}</span>;
}

function Oldest({ row, page }: CellProps) {
  if (row.oldest_unsent_at === null || row.wiped_at !== null) return null;
  const words = t('devices.oldest', { span: spanText(span(ageAt(page.at, row.oldest_unsent_at))) });
  const level = urgency(row, page.at);
  if (level === 'none') return <small>{words}</small>;
  return <Tag tone={level === 'long' ? 'solid' : 'strong'}>{words}</Tag>;
}

function Clock({ row }: { row: DeviceRow }) {
  const clock = clockOf(row);
  const wrong = clock !== null && clock !== 'right' && row.wiped_at === null;
  return wrong ? <Tag tone="strong">{clockText(row)}</Tag> : <span class="dev-quiet">{clockText(row)}</span>;
}

function versionText({ row, page }: CellProps): string {
  if (row.app_version === '') return t('devices.version.unknown');
  const old = row.app_version !== page.app_version;
  return t(old ? 'devices.version.old' : 'devices.version.label', { version: row.app_version });
}

function App({ row, page }: CellProps) {
  return (
    <>
      <span class={row.app_version === page.app_version ? 'dev-quiet' : 'dev-loud'}>
        {versionText({ row, page })}
      </span>
      <small class={row.storage_persisted === false ? 'dev-loud' : undefined}>{storageText(row)}</small>
    </>
  );
}

/** What the phone found when it checked itself. A desk need not. */
function Check({ row }: { row: DeviceRow }) {
  if (row.wiped_at !== null || !collects(row)) return null;
  const { tone, words } = checkText(row);
  return (
    <>
      {tone === null ? <span class="dev-quiet">{words}</span> : <Tag tone={tone}>{words}</Tag>}
      {row.check_at !== null && <small class="num">{showInstant(row.check_at)}</small>}
    </>
  );
}

function Stage({ row }: { row: DeviceRow }) {
  const stage = stageOf(row);
  if (stage === 'none') return null;
  return <Tag tone={stage === 'wiped' ? 'plain' : 'accent'}>{t(`devices.stage.${stage}`)}</Tag>;
}

/** Who ordered it, when and why; and since when it is wiped. */
function Why({ row }: { row: DeviceRow }) {
  if (stageOf(row) === 'none' || row.ordered_at === null) return null;
  return (
    <>
      <small>
        {t('devices.orderedBy', {
          who: row.ordered_by ?? '',
          when: showInstant(row.ordered_at),
          why: row.order_reason ?? '',
        })}
      </small>
      {row.wiped_at !== null && <small>{t('devices.wipedAt', { when: showInstant(row.wiped_at) })}</small>}
    </>
  );
}

function Act({ row, onOrder }: { row: DeviceRow; onOrder: (row: DeviceRow) => void }) {
  if (mayOrder(row, user.value?.role))
    return (
      <Button
        kind="plain"
        label={t('devices.orderFor', { name: row.display_name })}
        onClick={() => onOrder(row)}
      >
        {t('devices.order')}
      </Button>
    );
  const countys = user.value?.role === 'township' && row.role !== 'grid_member';
  return countys ? <small>{t('devices.countyOnly')}</small> : null;
}

function person(row: DeviceRow): string {
  return [roleWord(row.role), modelName(row.name)].filter(Boolean).join(' · ');
}

const COLUMNS = ['person', 'place', 'contact', 'unsent', 'clock', 'check', 'app', 'order'] as const;

function TableRow({ row, page, onOrder }: CellProps & { onOrder: (row: DeviceRow) => void }) {
  return (
    <tr class={row.wiped_at === null ? undefined : 'dev-over'}>
      <th scope="row">
        {row.display_name}
        <small>{person(row)}</small>
      </th>
      <td>
        {row.township ?? user.value?.region.name}
        <small>{row.village}</small>
      </td>
      <td>
        <Contact row={row} page={page} />
        <small class="num">{showInstant(row.last_contact_at)}</small>
      </td>
      <td>
        <span class={unsentOf(row) === null ? 'dev-quiet' : undefined}>{unsentText(row)}</span>
        <Oldest row={row} page={page} />
      </td>
      <td>
        <Clock row={row} />
      </td>
      <td>
        <Check row={row} />
      </td>
      <td>
        <App row={row} page={page} />
      </td>
      <td>
        <div class="dev-act">
          <Stage row={row} />
          <Why row={row} />
          <Act row={row} onOrder={onOrder} />
        </div>
      </td>
    </tr>
  );
}

export function Table({ page, onOrder }: RowsProps) {
  return (
    <table class="dev-table">
      <caption class="visually-hidden">{t('devices.list')}</caption>
      <thead>
        <tr>
          {COLUMNS.map((name) => (
            <th key={name} scope="col" class={`dev-col-${name}`}>
              {t(`devices.column.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {page.items.map((row) => (
          <TableRow key={row.id} row={row} page={page} onOrder={onOrder} />
        ))}
      </tbody>
    </table>
  );
}

function Card({ row, page, onOrder }: CellProps & { onOrder: (row: DeviceRow) => void }) {
  const place = [row.township, row.village].filter(Boolean).join(' ');
  const model = modelName(row.name);
  return (
    <li class={`dev-card${row.wiped_at === null ? '' : ' dev-over'}`}>
      <p class="dev-card-head">
        <b>{row.display_name}</b>
        <Contact row={row} page={page} />
      </p>
      <p class="muted small">{[place, roleWord(row.role)].filter(Boolean).join(' · ')}</p>
      {collects(row) && (
        <p class="dev-card-line">
          <span>{unsentText(row)}</span>
          <Oldest row={row} page={page} />
        </p>
      )}
      <p class="muted small dev-card-facts">
        {model && <span>{model}</span>}
        {clockOf(row) !== null && (
          <span>
            {t('devices.clock.label')} <Clock row={row} />
          </span>
        )}
        <span>{versionText({ row, page })}</span>
        {collects(row) && row.wiped_at === null && (
          <span>
            {t('devices.check.label')} {checkText(row).words}
          </span>
        )}
        {storageText(row) && (
          <span class={row.storage_persisted === false ? 'dev-loud' : undefined}>{storageText(row)}</span>
        )}
      </p>
      {stageOf(row) !== 'none' && (
        <div class="dev-card-order">
          <Stage row={row} />
          <Why row={row} />
        </div>
      )}
      <div class="dev-card-act">
        <Act row={row} onOrder={onOrder} />
      </div>
    </li>
  );
}

export function Cards({ page, onOrder }: RowsProps) {
  return (
    <ul class="dev-cards" aria-label={t('devices.list')}>
      {page.items.map((row) => (
        <Card key={row.id} row={row} page={page} onOrder={onOrder} />
      ))}
    </ul>
  );
}
