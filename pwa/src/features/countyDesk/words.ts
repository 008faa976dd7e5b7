/** Puts the desk's texts where the screens find them. */
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/desk';
import { texts as zh } from '../../i18n/zh-CN/desk';

registerTexts({ zh, en });
