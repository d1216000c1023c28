import { Button } from '@mantine/core';
import type { LevelChange, LevelListener, LevelRule } from '../../shared/api/types';
import { age, epochOf } from '../../shared/time/format';
import { useTimeTexts } from '../../shared/time/useTime';
import { Chip } from '../../shared/ui/Marks';
import { Section } from '../../shared/ui/Section';
import { Failure, Loading } from '../../shared/ui/StateBlock';
import { When } from '../../shared/ui/When';
import { categoryWords, useLevelDeeds, useLevels, useServices } from './api';
import { LevelForm } from './LevelForm';
import styles from './Levels.module.css';

export function LevelsPage() {
  const levels = useLevels();
  const services = useServices(levels.data);
  if (levels.isPending) return <Loading what="the log levels" />;
  if (!levels.data)
    return <Failure what="The log levels" problem={levels.error} onRetry={() => void levels.refetch()} />;
  const { items, listeners, changes } = levels.data;
  return (
    <div className={styles.page}>
      <Section title="Change a level" note="without a restart">
        <LevelForm services={services} />
      </Section>
      <Section title="In force" note={items.length > 0 ? String(items.length) : undefined} flush>
        {items.length === 0 ? (
          <p className={styles.none}>Nothing is set: every service logs as it is configured.</p>
        ) : (
          <ul className={styles.list} aria-label="Levels in force">
            {items.map((rule) => (
              <Rule key={`${rule.service} ${rule.environment ?? ''} ${rule.category}`} rule={rule} />
            ))}
          </ul>
        )}
      </Section>
      <Section title="Who listens" note="asked within the last minute" flush>
        {listeners.length === 0 ? (
          <p className={styles.none}>
            No process has asked. Applications with the .NET SDK ask every 10 to 15 seconds, unless{' '}
            <code>Logs.ServerLevels</code> is off.
          </p>
        ) : (
          <ul className={styles.list} aria-label="Who listens">
            {listeners.map((listener) => (
              <Listener key={`${listener.service} ${listener.environment ?? ''}`} listener={listener} />
            ))}
          </ul>
        )}
      </Section>
      {changes.length > 0 && (
        <Section title="Changes" note="the last 50" foldable folded flush>
          <ul className={styles.list} aria-label="Changes">
            {changes.map((change, i) => (
              <Change key={`${change.time} ${i}`} change={change} />
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

const tones: Record<string, 'info' | 'warn' | 'error' | 'fatal' | 'plain'> = {
  Information: 'info',
  Warning: 'warn',
  Error: 'error',
  Critical: 'fatal',
};

function Rule({ rule }: { rule: LevelRule }) {
  const deeds = useLevelDeeds();
  const { now, title } = useTimeTexts();
  return (
    <li>
      <div className={styles.what}>
        <p className={styles.first}>
          <Chip tone={tones[rule.level] ?? 'plain'}>{rule.level}</Chip>
          <Category name={rule.category} />
          <span className={styles.place}>
            {rule.service}
            {rule.environment && ` in ${rule.environment}`}
          </span>
        </p>
        <p className={styles.under}>
          {rule.expiresAt ? (
            <time dateTime={rule.expiresAt} title={title(rule.expiresAt)}>
              ends in {left(epochOf(rule.expiresAt) - now)}
            </time>
          ) : (
            'until it is cleared'
          )}
          , set <When time={rule.setAt} /> by {rule.setBy}
          {rule.notes && `: ${rule.notes}`}
        </p>
      </div>
      <Button
        size="xs"
        variant="default"
        aria-label={`Clear ${categoryWords(rule.category)} of ${rule.service}`}
        onClick={() => void deeds.clear(rule)}
      >
        Clear
      </Button>
    </li>
  );
}

const Category = ({ name }: { name: string }) => (
  <strong className={name === 'Default' ? undefined : 'mono'}>{categoryWords(name)}</strong>
);

function left(ms: number): string {
  const text = age(ms);
  return text === 'now' ? 'a moment' : text;
}

function Listener({ listener }: { listener: LevelListener }) {
  const { processes, upToDate } = listener;
  const all = upToDate === processes;
  return (
    <li>
      <p className={styles.first}>
        <strong>{listener.service}</strong>
        {listener.environment && <span className={styles.place}>in {listener.environment}</span>}
      </p>
      <Chip tone={all ? 'ok' : 'warn'}>
        {all
          ? `${processes} ${processes === 1 ? 'process has' : 'processes have'} it`
          : `${upToDate} of ${processes} ${processes === 1 ? 'process' : 'processes'} so far`}
      </Chip>
    </li>
  );
}

function Change({ change }: { change: LevelChange }) {
  const { title } = useTimeTexts();
  return (
    <li>
      <div className={styles.what}>
        <p className={styles.first}>
          <span>{change.action === 'set' ? `Set to ${change.level}` : `Cleared ${change.level}`}</span>
          <Category name={change.category} />
          <span className={styles.place}>
            {change.service}
            {change.environment && ` in ${change.environment}`}
          </span>
        </p>
        <p className={styles.under}>
          <When time={change.time} /> by {change.by}
          {change.expiresAt && <span title={title(change.expiresAt)}>{`, for ${lasting(change)}`}</span>}
          {change.notes && `: ${change.notes}`}
        </p>
      </div>
    </li>
  );
}

const lasting = (change: LevelChange) => age(epochOf(change.expiresAt!) - epochOf(change.time));
