/** What is proposed and held, in words. Pure. */
import type { HeldOperation, Proposal, ProposedField } from '../../core/api/incomingTypes';
import type { Json } from '../../core/canonical';
import { showDay } from '../../core/format';
import { hasText, t } from '../../core/i18n';

export type Side = 'open' | 'decided';

/** Fields whose values are words of a list; their texts are `<prefix>.<value>`. */
const LISTS: Readonly<Record<string, string>> = { stage: 'stage', labour: 'labour', sex: 'sex' };

/** The word for a field of the household (no member) or of a person; a field of a later app by its name. */
export function fieldWord(memberId: string | null, field: string): string {
  const key = `incoming.field.${memberId === null ? 'household' : 'member'}.${field}`;
  return hasText(key) ? t(key) : field;
}

/** What is called what: "韦秀英 · 就学阶段", "地址". */
export function fieldName(field: ProposedField): string {
  const name = fieldWord(field.member_id, field.field);
  return field.member_name ? `${field.member_name} · ${name}` : name;
}

function isPlace(value: Json): value is { lat: string; lon: string } {
  return typeof value === 'object' && value !== null && 'lat' in value && 'lon' in value;
}

/** A value as people read it; nothing on record is said, not left blank. */
export function valueWord(field: string, value: Json): string {
  if (field === 'removed') return t(value === true ? 'incoming.value.gone' : 'incoming.value.here');
  if (value === null || value === '') return t('incoming.value.none');
  if (typeof value === 'boolean') return t(value ? 'incoming.value.yes' : 'incoming.value.no');
  if (isPlace(value)) return `${value.lat}, ${value.lon}`;
  const text = String(value);
  const list = LISTS[field];
  if (list !== undefined && hasText(`${list}.${text}`)) return t(`${list}.${text}`);
  if (field === 'disability_grade') return t('incoming.value.grade', { n: text });
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? showDay(text) : text;
}

/** What kind of proposal it is, in one word: the gravest of its fields decides. */
export function proposalKind(
  proposal: Proposal,
): 'move' | 'removal' | 'overlap' | 'protected' | 'member' | 'household' {
  if (proposal.kind === 'member' || proposal.kind === 'household') return proposal.kind;
  if (proposal.fields.some(({ field }) => field === 'grid')) return 'move';
  if (proposal.fields.some(({ field }) => field === 'removed')) return 'removal';
  return proposal.fields.some(({ why }) => why === 'protected') ? 'protected' : 'overlap';
}

/** Fields of somebody new, the household's own first, then person by person: there is nothing to compare. */
export function newPeople(fields: readonly ProposedField[]): [string | null, ProposedField[]][] {
  const people = new Map<string | null, ProposedField[]>();
  for (const field of fields) people.set(field.member_id, [...(people.get(field.member_id) ?? []), field]);
  return [...people];
}

/** Whether people decide on it; what came from a newer app is carried out after an update of the server. */
export function isDecidable(held: HeldOperation): boolean {
  return held.state === 'open' && held.code !== 'version';
}

/** A comment is needed for a no: the author has to know why. */
export function mayDecide(yes: boolean, comment: string): boolean {
  return yes || comment.trim().length > 0;
}
