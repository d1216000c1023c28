import { useEffect, useRef } from 'react';

/** One key, or two in a row ("g o"). Shift is part of the key as typed: "N" is Shift+n. */
export interface KeyAction {
  keys: string;
  label: string;
  run: () => void;
}

export interface KeyScope {
  name: string;
  actions: KeyAction[];
}

const scopes: { current: KeyScope }[] = [];
let prefix: { key: string; at: number } | undefined;
const chordMs = 1200;

/** Binds keys while the component is mounted; the latest scope wins. Never while typing or behind a dialog. */
export function useKeys(name: string, actions: KeyAction[]) {
  const slot = useRef<KeyScope>({ name, actions });
  useEffect(() => {
    slot.current = { name, actions };
  });
  useEffect(() => {
    scopes.push(slot);
    return () => void scopes.splice(scopes.indexOf(slot), 1);
  }, []);
}

export function boundKeys(): KeyScope[] {
  const merged = new Map<string, KeyAction[]>();
  for (const { current } of scopes) merged.set(current.name, [...(merged.get(current.name) ?? []), ...current.actions]);
  return [...merged].map(([name, actions]) => ({ name, actions }));
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function ownsKey(target: EventTarget | null, key: string): boolean {
  return key === 'Enter' && target instanceof HTMLElement && target.closest('a,button,summary') !== null;
}

function find(keys: string): KeyAction | undefined {
  for (let i = scopes.length - 1; i >= 0; i--) {
    const action = scopes[i]!.current.actions.find((each) => each.keys === keys);
    if (action) return action;
  }
  return undefined;
}

export function onKeyDown(event: KeyboardEvent) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.key === 'Shift') return;
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
  if (isTyping(event.target) || ownsKey(event.target, event.key)) return;
  const chord = prefix && event.timeStamp - prefix.at < chordMs ? `${prefix.key} ${event.key}` : undefined;
  prefix = undefined;
  const action = (chord && find(chord)) || find(event.key);
  if (action) {
    event.preventDefault();
    action.run();
    return;
  }
  const startsChord = scopes.some(({ current }) =>
    current.actions.some((each) => each.keys.startsWith(`${event.key} `)),
  );
  if (startsChord) prefix = { key: event.key, at: event.timeStamp };
}
