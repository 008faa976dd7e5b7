/** How many households have a light at each value of a number, with the slider below its axis. */
import './curve.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Curve as CurveData, CurvePoint, Parameter } from '../../../core/api/policyTypes';
import { pick, t } from '../../../core/i18n';
import { count, plainNumber, unitWord } from '../values';
import { ceilingOf, heightAt, pathOf, type Surface, xOf, yOf } from './curveModel';
import type { Range } from './model';

const HEIGHT = 208;
const SIDE = 15;

/** The width of a box, followed. */
function useWidth(first: number) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = () => setWidth(Math.max(200, Math.round(element.clientWidth)));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return { box, width };
}

interface DrawProps {
  points: readonly CurvePoint[];
  range: Range;
  on: Surface;
  ceiling: number;
}

function Grid({ range, on, ceiling }: Omit<DrawProps, 'points'>) {
  return (
    <g class="wi-grid">
      {[0, 0.5, 1].map((share) => {
        const y = yOf(share, 1, on);
        return (
          <g key={share}>
            <line x1={0} x2={on.width} y1={y} y2={y} />
            {share > 0 && ceiling > 0 && (
              <text x={0} y={y - 5}>
                {count(Math.round(share * ceiling))}
              </text>
            )}
          </g>
        );
      })}
      {[range.from, range.to].map((value, index) => (
        <text
          key={value}
          x={index === 0 ? 0 : on.width}
          y={on.height - 4}
          text-anchor={index === 0 ? 'start' : 'end'}
        >
          {plainNumber(String(value))}
        </text>
      ))}
    </g>
  );
}

function Line({
  points,
  range,
  on,
  ceiling,
  of,
  name,
}: DrawProps & { of: (point: CurvePoint) => number; name: string }) {
  const path = pathOf(
    points.map((point) => ({ x: xOf(Number(point.value), range, on), y: yOf(of(point), ceiling, on) })),
  );
  return <path class={`wi-line wi-line-${name}`} d={path} />;
}

/** The upright at a value, with its dot on the curve. */
function Mark({
  value,
  name,
  exact,
  ...draw
}: DrawProps & { value: number; name: 'now' | 'then'; exact: number | null }) {
  if (value < draw.range.from || value > draw.range.to) return null;
  const x = xOf(value, draw.range, draw.on);
  const height = exact ?? heightAt(draw.points, value, (point) => point.households);
  return (
    <g class={`wi-mark wi-mark-${name}`}>
      <line x1={x} x2={x} y1={draw.on.top} y2={draw.on.height - draw.on.bottom} />
      {height !== null && <circle cx={x} cy={yOf(height, draw.ceiling, draw.on)} r={6} />}
    </g>
  );
}

function Table({ data, unit }: { data: CurveData; unit: string }) {
  const columns = ['households', 'persons', 'red'] as const;
  return (
    <details class="wi-asTable">
      <summary>{t('policy.whatif.asTable')}</summary>
      <table class="pol-table">
        <caption class="visually-hidden">{t('policy.whatif.curve')}</caption>
        <thead>
          <tr>
            <th scope="col">{unitWord(unit)}</th>
            {columns.map((name) => (
              <th key={name} scope="col">
                {t(`policy.whatif.column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.points.map((point) => (
            <tr key={point.value}>
              <th scope="row" class="num">
                {plainNumber(point.value)}
              </th>
              {columns.map((name) => (
                <td key={name} class="num">
                  {count(point[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

export interface CurveProps {
  parameter: Parameter;
  range: Range;
  value: number;
  data: CurveData | null;
  busy: boolean;
  /** Households with a light at the slider's value, once they are worked out. */
  exact: number | null;
  onChange: (value: number) => void;
}

function summary({ parameter, range, data }: CurveProps): string {
  const first = data?.points[0]?.households ?? 0;
  const last = data?.points.at(-1)?.households ?? 0;
  return t('policy.whatif.curveWords', {
    name: pick(parameter.label),
    from: plainNumber(String(range.from)),
    to: plainNumber(String(range.to)),
    first: count(first),
    last: count(last),
  });
}

function Legend() {
  return (
    <p class="wi-legend">
      <span>
        <i class="wi-key wi-key-all" aria-hidden="true" />
        {t('policy.whatif.column.households')}
      </span>
      <span>
        <i class="wi-key wi-key-red" aria-hidden="true" />
        {t('policy.whatif.column.red')}
      </span>
      <span>
        <i class="wi-key wi-key-now" aria-hidden="true" />
        {t('policy.whatif.today')}
      </span>
    </p>
  );
}

export function CurveChart(props: CurveProps) {
  const { parameter, range, value, data, busy, onChange } = props;
  const { box, width } = useWidth(320);
  const on: Surface = { width, height: HEIGHT, side: SIDE, top: 26, bottom: 28 };
  // While a wider range is worked out, the old points that still fit stay.
  const points = (data?.points ?? []).filter(
    (point) => Number(point.value) >= range.from && Number(point.value) <= range.to,
  );
  const ceiling = ceilingOf(Math.max(0, ...points.map((point) => point.households)));
  const draw = { points, range, on, ceiling };
  const today = parameter.value === null ? null : Number(parameter.value);
  return (
    <figure class="wi-curve" aria-busy={busy ? 'true' : undefined}>
      <Legend />
      <div ref={box} class={busy && points.length > 0 ? 'wi-plot wi-stale' : 'wi-plot'}>
        <svg width={width} height={HEIGHT} role="img" aria-label={summary(props)}>
          <Grid range={range} on={on} ceiling={points.length > 0 ? ceiling : 0} />
          {today !== null && <Mark {...draw} value={today} name="now" exact={null} />}
          <Line {...draw} of={(point) => point.red} name="red" />
          <Line {...draw} of={(point) => point.households} name="all" />
          <Mark {...draw} value={value} name="then" exact={props.exact} />
        </svg>
      </div>
      <input
        class="wi-slider"
        type="range"
        aria-label={pick(parameter.label)}
        aria-valuetext={`${plainNumber(String(value))} ${unitWord(parameter.unit)}`}
        min={range.from}
        max={range.to}
        step={range.step}
        value={value}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      {data && <Table data={data} unit={parameter.unit} />}
    </figure>
  );
}
