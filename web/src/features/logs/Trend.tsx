/** Counts per step as small bars. */
export function Trend({ values, label, height = 26 }: { values: number[]; label: string; height?: number }) {
  const width = 120;
  const top = Math.max(1, ...values);
  const slot = width / Math.max(values.length, 1);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" />
      {values.map((value, i) => {
        if (value === 0) return null;
        const size = Math.max(2, (value / top) * (height - 3));
        return (
          <rect key={i} x={i * slot} width={Math.max(slot - 0.8, 0.8)} y={height - 1 - size} height={size} fill="var(--series-1)" />
        );
      })}
    </svg>
  );
}
