export function Bell({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#1d2530" />
      <path
        d="M16 6c-4.400 0-6.600 3.200-6.600 7.400 0 4.400-1.400 6.200-2.900 7.600h19c-1.500-1.400-2.900-3.200-2.900-7.600C22.600 9.200 20.400 6 16 6z"
        fill="#ffb84d"
      />
      <circle cx="16" cy="24.500" r="2.400" fill="#ffb84d" />
    </svg>
  );
}
