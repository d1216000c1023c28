import { Button, Menu, Modal } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../../shared/ui/Icon';
import { describe, notice } from '../../shared/ui/notify';
import { useUrl } from '../../shared/url';
import styles from './Views.module.css';
import { useViewDeeds, useViews } from './useViews';
import { differs, stateOf, urlOf, type SavedView } from './views';

/** Saved views: open, save, change, rename, delete. */
export function ViewsMenu() {
  const [url, change] = useUrl();
  const views = useViews();
  const deeds = useViewDeeds();
  const [dialog, setDialog] = useState<'save' | 'rename'>();
  const all = views.data ?? [];
  const open = all.find(({ id }) => String(id) === url.saved);
  const changed = open !== undefined && differs(url, open);
  const forget = async (view: SavedView) => {
    if (await deeds.remove(view)) change({ saved: undefined }, true);
  };
  return (
    <>
      <Menu position="bottom-end" width={330} withInitialFocusPlaceholder={false} transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <button type="button" className={styles.button} title={open ? `The saved view ${open.name}${changed ? ', changed' : ''}` : 'Saved views'}>
            <Icon name="bookmark" size={13} />
            <span className="ellipsis">{open ? open.name : 'Views'}</span>
            {changed && <i aria-label="changed" className={styles.dot} />}
            <Icon name="down" size={12} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.isError && <Menu.Label>The saved views could not be loaded: {describe(views.error).title}</Menu.Label>}
          <div className={styles.list} role="group" aria-label="Saved views">
            {all.map((view) => (
              <Menu.Item key={view.id} onClick={() => change(urlOf(view))} data-open={view === open || undefined}>
                <span className={styles.name}>
                  {view.name}
                  {(view.from || view.to) && <small>{rangeWords(view)}</small>}
                </span>
                <code className={styles.query}>{view.query || 'every record'}</code>
              </Menu.Item>
            ))}
          </div>
          {views.isSuccess && all.length === 0 && (
            <Menu.Label>No view is saved yet. Save this one to come back to it, or to share it.</Menu.Label>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="plus" size={13} />} onClick={() => setDialog('save')}>
            Save as a new view…
          </Menu.Item>
          {open && changed && (
            <Menu.Item
              leftSection={<Icon name="check" size={13} />}
              onClick={() => void deeds.change(open, stateOf(url, open.from !== undefined || open.to !== undefined))}
            >
              Save the changes to {open.name}
            </Menu.Item>
          )}
          {open && (
            <>
              <Menu.Item leftSection={<Icon name="sliders" size={13} />} onClick={() => setDialog('rename')}>
                Rename {open.name}…
              </Menu.Item>
              <Menu.Item leftSection={<Icon name="close" size={13} />} onClick={() => void forget(open)}>
                Delete {open.name}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={dialog !== undefined}
        onClose={() => setDialog(undefined)}
        title={dialog === 'rename' ? `Rename ${open?.name}` : 'Save this view'}
        size="sm"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {dialog && (
          <NameForm
            view={dialog === 'rename' ? open : undefined}
            onDone={(saved) => {
              setDialog(undefined);
              if (saved) change({ saved: String(saved.id) }, true);
            }}
          />
        )}
      </Modal>
    </>
  );
}

/** Asks for a name: of the view, or of what the screen shows when there is none. */
function NameForm({ view, onDone }: { view?: SavedView; onDone: (saved?: SavedView) => void }) {
  const [url] = useUrl();
  const deeds = useViewDeeds();
  const [name, setName] = useState(view?.name ?? '');
  const [withRange, setWithRange] = useState(url.from !== undefined);
  const [busy, setBusy] = useState(false);
  const submit = async (event: { preventDefault: () => void }) => {
    event.preventDefault();
    setBusy(true);
    const done = view ? await deeds.change(view, { name: name.trim() }) : await deeds.add(name.trim(), stateOf(url, withRange));
    setBusy(false);
    if (!done) return;
    if (!view) notice(`${done.view.name} is saved; everybody finds it under Views`);
    onDone(done.view);
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <label>
        Name
        <input data-autofocus required maxLength={100} value={name} placeholder="Slow payments" onChange={(event) => setName(event.target.value)} />
      </label>
      {!view && (
        <>
          <code>{stateOf(url, withRange).query || 'every record'}</code>
          <label className={styles.check}>
            <input type="checkbox" checked={withRange} onChange={(event) => setWithRange(event.target.checked)} />
            With the time range {url.from ? rangeWords({ from: url.from, to: url.to }) : '(none is chosen)'}
          </label>
        </>
      )}
      <div className={styles.deeds}>
        <Button size="xs" variant="default" onClick={() => onDone()}>
          Cancel
        </Button>
        <Button size="xs" type="submit" loading={busy} disabled={name.trim() === ''}>
          {view ? 'Rename' : 'Save'}
        </Button>
      </div>
    </form>
  );
}

/** "-24h" is "last 24h"; other ranges have fixed ends. */
function rangeWords({ from, to }: { from?: string; to?: string }): string {
  if (from?.startsWith('-') && (to === undefined || to === 'now')) return `last ${from.slice(1)}`;
  return 'fixed range';
}
