/** The accounts desk. Routes `#/accounts`, `#/accounts/p/<id>`, `…/new`, `…/import`, `…/grids`, `…/requests`. */
import './accounts.css';
import { registerTexts } from '../../core/i18n';
import { place } from '../../core/nav';
import { texts as en } from '../../i18n/en/accounts';
import { texts as zh } from '../../i18n/zh-CN/accounts';
import { GridsScreen } from './grids';
import { ImportScreen } from './importPage';
import { ListScreen } from './list';
import { NewScreen } from './newAccount';
import { PersonScreen } from './person';
import { RequestsScreen } from './requests';

registerTexts({ zh, en });

export function AccountsPage() {
  const [, part, id] = place.value.parts;
  if (part === 'p' && id) return <PersonScreen key={id} id={id} />;
  if (part === 'new') return <NewScreen />;
  if (part === 'import') return <ImportScreen />;
  if (part === 'grids') return <GridsScreen />;
  if (part === 'requests') return <RequestsScreen />;
  return <ListScreen />;
}
