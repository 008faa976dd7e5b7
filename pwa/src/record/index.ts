/**
 * Views of one recorded visit: lights, changes, answers, photos, versions, reviews.
 *
 * The review and the county feature both show recorded visits and must not import each other, so what they share
 * lives here. Layer: app -> features -> record -> core, ui. `record` knows no decision, no list and no route: the
 * feature passes in addresses and what may be commented on.
 */
import { registerTexts } from '../core/i18n';
import { texts as enFacts } from '../i18n/en/facts';
import { texts as en } from '../i18n/en/record';
import { texts as zhFacts } from '../i18n/zh-CN/facts';
import { texts as zh } from '../i18n/zh-CN/record';

registerTexts({ zh, en });
registerTexts({ zh: zhFacts, en: enFacts });

export type { Commenting } from './answerList';
export { factLabel, joined } from './answers';
export { type Article, ArticleSheet } from './article';
export type { Checklist } from './checklist';
export { dropVisits, keepsVisits, keptVisit, keptVisits } from './keep';
export {
  fetchRecord,
  forgetRecord,
  forgetRecords,
  keptRecord,
  prefetchRecord,
  type RecordState,
  storeRecord,
  useRecord,
  type VisitRecord,
} from './load';
export { RecordLights, VisitRecordView } from './visitRecord';
export {
  CAUSES,
  errorHelp,
  isLit,
  lightCounts,
  RISKS,
  riskWord,
  roleWord,
  runReason,
  SEVERITIES,
  severityShort,
  span,
  stateTone,
  whyLine,
} from './words';
