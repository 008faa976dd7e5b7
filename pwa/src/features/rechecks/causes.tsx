/** Households and persons of each cause and what came of the households; a cause chosen narrows the cases below. */
import type { Cause, CauseLine } from '../../core/api/deskTypes';
import { t } from '../../core/i18n';
import { riskWord } from '../../record';
import { type Sums, sumsOf } from './ledgerModel';

interface CausesProps {
  lines: readonly CauseLine[];
  chosen: Cause | '';
  onChoose: (cause: Cause | '') => void;
}

const COLUMNS = ['households', 'persons', 'settled', 'handed_up', 'decided'] as const;

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

/** A table on every screen: numbers of one kind stand under each other. */
export function Causes({ lines, chosen, onChoose }: CausesProps) {
  const most = Math.max(1, ...lines.map((line) => line.households));
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
                  {riskWord(line.cause)}
                  <span class="rck-bar" aria-hidden="true">
                    <span style={{ width: `${(line.households / most) * 100}%` }} />
                  </span>
                </button>
              </th>
              <Numbers of={line} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('rechecks.ledger.all')}</th>
            <Numbers of={sumsOf(lines)} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
