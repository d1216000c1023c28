import { Button } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useState } from 'react';
import { Chip } from '../../shared/ui/Marks';
import { bytes, count, plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { When } from '../../shared/ui/When';
import { useCareDeeds, useSnapshots, type BackupReport, type Storage, type Work } from './api';
import styles from './Care.module.css';
import { ProgressBar } from './ProgressBar';

/** Starts a backup, follows it, and lists what the folder has. */
export function BackupSection({ storage }: { storage: Storage }) {
  const backup = storage.backup;
  const deeds = useCareDeeds();
  const [remembered, setRemembered] = useLocalStorage({ key: 'tocsin.backup', defaultValue: '' });
  const [typed, setTyped] = useState<string>();
  const [keep, setKeep] = useState('14');
  const folder = typed ?? (remembered || backup?.directory || '');
  const snapshots = useSnapshots(remembered || (backup?.directory ?? ''), backup?.endedAt);
  const running = backup?.running ?? false;
  return (
    <Section title="Backup" note="into a folder on the server's machine; writes go on meanwhile">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setRemembered(folder.trim());
          void deeds.backUp(folder.trim(), Number(keep) > 0 ? Number(keep) : undefined);
        }}
      >
        <label className={styles.wide}>
          Folder of snapshots
          <input required className="mono" value={folder} spellCheck={false} autoComplete="off" placeholder="/mnt/backups/tocsin" onChange={(event) => setTyped(event.target.value)} onBlur={() => folder.trim() && setRemembered(folder.trim())} />
        </label>
        <label>
          Keep the newest
          <input type="number" min={1} value={keep} placeholder="all" onChange={(event) => setKeep(event.target.value)} />
        </label>
        <Button type="submit" size="xs" h={32} loading={running} disabled={folder.trim() === ''}>
          Back up now
        </Button>
      </form>
      {backup && <Outcome backup={backup} />}
      {snapshots.isError && <p className={styles.alarm}>The folder cannot be listed: {snapshots.error.message}</p>}
      {snapshots.data && snapshots.data.length > 0 && (
        <ul className={styles.list} aria-label="Snapshots">
          {snapshots.data.map((one) => (
            <li key={one.name}>
              <div className={styles.what}>
                <p>
                  <code>{one.name}</code>
                </p>
                <p className="dim">
                  {one.problem ?? (
                    <>
                      <When time={one.createdAt} />, {count(one.files)} files, {bytes(one.bytes)}
                    </>
                  )}
                </p>
              </div>
              {one.problem ? (
                <Chip tone="error">unreadable</Chip>
              ) : (
                <Button
                  size="xs"
                  variant="default"
                  disabled={storage.verification?.running}
                  aria-label={`Verify ${one.name}`}
                  onClick={() => void deeds.verify(one.path)}
                >
                  Verify
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {snapshots.data?.length === 0 && !running && <p className={styles.none}>The folder {remembered} has no snapshot yet.</p>}
      <p className={styles.hint}>
        Restoring needs the server stopped: <code>tocsin restore {folder || 'DIR'} --data …</code>
      </p>
    </Section>
  );
}

function Outcome({ backup }: { backup: Work<BackupReport> }) {
  if (backup.running) return <ProgressBar label={backup.progress?.stage ?? 'beginning'} progress={backup.progress} />;
  if (backup.error)
    return (
      <p className={styles.alarm}>
        The backup of <When time={backup.startedAt} /> failed: {backup.error}
      </p>
    );
  const report = backup.report!;
  return (
    <>
      <p className={styles.done}>
        <Chip tone={report.problems.length > 0 ? 'warn' : 'ok'}>{report.problems.length > 0 ? 'with gaps' : 'done'}</Chip>{' '}
        <When time={backup.endedAt} />: {plural(report.files, 'file')}, {bytes(report.bytes)}; {count(report.new)} new ({bytes(report.newBytes)})
      </p>
      {report.problems.map((problem) => (
        <p key={problem} className={styles.alarm}>
          Not in the backup: {problem}
        </p>
      ))}
    </>
  );
}
