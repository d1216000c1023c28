import type { AlertStatus, CrashState, Priority } from '../api/types';
import styles from './Marks.module.css';

type Tone = 'fatal' | 'error' | 'warn' | 'info' | 'ok' | 'plain';
const tone = (name: Tone) => styles[name]!;

export function Chip({
  tone: name = 'plain',
  outline,
  title,
  children,
}: {
  tone?: Tone;
  outline?: boolean;
  title?: string;
  children: React.ReactNode;
}) {
  return (
    <span title={title} className={`${styles.chip} ${tone(name)} ${outline ? styles.outline : ''}`}>
      {children}
    </span>
  );
}

const priorities: Record<Priority, [Tone, number, string]> = {
  CRITICAL: ['fatal', 4, 'Critical'],
  HIGH: ['error', 3, 'High'],
  MEDIUM: ['warn', 2, 'Medium'],
  LOW: ['plain', 1, 'Low'],
};

/** Priority as word and bars, so that it can be read without colour. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const [name, filled, word] = priorities[priority] ?? ['plain', 1, String(priority)];
  return (
    <Chip tone={name}>
      <span className={styles.bars} aria-hidden="true">
        {[4, 6, 8, 10].map((height, i) => (
          <i key={height} style={{ height }} data-off={i >= filled || undefined} />
        ))}
      </span>
      {word}
    </Chip>
  );
}

export const statusWords: Record<AlertStatus, string> = {
  ACTIVE: 'Firing',
  ACKNOWLEDGED: 'Acknowledged',
  SUPPRESSED: 'Suppressed',
  RESOLVED: 'Resolved',
  EXPIRED: 'Expired',
};

const statusShapes: Record<AlertStatus, [Tone, string]> = {
  ACTIVE: ['error', '●'],
  ACKNOWLEDGED: ['warn', '◐'],
  SUPPRESSED: ['plain', '⊘'],
  RESOLVED: ['ok', '○'],
  EXPIRED: ['plain', '◌'],
};

export function StatusMark({ status }: { status: AlertStatus }) {
  const [name, shape] = statusShapes[status] ?? ['plain', '?'];
  return (
    <span className={`${styles.mark} ${tone(name)}`}>
      <span aria-hidden="true">{shape}</span>
      {statusWords[status] ?? status}
    </span>
  );
}

const crashStates: Record<CrashState, [Tone, string]> = {
  new: ['error', 'New'],
  ongoing: ['plain', 'Ongoing'],
  regressed: ['fatal', 'Regressed'],
  resolved: ['ok', 'Resolved'],
  ignored: ['plain', 'Ignored'],
};

export function CrashStateMark({ state }: { state: CrashState }) {
  const [name, word] = crashStates[state] ?? ['plain', state];
  return (
    <Chip tone={name} outline={state === 'ongoing' || state === 'ignored'}>
      {word}
    </Chip>
  );
}

const classWords: Record<string, [Tone, string, string]> = {
  unhandled: ['error', 'Unhandled', 'An exception nobody caught ended the process'],
  unobserved: ['warn', 'Unobserved task', "A task's exception nobody observed; the process lived on"],
  captured: ['warn', 'Captured', 'An exception the application reported; the process lives on'],
  stack_overflow: ['fatal', 'Stack overflow', 'The process ran out of stack'],
  fail_fast: ['fatal', 'Fail fast', 'The program ended itself on the spot'],
  access_violation: ['fatal', 'Access violation', 'Memory was touched that is not its own'],
  out_of_memory: ['fatal', 'Out of memory', 'An allocation failed'],
  oom_killed: ['fatal', 'OOM killed', 'The kernel killed it for memory'],
  native_abort: ['fatal', 'Native abort', 'Native code raised a fatal signal'],
  killed: ['error', 'Killed', 'SIGKILL from outside'],
  terminated: ['warn', 'Terminated', 'Ended by a termination signal nobody had announced'],
  exit_nonzero: ['warn', 'Exit ≠ 0', 'It left by itself with an exit code other than 0'],
  abnormal: ['error', 'Abnormal end', 'Gone without a goodbye; no evidence says how'],
  hung: ['warn', 'Hung', 'Alive, but its heartbeat stopped'],
};

export const crashClasses = Object.entries(classWords).map(([value, [, label]]) => ({ value, label }));

export function CrashClassMark({ name }: { name: string }) {
  const [toneName, word, meaning] = classWords[name] ?? ['plain', name, ''];
  return (
    <Chip tone={toneName} title={meaning}>
      {word}
    </Chip>
  );
}

const levelTones: Record<string, Tone> = { fatal: 'fatal', error: 'error', warn: 'warn', info: 'info' };

export function LevelMark({ level }: { level: string }) {
  const name = level.toLowerCase();
  return <span className={`${styles.level} ${tone(levelTones[name] ?? 'plain')}`}>{name.slice(0, 5)}</span>;
}
