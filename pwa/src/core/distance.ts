/** How far two points lie apart. Pure. */

const EARTH_RADIUS_M = 6_371_008.8; // mean radius of WGS-84

/** WGS-84 degrees as text. */
export type Point = { readonly lat: string; readonly lon: string };

/** Great-circle distance in metres; the twin of the server's `metres_between`. */
export function metresBetween(here: Point, there: Point): number {
  const radians = (degrees: string) => (Number(degrees) * Math.PI) / 180;
  const [lat1, lat2] = [radians(here.lat), radians(there.lat)];
  const turn = radians(there.lon) - radians(here.lon);
  const chord = Math.sin((lat2 - lat1) / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(turn / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(chord)));
}
