import { Button } from '@mantine/core';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Icon } from '../../shared/ui/Icon';
import { completions, type Completion } from './complete';
import { pastQueries, rememberQuery, Walk } from './history';
import styles from './QueryBar.module.css';

/**
 * The field for a query. Enter runs it, Shift+Enter begins a line, Up and Down walk through past queries while no
 * completion is shown, Ctrl+Space asks for completions, Tab takes one.
 */
export function QueryInput({
  value,
  fields,
  busy,
  onNeedFields,
  onRun,
  onStop,
}: {
  value: string;
  fields: string[];
  busy: boolean;
  onNeedFields: () => void;
  onRun: (text: string) => void;
  onStop: () => void;
}) {
  const [text, setText] = useState(value);
  const [truth, setTruth] = useState(value);
  const [asked, setAsked] = useState<{ caret: number; anew: boolean }>();
  const [chosen, setChosen] = useState(-1);
  const area = useRef<HTMLTextAreaElement>(null);
  const caretNext = useRef<number>(undefined);
  const walk = useRef<Walk>(undefined);
  const list = useId();
  if (truth !== value) {
    setTruth(value);
    setText(value);
    setAsked(undefined);
  }
  // Fields may arrive while somebody types.
  const offered = useMemo(
    () => (asked ? completions(text, asked.caret, fields, asked.anew) : undefined),
    [asked, text, fields],
  );

  useLayoutEffect(() => {
    const element = area.current!;
    element.style.height = '0';
    element.style.height = `${element.scrollHeight}px`;
    if (caretNext.current !== undefined) element.setSelectionRange(caretNext.current, caretNext.current);
    caretNext.current = undefined;
  }, [text]);
  // The lines break anew when the room changes.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const element = area.current!;
      element.style.height = '0';
      element.style.height = `${element.scrollHeight}px`;
    });
    observer.observe(area.current!.parentElement!);
    return () => observer.disconnect();
  }, []);

  const offer = (caret: number, anew = false) => {
    setAsked({ caret, anew });
    setChosen(-1);
  };
  const put = (next: string, caret = next.length) => {
    caretNext.current = caret;
    setText(next);
  };
  const take = (item: Completion) => {
    const caret = area.current!.selectionStart;
    const next = text.slice(0, offered!.from) + item.insert + text.slice(caret);
    const at = offered!.from + item.insert.length;
    put(next, at);
    area.current!.focus();
    offer(at, item.kind === 'verb' && item.insert.endsWith(' '));
  };
  const run = () => {
    setAsked(undefined);
    walk.current = undefined;
    rememberQuery(text);
    onRun(text.trim());
  };
  const recall = (up: boolean) => {
    walk.current ??= new Walk(pastQueries());
    const next = up ? walk.current.up(text) : walk.current.down();
    if (next === undefined) return;
    put(next);
    setAsked(undefined);
  };

  const keys = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const items = offered?.items ?? [];
    const { selectionStart: caret } = event.currentTarget;
    if (event.key === 'Enter' && !event.shiftKey) {
      if (chosen >= 0 && items[chosen] && !event.ctrlKey && !event.metaKey) take(items[chosen]);
      else run();
    } else if (event.key === 'Tab' && !event.shiftKey && items.length > 0) take(items[Math.max(chosen, 0)]!);
    else if (event.key === 'Escape') {
      if (offered) setAsked(undefined);
      else if (busy) onStop();
      else return event.currentTarget.blur();
    } else if (event.key === ' ' && event.ctrlKey) offer(caret, true);
    else if (event.key === 'ArrowDown' && items.length > 0) setChosen((chosen + 1) % items.length);
    else if (event.key === 'ArrowUp' && items.length > 0) setChosen((chosen <= 0 ? items.length : chosen) - 1);
    else if (event.key === 'ArrowUp' && !text.slice(0, caret).includes('\n')) recall(true);
    else if (event.key === 'ArrowDown' && !text.slice(caret).includes('\n') && walk.current) recall(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
    <div className={styles.query}>
      <Icon name="search" size={14} />
      <textarea
        ref={area}
        data-search
        rows={1}
        value={text}
        aria-label="Log query"
        aria-autocomplete="list"
        aria-controls={offered ? list : undefined}
        aria-activedescendant={offered && chosen >= 0 ? `${list}-${chosen}` : undefined}
        placeholder={'"connection reset" status:>=500 | stats count() by service'}
        title="Enter runs, Shift+Enter begins a line, Up and Down recall past queries, Ctrl+Space completes"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        maxLength={10_000}
        onFocus={onNeedFields}
        onBlur={() => setAsked(undefined)}
        onChange={(event) => {
          walk.current = undefined;
          setText(event.target.value);
          offer(event.target.selectionStart);
        }}
        onKeyDown={keys}
      />
      {text !== '' && (
        <button
          type="button"
          className={styles.clear}
          aria-label="Clear the query"
          onClick={() => {
            put('');
            onRun('');
            area.current!.focus();
          }}
        >
          <Icon name="close" size={12} />
        </button>
      )}
      {offered && (
        <ul id={list} role="listbox" aria-label="Completions" className={styles.popup} style={{ left: `min(calc(30px + ${placeOf(text, offered.from)}ch), calc(100% - 300px))` }}>
          {offered.items.map((item, i) => (
            <li
              key={item.kind + item.label}
              id={`${list}-${i}`}
              role="option"
              aria-selected={i === chosen}
              ref={(element) => {
                if (i === chosen) element?.scrollIntoView({ block: 'nearest' });
              }}
              onPointerDown={(event) => {
                event.preventDefault();
                take(item);
              }}
            >
              <code>{item.label}</code>
              <span>{item.detail || (item.kind === 'verb' ? '' : item.kind)}</span>
            </li>
          ))}
          <li role="presentation" className={styles.popupHint}>
            Tab takes the first, ↑ ↓ choose, Esc closes
          </li>
        </ul>
      )}
    </div>
    {busy ? (
      <Button size="xs" variant="default" className={styles.run} onClick={onStop} leftSection={<Icon name="close" size={12} />}>
        Stop
      </Button>
    ) : (
      <Button size="xs" className={styles.run} onClick={run}>
        Run
      </Button>
    )}
    </>
  );
}

/** Characters in front of the word on its line; a long line breaks, then the popup stays at the left. */
function placeOf(text: string, from: number): number {
  const column = from - (text.lastIndexOf('\n', from - 1) + 1);
  return column > 90 ? 0 : column;
}
