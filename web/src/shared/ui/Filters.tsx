import { useEffect, useRef, useState } from 'react';
import styles from './Filters.module.css';
import { Icon } from './Icon';

/** A search field whose truth is the URL: Back changes the text too. Enter, or a pause in typing, applies it. */
export function SearchField({
  value,
  onChange,
  label,
  placeholder,
  onEnterOnly,
}: {
  value: string;
  onChange: (text: string) => void;
  label: string;
  placeholder: string;
  onEnterOnly?: boolean;
}) {
  const [text, setText] = useState(value);
  const [truth, setTruth] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (truth !== value) {
    setTruth(value);
    setText(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (next: string) => {
    clearTimeout(timer.current);
    if (next !== value) onChange(next);
  };
  return (
    <div className={styles.search}>
      <Icon name="search" size={14} />
      <input
        type="search"
        value={text}
        aria-label={label}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          clearTimeout(timer.current);
          if (!onEnterOnly) timer.current = setTimeout(() => apply(next.trim()), 400);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply(text.trim());
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </div>
  );
}

export function Choice({
  label,
  value,
  onChange,
  options,
  all,
}: {
  label: string;
  value: string;
  onChange: (value: string | undefined) => void;
  options: { value: string; label: string }[];
  all?: string;
}) {
  const known = options.some((option) => option.value === value) || value === '';
  return (
    <label className={styles.choice} data-set={(value !== '' && all !== undefined) || undefined}>
      <span className="visually-hidden">{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value || undefined)}>
        {all !== undefined && <option value="">{all}</option>}
        {!known && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="down" size={12} />
    </label>
  );
}
