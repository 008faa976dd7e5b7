/** What the county looks at, as plain data: filters in the address, numbers for tiles and charts. */
import type {
  Region,
  Review,
  Severity,
  StandingLight,
  VisitFilter,
  VisitPage,
  VisitState,
  VisitSummary,
} from '../../core/api/types';

/** A lit severity: the county sees flagged visits, the others only as a number. */
export type LitSeverity = Exclude<Severity, 'none'>;

export interface CountyQuery {
  /** Code of a township (9) or a village (12); '' is the whole county. */
  readonly region: string;
  readonly severity: LitSeverity | '';
  readonly risk: string;
  readonly state: VisitState | '';
}

export const NO_FILTER: CountyQuery = { region: '', severity: '', risk: '', state: '' };
export const LIT: readonly LitSeverity[] = ['red', 'yellow', 'attention'];
export const STATES: readonly VisitState[] = ['submitted', 'returned', 'approved'];

const isLit = (text: string): text is LitSeverity => (LIT as readonly string[]).includes(text);
const isState = (text: string): text is VisitState => (STATES as readonly string[]).includes(text);

/** Filters out of an address; whatever is not understood restricts nothing. */
export function readQuery(query: Readonly<Record<string, string>>): CountyQuery {
  const { region = '', severity = '', risk = '', state = '' } = query;
  return {
    region: /^(\d{9}|\d{12})$/.test(region) ? region : '',
    severity: isLit(severity) ? severity : '',
    risk: /^[a-z_]{1,40}$/.test(risk) ? risk : '',
    state: isState(state) ? state : '',
  };
}

/** The address part of filters, always in the same order; '' when nothing is restricted. Carries codes, never names. */
export function writeQuery(query: CountyQuery): string {
  const parts = (['region', 'severity', 'risk', 'state'] as const)
    .filter((name) => query[name] !== '')
    .map((name) => `${name}=${query[name]}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

export const listHref = (query: CountyQuery): string => `#/county${writeQuery(query)}`;
export const visitHref = (id: string, query: CountyQuery): string => `#/county/${id}${writeQuery(query)}`;

/** Filters as the server takes them. */
export function toFilter(query: CountyQuery): VisitFilter {
  return {
    flagged: true,
    latest: true,
    ...(query.region === '' ? {} : { region: query.region }),
    ...(query.severity === '' ? {} : { severity: query.severity }),
    ...(query.risk === '' ? {} : { risk: query.risk }),
    ...(query.state === '' ? {} : { state: query.state }),
  };
}

export const hasFilter = (query: CountyQuery): boolean => writeQuery(query) !== '';

const byCode = (a: Region, b: Region) => a.code.localeCompare(b.code);
export const TOWNSHIP_DIGITS = 9;
const VILLAGE_DIGITS = 12;

export function townships(regions: readonly Region[]): Region[] {
  return regions.filter((one) => one.code.length === TOWNSHIP_DIGITS).sort(byCode);
}

/** Villages of the township a code lies in; none for the whole county. */
export function villages(regions: readonly Region[], code: string): Region[] {
  const township = code.slice(0, TOWNSHIP_DIGITS);
  if (township.length < TOWNSHIP_DIGITS) return [];
  return regions
    .filter((one) => one.code.length === VILLAGE_DIGITS && one.code.startsWith(township))
    .sort(byCode);
}

/** "0.3%" of a part in a whole; "—" when the whole is nothing. Small parts never read as nothing. */
export function shareText(part: number, whole: number): string {
  if (whole <= 0) return '—';
  const share = (part / whole) * 100;
  if (part > 0 && share < 0.1) return '<0.1%';
  return `${share.toFixed(share < 10 ? 1 : 0)}%`;
}

export type Counts = VisitPage['counts'];

/** How many risks the chart shows; the others are in the filter. */
export const RISKS_SHOWN = 9;

/** A visit in the history of its household; older servers send summaries only. */
export type HistoryEntry = VisitSummary & {
  readonly lights?: readonly StandingLight[];
  readonly reviews?: readonly Review[];
};

/** Visits newest first; of visits at the same moment the later revision first. */
export function timeline(history: readonly HistoryEntry[]): HistoryEntry[] {
  return [...history].sort((a, b) => b.visited_at.localeCompare(a.visited_at) || b.revision - a.revision);
}
