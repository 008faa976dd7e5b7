/** The auditor's home: the record of actions and the state of its chain. Route `#/audit` (filters in the query). */
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/audit';
import { texts as fieldsEn } from '../../i18n/en/incoming';
import { texts as zh } from '../../i18n/zh-CN/audit';
import { texts as fieldsZh } from '../../i18n/zh-CN/incoming';
import { AuditScreen } from './screen';

registerTexts({ zh, en });
registerTexts({ zh: fieldsZh, en: fieldsEn }); // names of the fields that were corrected

export function AuditPage() {
  return <AuditScreen />;
}
