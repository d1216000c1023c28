import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import type { Alert } from '../../shared/api/types';
import { Icon } from '../../shared/ui/Icon';
import styles from './Alerts.module.css';
import { useAlertDeeds, type AlertDeeds } from './api';

/** The deeds that the alert's state allows. */
export function AlertActions({ alert }: { alert: Alert }) {
  const deeds = useAlertDeeds();
  const open = alert.status !== 'RESOLVED' && alert.status !== 'EXPIRED';
  return (
    <div className={styles.deeds}>
      {alert.status === 'ACTIVE' && (
        <Button
          size="xs"
          data-deed="acknowledge"
          onClick={() => void deeds.acknowledge(alert)}
          leftSection={<Icon name="check" size={13} />}
        >
          Acknowledge
        </Button>
      )}
      {alert.status === 'ACKNOWLEDGED' && (
        <Button
          size="xs"
          variant="default"
          data-deed="unacknowledge"
          onClick={() => void deeds.unacknowledge(alert)}
          leftSection={<Icon name="undo" size={13} />}
        >
          Un-acknowledge
        </Button>
      )}
      {open && <ResolveButton alert={alert} deeds={deeds} />}
      {alert.status === 'SUPPRESSED' ? (
        <Button size="xs" variant="default" onClick={() => void deeds.unsuppress(alert)}>
          End suppression
        </Button>
      ) : (
        open && <SuppressButton alert={alert} deeds={deeds} />
      )}
    </div>
  );
}

function ResolveButton({ alert, deeds }: { alert: Alert; deeds: AlertDeeds }) {
  const [opened, setOpened] = useState(false);
  const [notes, setNotes] = useState('');
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    setOpened(false);
    void deeds.resolve(alert, notes.trim());
    setNotes('');
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus returnFocus shadow="md" position="bottom-start" width={300}>
      <Popover.Target>
        <Button size="xs" variant="default" data-deed="resolve" onClick={() => setOpened(!opened)}>
          Resolve
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className={styles.form} onSubmit={submit}>
          <label>
            What fixed it? <span className="dim">(optional, shown when it comes back)</span>
            <textarea
              data-autofocus
              rows={3}
              value={notes}
              onChange={(event) => setNotes(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
              }}
            />
          </label>
          <Button type="submit" size="xs">
            Resolve now
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

const lengths = [
  { value: '1h', label: '1 hour' },
  { value: '4h', label: '4 hours' },
  { value: '24h', label: '24 hours' },
];

function SuppressButton({ alert, deeds }: { alert: Alert; deeds: AlertDeeds }) {
  const [opened, setOpened] = useState(false);
  const [custom, setCustom] = useState('');
  const [reason, setReason] = useState('');
  const suppress = (length: string) => {
    setOpened(false);
    void deeds.suppress(alert, { for: length, reason: reason.trim() });
  };
  const typed = custom.trim().replace(/\s+/g, '');
  const valid = /^[1-9]\d*[smhd]$/.test(typed);
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus returnFocus shadow="md" position="bottom-start" width={300}>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          data-deed="suppress"
          rightSection={<Icon name="down" size={11} />}
          onClick={() => setOpened(!opened)}
        >
          Suppress
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (valid) suppress(typed);
          }}
        >
          <label>
            Reason <span className="dim">(optional)</span>
            <input value={reason} onChange={(event) => setReason(event.target.value)} placeholder="Deploy under way" />
          </label>
          <div className={styles.lengths}>
            {lengths.map((length) => (
              <button
                key={length.value}
                type="button"
                onClick={() => suppress(length.value)}
                data-autofocus={length.value === '1h' || undefined}
              >
                {length.label}
              </button>
            ))}
          </div>
          <label>
            Or for
            <span className="row">
              <input
                value={custom}
                onChange={(event) => setCustom(event.target.value)}
                placeholder="90m, 12h, 3d"
                aria-invalid={custom !== '' && !valid}
                aria-label="Other length"
              />
              <Button type="submit" size="xs" disabled={!valid}>
                Suppress
              </Button>
            </span>
          </label>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
