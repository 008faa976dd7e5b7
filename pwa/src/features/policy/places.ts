/** Which pages the policy has, and who may open them. */
import type { Role } from '../../core/api/types';

export type PolicyPlace = 'whatif' | 'parameters' | 'rules' | 'health' | 'runs' | 'calendar';

const COUNTY: readonly PolicyPlace[] = ['whatif', 'parameters', 'rules', 'health', 'runs', 'calendar'];
const READERS: readonly PolicyPlace[] = ['parameters', 'rules', 'calendar'];

/** The pages of a role in the order of the navigation. */
export function placesOf(role: Role | undefined): readonly PolicyPlace[] {
  return role === 'county' ? COUNTY : READERS;
}

/** The page an address means; the role's first one when it names none of theirs. */
export function placeOf(named: string | undefined, role: Role | undefined): PolicyPlace {
  const places = placesOf(role);
  return places.find((place) => place === named) ?? places[0] ?? 'parameters';
}

export const hrefOf = (place: PolicyPlace): string => `#/policy/${place}`;
