/** Rows of stacked bars drawn as inline SVG, with the same numbers as a table for those who cannot see them. */
import './barChart.css';
import type { LightSeverity } from './light';

export interface BarPart {
  tone: LightSeverity;
  value: number;
}

export interface BarRow {
  id: string;
  label: string;
  /** Opens what the bar counts. */
  href?: string | undefined;
  parts: readonly BarPart[];
}

export interface BarChartProps {
  title: string;
  rows: readonly BarRow[];
  /** Word of each part, in drawing order. */
  legend: readonly { tone: LightSeverity; word: string }[];
  /** Head of the first column of the table. */
  rowWord: string;
  /** Words of the switch that shows the table. */
  tableWord: string;
}

const sumOf = (row: BarRow): number => row.parts.reduce((sum, part) => sum + part.value, 0);

/** Left edge and width of each part in per cent of the longest row. */
export function spans(row: BarRow, longest: number): { tone: LightSeverity; x: number; width: number }[] {
  let at = 0;
  return row.parts.map(({ tone, value }) => {
    const width = longest > 0 ? (value / longest) * 100 : 0;
    const span = { tone, x: at, width };
    at += width;
    return span;
  });
}

function Bar({ row, longest }: { row: BarRow; longest: number }) {
  return (
    <svg class="bars-svg" width="100%" height="16" aria-hidden="true" focusable="false">
      {spans(row, longest)
        .filter((span) => span.width > 0)
        .map((span) => (
          <rect
            key={span.tone}
            class={`bars-${span.tone}`}
            x={`${span.x}%`}
            y="0"
            width={`${span.width}%`}
            height="16"
          />
        ))}
    </svg>
  );
}

function Table({ title, rows, legend, rowWord }: BarChartProps) {
  return (
    <table class="bars-table">
      <caption class="visually-hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{rowWord}</th>
          {legend.map((one) => (
            <th key={one.tone} scope="col">
              {one.word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">{row.label}</th>
            {legend.map((one) => (
              <td key={one.tone} class="num">
                {row.parts.find((part) => part.tone === one.tone)?.value ?? 0}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function BarChart(props: BarChartProps) {
  const { title, rows, legend, tableWord } = props;
  const longest = Math.max(0, ...rows.map(sumOf));
  return (
    <figure class="bars">
      <figcaption>
        <b>{title}</b>
        <span class="bars-legend">
          {legend.map((one) => (
            <span key={one.tone}>
              <i class={`bars-key bars-${one.tone}`} aria-hidden="true" />
              {one.word}
            </span>
          ))}
        </span>
      </figcaption>
      <ul class="bars-rows">
        {rows.map((row) => (
          <li key={row.id}>
            <span class="bars-label">{row.href ? <a href={row.href}>{row.label}</a> : row.label}</span>
            <Bar row={row} longest={longest} />
            <span class="bars-sum num">{sumOf(row)}</span>
          </li>
        ))}
      </ul>
      <details>
        <summary>{tableWord}</summary>
        <Table {...props} />
      </details>
    </figure>
  );
}
