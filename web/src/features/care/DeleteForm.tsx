import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { To } from '../../shared/ui/To';
import { useCareDeeds, type DeletionOrder } from './api';
import styles from './Care.module.css';

/** Deletes what a query matches, after showing how many records that are. */
export function DeleteForm() {
  const [order, setOrder] = useState<DeletionOrder>({ q: '', from: '', to: '', dataset: 'logs' });
  const [found, setFound] = useState<number>();
  const [busy, setBusy] = useState(false);
  const deeds = useCareDeeds();
  const change = (part: Partial<DeletionOrder>) => setOrder({ ...order, ...part });
  const asked = { ...order, q: order.q.trim(), from: order.from || undefined, to: order.to || undefined };
  const submit = async (event: { preventDefault: () => void }) => {
    event.preventDefault();
    setBusy(true);
    const counted = await deeds.count(asked);
    setBusy(false);
    if (counted) setFound(counted.rows);
  };
  return (
    <Section title="Delete by query" note="for data that must not be kept; retention takes the rest">
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <label className={styles.wide}>
          Records that match
          <input
            required
            className="mono"
            value={order.q}
            maxLength={10_000}
            spellCheck={false}
            autoComplete="off"
            placeholder="user:=ann   (a filter without pipes; *:* for every record of the range)"
            onChange={(event) => change({ q: event.target.value })}
          />
        </label>
        <label>
          Of
          <select value={order.dataset} onChange={(event) => change({ dataset: event.target.value })}>
            <option value="logs">Logs</option>
            <option value="spans">Spans</option>
          </select>
        </label>
        <label>
          From
          <input value={order.from} placeholder="the beginning" autoComplete="off" onChange={(event) => change({ from: event.target.value })} />
        </label>
        <label>
          To
          <input value={order.to} placeholder="the end" autoComplete="off" onChange={(event) => change({ to: event.target.value })} />
        </label>
        <Button type="submit" size="xs" h={32} variant="default" loading={busy} disabled={order.q.trim() === ''}>
          Count them
        </Button>
      </form>
      <p className={styles.hint}>
        Times: <code>-7d</code>, <code>2026-03-14</code> or <code>2026-03-14T15:00:00Z</code>. Counting deletes nothing.
      </p>
      <Modal
        opened={found !== undefined}
        onClose={() => setFound(undefined)}
        title={found === 0 ? 'Nothing matches' : 'Delete these records?'}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {found !== undefined && (
          <Confirm
            order={asked}
            found={found}
            onClose={(deleted) => {
              setFound(undefined);
              if (deleted) setOrder({ ...order, q: '' });
            }}
          />
        )}
      </Modal>
    </Section>
  );
}

function Confirm({ order, found, onClose }: { order: DeletionOrder; found: number; onClose: (deleted: boolean) => void }) {
  const [reason, setReason] = useState('');
  const [by, setBy] = useState('');
  const [busy, setBusy] = useState(false);
  const deeds = useCareDeeds();
  const submit = async (event: { preventDefault: () => void }) => {
    event.preventDefault();
    setBusy(true);
    const done = await deeds.remove(order, reason.trim(), by.trim());
    setBusy(false);
    if (done) onClose(true);
  };
  const what = order.dataset === 'spans' ? plural(found, 'span') : plural(found, 'record');
  const range = order.from || order.to ? `from ${order.from ?? 'the beginning'} to ${order.to ?? 'the end'}` : 'of all times';
  return (
    <form className={styles.confirm} onSubmit={(event) => void submit(event)}>
      <p>
        <b>{what}</b> {range} {found === 1 ? 'matches' : 'match'}
      </p>
      <code>{order.q}</code>
      {found === 0 ? (
        <p>Check the words and the range. A search on the Logs page shows what a filter matches.</p>
      ) : (
        <>
          {order.dataset === 'logs' && (
            <p>
              <To to="/logs" search={{ q: order.q, from: order.from ?? '-30d', to: order.to ?? 'now' }}>
                Look at them first
              </To>
            </p>
          )}
          <p className={styles.advice}>
            This cannot be undone. Backups, alerts, crash records and notifications keep what they have. The query is kept in the journal: do
            not write into it what must be forgotten.
          </p>
          <label>
            Why
            <input required data-autofocus maxLength={2000} value={reason} placeholder="request 17" onChange={(event) => setReason(event.target.value)} />
          </label>
          <label>
            Who
            <input required maxLength={200} value={by} placeholder="your name" onChange={(event) => setBy(event.target.value)} />
          </label>
        </>
      )}
      <div className={styles.deeds}>
        <Button size="xs" variant="default" onClick={() => onClose(false)}>
          {found === 0 ? 'Close' : 'Cancel'}
        </Button>
        {found > 0 && (
          <Button size="xs" type="submit" className={styles.danger} loading={busy} disabled={!reason.trim() || !by.trim()}>
            Delete {what}
          </Button>
        )}
      </div>
    </form>
  );
}
