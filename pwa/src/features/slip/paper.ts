/** The paper that is printed on. A page's size cannot be given by a class, so it is a style sheet of its own. */
export type Paper = 'a5' | 'roll';

const MM_PER_PX = 25.4 / 96; // of CSS pixels, whatever the screen
const ROLL_MM = 58;
const ROLL_MARGIN_MM = 3;

/** The rule for a paper; a roll is cut where the text ends, `height` being that of the text in CSS pixels. */
export function pageRule(paper: Paper, height: number): string {
  if (paper === 'a5') return '@page { size: A5 portrait; margin: 10mm; }';
  const long = Math.ceil(height * MM_PER_PX) + 2 * ROLL_MARGIN_MM + 1;
  return `@page { size: ${ROLL_MM}mm ${long}mm; margin: ${ROLL_MARGIN_MM}mm; }`;
}

/** Puts a rule in force until the answer is called. */
export function usePage(rule: string): () => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rule);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
  };
}
