/** Entries and persons of each cause, what came of them, and the households behind; a cause narrows the cases below. */
import type { Cause, CauseLine } from '../../core/api/deskTypes';
import { t } from '../../core/i18n';
import { riskWord } from '../../record';
import { type Sums, sumsOf } from './ledgerModel';

interface CausesProps {
  lines: readonly CauseLine[];
  /** Of all causes, each once. */
  households: number;
  chosen: Cause | '';
  onChoose: (cause: Cause | '') => void;
}

const COLUMNS = ['entries', 'persons', 'settled', 'handed_up', 'decided'] as const;

function Numbers({ of }: { of: Sums }) {
  return (
    <>
      {COLUMNS.map((name) => (
        <td key={name} class={of[name] === 0 ? 'num rck-nought' : 'num'}>
          {of[name]}
        </td>
      ))}
    </>
  );
}

/** How many households there really are, under the name of what they are of. */
const Homes = ({ n }: { n: number }) => <small class="num">{t('rechecks.ledger.homes', { n })}</small>;

function CauseName({ line, most }: { line: CauseLine; most: number }) {
  return (
    <>
      <span>
        <span class="rck-cause-word">{riskWord(line.cause)}</span> <Homes n={line.households} />
      </span>
      <span class="rck-bar" aria-hidden="true">
        <span style={{ width: `${(line.entries / most) * 100}%` }} />
      </span>
    </>
  );
}

/** A table on every screen: numbers of one kind stand under each other. */
export function Causes({ lines, households, chosen, onChoose }: CausesProps) {
  const most = Math.max(1, ...lines.map((line) => line.entries));
  const toggle = (line: CauseLine) => onChoose(line.cause === chosen ? '' : (line.cause as Cause));
  return (
    <div class="rck-causes-box">
      <table class="rck-causes">
        <caption class="visually-hidden">{t('rechecks.ledger.byCause')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('rechecks.ledger.cause')}</th>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {t(`rechecks.ledger.column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.cause}>
              <th scope="row">
                <button
                  type="button"
                  class="rck-cause"
                  aria-pressed={line.cause === chosen}
                  onClick={() => toggle(line)}
                >
                  <CauseName line={line} most={most} />
                </button>
              </th>
              <Numbers of={line} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">
              {t('rechecks.ledger.all')} <Homes n={households} />
            </th>
            <Numbers of={sumsOf(lines)} />
          </tr>
        </tfoot>
      </table>
      <p class="muted small rck-causes-note">{t('rechecks.ledger.counting')}</p>
    </div>
  );
}
