export interface ChangeList {
  version: string;
  day: string | null;
  lines: { zh: string; en: string }[];
}
export function changesIn(text: string): ChangeList[];
export function changes(): { list: ChangeList[]; id: string };
export function changesModule(): {
  name: string;
  resolveId(id: string): string | undefined;
  load(id: string): string | undefined;
};
