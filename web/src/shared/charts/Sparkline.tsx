/** Hourly counts as small bars; the sentence beside it is what a screen reader gets. */
export function Sparkline({
  values,
  width = 96,
  height = 20,
  label,
}: {
  values: number[];
  width?: number;
  height?: number;
  label: string;
}) {
  const top = Math.max(1, ...values);
  const step = width / Math.max(values.length, 1);
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: 'block', flex: 'none' }}>
      <title>{label}</title>
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" strokeWidth={1} />
      {values.map((value, i) => {
        const size = value === 0 ? 0 : Math.max(2, (value / top) * (height - 2));
        return (
          <rect
            key={i}
            x={i * step + 0.5}
            width={Math.max(step - 1, 1)}
            y={height - 1 - size}
            height={size}
            rx={0.5}
            fill={i === values.length - 1 ? 'var(--error-fill)' : 'var(--text-3)'}
          />
        );
      })}
    </svg>
  );
}

export function trendSentence(values: number[]): string {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total === 0 ? 'none in 24 hours' : `${total} in 24 hours, ${values.at(-1) ?? 0} in the last hour`;
}
