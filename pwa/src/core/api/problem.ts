/** Failures of the server in one form, with words for people chosen by their stable code. */
import { hasText, locale, t } from '../i18n';
import type { Problem } from './types';

/** A call that did not succeed; `problem.code` says why. */
export class ServerProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.name = 'ServerProblem';
    this.problem = problem;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A problem document out of whatever the answer carried; without one the code is `http_<status>`. */
export function readProblem(status: number, body: unknown): Problem {
  if (isObject(body) && typeof body['code'] === 'string') return { ...blank(status, body['code']), ...body };
  return blank(status, `http_${status}`);
}

function blank(status: number, code: string): Problem {
  return { type: `urn:problem:${code}`, title: '', title_zh: '', status, code };
}

/** A failure that no server told us about, by its code. */
export function localProblem(code: string): ServerProblem {
  return new ServerProblem(blank(0, code));
}

/** The code of any error: the server's, or `unexpected`. */
export function codeOf(error: unknown): string {
  return error instanceof ServerProblem ? error.problem.code : 'unexpected';
}

/** Plain words for a problem code in the language on screen. */
export function codeText(code: string): string {
  if (hasText(`problem.${code}`)) return t(`problem.${code}`);
  if (/^http_5/.test(code)) return t('problem.server_error');
  return t('problem.other', { code });
}

/** Plain words for a problem: ours by its code, else the title the server gave it. */
export function problemText(problem: Problem): string {
  const title = locale.value === 'en' ? problem.title : problem.title_zh;
  return hasText(`problem.${problem.code}`) || !title ? codeText(problem.code) : title;
}

/** Plain words for what is wrong with one answer, by its code. */
export function issueWords(code: string): string {
  return hasText(`issue.${code}`) ? t(`issue.${code}`) : t('issue.wrong_type');
}

/** Plain words for any error. */
export function errorText(error: unknown): string {
  return error instanceof ServerProblem ? problemText(error.problem) : codeText('unexpected');
}
