import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import { useUrl } from '../../shared/url';
import { useLevelDeeds } from './api';
import styles from './Levels.module.css';

const levels = ['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical', 'None'];
const lengths: [value: string, label: string][] = [
  ['15m', '15 minutes'],
  ['1h', '1 hour'],
  ['4h', '4 hours'],
  ['24h', '24 hours'],
];

/** Sets one level; service and category are those of the URL, so that a log record can lead here. */
export function LevelForm({ services }: { services: string[] }) {
  const [{ service = '', category = '' }, change] = useUrl();
  const [level, setLevel] = useState('Debug');
  const [length, setLength] = useState('15m');
  const [environment, setEnvironment] = useState('');
  const [notes, setNotes] = useState('');
  const [busy, setBusy] = useState(false);
  const deeds = useLevelDeeds();
  const known = useId();
  const verbose = level === 'Trace' || level === 'Debug';
  const span = verbose && length === '' ? '15m' : length;

  const submit = async () => {
    setBusy(true);
    const done = await deeds.set({
      service: service.trim(),
      category: category.trim(),
      environment: environment.trim(),
      level,
      for: span || undefined,
      notes: notes.trim() || undefined,
    });
    setBusy(false);
    if (done) setNotes('');
  };

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label>
        Service
        <input
          required
          list={known}
          value={service}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          placeholder="bookings"
          onChange={(event) => change({ service: event.target.value }, true)}
        />
        <datalist id={known}>
          {services.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <label className={styles.wide}>
        Category and all below it
        <input
          value={category}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          placeholder="Shop.Orders; empty: every category"
          onChange={(event) => change({ category: event.target.value }, true)}
        />
      </label>
      <label>
        From level
        <select value={level} onChange={(event) => setLevel(event.target.value)}>
          {levels.map((name) => (
            <option key={name} value={name}>
              {name === 'None' ? 'None (nothing)' : name}
            </option>
          ))}
        </select>
      </label>
      <label>
        For
        <select value={span} onChange={(event) => setLength(event.target.value)}>
          {lengths.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
          {!verbose && <option value="">until it is cleared</option>}
        </select>
      </label>
      <label>
        Environment
        <input
          value={environment}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          placeholder="every one"
          onChange={(event) => setEnvironment(event.target.value)}
        />
      </label>
      <label>
        Why
        <input
          value={notes}
          maxLength={1000}
          autoComplete="off"
          placeholder="optional"
          onChange={(event) => setNotes(event.target.value)}
        />
      </label>
      <Button type="submit" size="xs" loading={busy} disabled={service.trim() === ''}>
        Set the level
      </Button>
    </form>
  );
}
