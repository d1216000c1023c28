import { useState } from 'react';
import type { CrashException, CrashFrame, CrashRecord } from '../../shared/api/types';
import { CopyIcon } from '../../shared/ui/Copy';
import { Icon } from '../../shared/ui/Icon';
import { plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { useKeys } from '../../shared/ui/keys';
import styles from './Crashes.module.css';
import { chainOf, frameText, runsOf, stackText, type FrameRun } from './frames';

interface Stack {
  name: string;
  label: string;
  exception?: CrashException;
  frames: CrashFrame[];
  text: string;
}

/** One tab per exception of the chain, then one per thread. */
function stacksOf(record: CrashRecord): Stack[] {
  const exceptions = chainOf(record.exception).map(({ exception, depth }, i) => ({
    name: `exception-${i}`,
    label: depth === 0 ? shortType(exception.type) : `caused by ${shortType(exception.type)}`,
    exception,
    frames: exception.frames ?? [],
    text: stackText(exception),
  }));
  const threads = (record.threads ?? []).map((thread) => ({
    name: `thread-${thread.id}`,
    label: `thread ${thread.id}${thread.crashed ? ' (crashed)' : ''}`,
    frames: thread.frames,
    text: thread.frames.map(frameText).join('\n'),
  }));
  return [
    ...exceptions,
    ...threads.sort((a, b) => Number(b.label.includes('crashed')) - Number(a.label.includes('crashed'))),
  ];
}

export function StackTrace({ record }: { record: CrashRecord }) {
  const stacks = stacksOf(record);
  const [chosen, setChosen] = useState(stacks[0]?.name);
  const [raw, setRaw] = useState(false);
  const [all, setAll] = useState(false);
  useKeys('Crash', [{ keys: 'f', label: 'All frames or folded', run: () => setAll(!all) }]);
  const stack = stacks.find((each) => each.name === chosen) ?? stacks[0];
  if (!stack)
    return (
      <Section title="Stack trace">
        <p className="dim">
          This death left no stack: nothing inside the process could report it. The evidence below says how it ended.
        </p>
      </Section>
    );

  return (
    <Section
      title="Stack trace"
      flush
      note={stack.frames.length > 0 ? plural(stack.frames.length, 'frame') : undefined}
      actions={
        <>
          {stack.frames.length > 0 && !raw && (
            <button type="button" className={styles.step} aria-pressed={all} onClick={() => setAll(!all)}>
              {all ? 'Fold' : 'All frames'}
            </button>
          )}
          <button type="button" className={styles.step} aria-pressed={raw} onClick={() => setRaw(!raw)}>
            Raw
          </button>
          <CopyIcon text={stack.text} label="Copy the stack" />
        </>
      }
    >
      {stacks.length > 1 && (
        <div className={styles.tabs} role="tablist" aria-label="Exceptions and threads">
          {stacks.map((each) => (
            <button
              key={each.name}
              type="button"
              role="tab"
              aria-selected={each === stack}
              onClick={() => setChosen(each.name)}
            >
              {each.label}
            </button>
          ))}
        </div>
      )}
      {stack.exception && (
        <div className={styles.exception}>
          <b>{stack.exception.type}</b>
          {stack.exception.message && <p>{stack.exception.message}</p>}
        </div>
      )}
      {raw || stack.frames.length === 0 ? (
        <pre className={styles.raw} tabIndex={0} role="region" aria-label="Raw stack">
          {stack.text}
        </pre>
      ) : (
        <Frames key={`${stack.name}${all}`} frames={stack.frames} all={all} />
      )}
    </Section>
  );
}

function Frames({ frames, all }: { frames: CrashFrame[]; all: boolean }) {
  const runs = runsOf(frames);
  const nothingOwn = runs.every((run) => !run.own);
  return (
    <div className={styles.frames}>
      {runs.map((run, i) => (
        <Run key={i} run={run} open={all || run.own || nothingOwn} />
      ))}
    </div>
  );
}

function Run({ run, open: startOpen }: { run: FrameRun; open: boolean }) {
  const [open, setOpen] = useState(startOpen);
  return (
    <>
      {!run.own && (
        <button type="button" className={styles.run} aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? 'down' : 'right'} size={11} />
          {plural(run.frames.length, 'framework frame')}
        </button>
      )}
      {open && run.frames.map((frame, i) => <Frame key={i} frame={frame} own={run.own} />)}
    </>
  );
}

function Frame({ frame, own }: { frame: CrashFrame; own: boolean }) {
  const [, scope = '', name = frame.method, rest = ''] = /^(.*\.)?([^.(]+)(\(.*)?$/s.exec(frame.method) ?? [];
  return (
    <div className={styles.frame} data-app={own || undefined}>
      {own ? (
        <>
          {scope}
          <b>{name}</b>
          {rest}
        </>
      ) : (
        frame.method
      )}
      {frame.file && (
        <span className={styles.where}>
          {' '}
          {frame.file.split(/[\\/]/).slice(-3).join('/')}
          {frame.line ? `:${frame.line}` : ''}
        </span>
      )}
      {(frame.repeated ?? 1) > 1 && <span className={styles.where}> × {frame.repeated}</span>}
    </div>
  );
}

function shortType(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
