/** What the single keys do, and the switch that turns them off. */
import './keysHelp.css';
import { Button } from './button';
import { Dialog } from './dialog';
import { setShortcuts, shortcutsOn } from './shortcuts';

export interface KeysHelpProps {
  open: boolean;
  title: string;
  close: string;
  /** Each key and what it does. */
  keys: readonly (readonly [key: string, does: string])[];
  /** Some are of two keys. */
  wide?: boolean | undefined;
  /** What the switch turns on. */
  switchWord: string;
  onClose: () => void;
}

export function KeysHelp({ open, title, close, keys, wide, switchWord, onClose }: KeysHelpProps) {
  return (
    <Dialog open={open} title={title} onClose={onClose} actions={<Button onClick={onClose}>{close}</Button>}>
      <dl class={wide ? 'key-list key-list-wide' : 'key-list'}>
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd class="key">{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="switch-line">
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={(event) => setShortcuts(event.currentTarget.checked)}
        />
        {switchWord}
      </label>
    </Dialog>
  );
}
