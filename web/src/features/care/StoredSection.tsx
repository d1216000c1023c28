import { Chip } from '../../shared/ui/Marks';
import { bytes, count, plural } from '../../shared/ui/number';
import { Facts, Section } from '../../shared/ui/Section';
import table from '../../shared/ui/Table.module.css';
import { To } from '../../shared/ui/To';
import type { Storage, StorageClass } from './api';
import styles from './Care.module.css';
import { DamageList } from './DamageList';
import { daysText, spanText } from './words';

export function StoredSection({ storage }: { storage: Storage }) {
  return (
    <>
      <Section title="Disk" note={storage.dataDirectory}>
        <Disk storage={storage} />
      </Section>
      <Section
        title="Stored"
        note={`${plural(storage.rows, 'record')}, ${bytes(storage.bytes)} in ${plural(storage.segments, 'segment')}`}
        flush
      >
        <Classes classes={storage.classes} />
        <Limits storage={storage} />
      </Section>
    </>
  );
}

const guards = {
  fine: ['ok', 'Room enough'],
  warning: ['warn', 'Little room'],
  refusing: ['error', 'Writes are refused'],
} as const;

function Disk({ storage }: { storage: Storage }) {
  const { disk, health } = storage;
  const [tone, word] = guards[disk.state];
  const used = disk.totalBytes - disk.freeBytes;
  const own = storage.bytes + storage.walBytes;
  const part = (size: number) => `${(size / Math.max(disk.totalBytes, 1)) * 100}%`;
  return (
    <>
      {storage.failure && <p className={styles.alarm}>Nothing can be stored until a restart: {storage.failure}</p>}
      <div className={styles.disk}>
        <Chip tone={tone}>{word}</Chip>
        <span>
          <b>{bytes(disk.freeBytes)}</b> free of {bytes(disk.totalBytes)}; Tocsin holds {bytes(own)}
        </span>
      </div>
      <div className={styles.gauge} role="img" aria-label={`${bytes(used)} of ${bytes(disk.totalBytes)} are in use, ${bytes(own)} by Tocsin`}>
        <i className={styles.own} style={{ width: part(own) }} />
        <i className={styles.others} style={{ width: part(Math.max(used - own, 0)) }} />
      </div>
      <p className={styles.legend}>
        <span>
          <i className={styles.own} /> Tocsin
        </span>
        <span>
          <i className={styles.others} /> others
        </span>
        {disk.state === 'fine' && (
          <span>
            An alert is raised below {bytes(disk.warnBelowBytes)}; below {bytes(disk.refuseBelowBytes)} writes are answered with 503, reads go on.
          </span>
        )}
      </p>
      {disk.state !== 'fine' && (
        <p className={styles.advice}>
          Below {bytes(disk.refuseBelowBytes)} writes are answered with 503 and reads go on. Make room on the disk, enlarge it, or keep less:
          a shorter time, or a budget with <code>retention.max_bytes</code>.
        </p>
      )}
      <Facts
        items={[
          ['Log', bytes(storage.walBytes)],
          ['Not in a segment yet', storage.memoryRows > 0 ? plural(storage.memoryRows, 'record') : undefined],
          ['Deletions to erase', storage.pendingDeletions || undefined],
          [
            'Checksums',
            health.damagedPlaces > 0
              ? undefined
              : health.scrubPasses > 0
                ? `all compared ${plural(health.scrubPasses, 'time')} since the start, no damage`
                : health.scrubDays > 0
                  ? `no damage met; all are compared every ${daysText(health.scrubDays)}`
                  : 'no damage met; the pass in the background is off',
          ],
        ]}
      />
      {health.damagedPlaces > 0 && (
        <div className={styles.alarm}>
          <p>
            {plural(health.damagedPlaces, 'place is', 'places are')} not as written. What they held is left out of answers, the rest is served.
            Copy the files from a sound backup with the server stopped.
          </p>
          <DamageList damage={health.damage} />
        </div>
      )}
    </>
  );
}

function Classes({ classes }: { classes: StorageClass[] }) {
  const most = Math.max(1, ...classes.map((one) => one.bytes));
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Stored by class">
      <table className={table.table}>
        <thead>
          <tr>
            <th>What</th>
            <th>Kept</th>
            <th className="num">Records</th>
            <th className="num">Size</th>
            <th aria-label="Share" />
            <th>Days (UTC)</th>
          </tr>
        </thead>
        <tbody>
          {classes.map((one) => (
            <tr key={`${one.dataset} ${one.name}`}>
              <td>
                <b>{one.name || (one.dataset === 'logs' ? 'Logs' : 'Spans')}</b>
                {one.name && <span className="dim"> {one.dataset}</span>}
                {one.where && <code className={styles.where}>{one.where}</code>}
                {!one.configured && <span className={styles.where}>configured no more: kept like the others</span>}
              </td>
              <td className="nowrap">
                {daysText(one.days)}
                {one.maxBytes !== undefined && <span className={styles.where}>at most {bytes(one.maxBytes)}</span>}
              </td>
              <td className="num">{count(one.rows)}</td>
              <td className="num">{bytes(one.bytes)}</td>
              <td className={styles.share}>
                <i style={{ width: `${(one.bytes / most) * 100}%` }} />
              </td>
              <td className="nowrap">{spanText(one.firstDay, one.lastDay)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Limits({ storage }: { storage: Storage }) {
  const { all, logs, spans } = storage.budgets;
  const budgets = [
    all !== undefined && `everything at most ${bytes(all)} (${Math.round((storage.bytes / all) * 100)} % used)`,
    logs !== undefined && `logs at most ${bytes(logs)}`,
    spans !== undefined && `spans at most ${bytes(spans)}`,
  ].filter(Boolean);
  return (
    <p className={styles.limits}>
      {budgets.length > 0 ? `Budgets: ${budgets.join(', ')}; the oldest segments go first. ` : 'No budget is set: only time limits what is kept. '}
      Crash records are kept for {daysText(storage.crashDays)}. All of it is set below <code>retention:</code> in the configuration file.{' '}
      <To to="/add-data">What arrives</To>
    </p>
  );
}
