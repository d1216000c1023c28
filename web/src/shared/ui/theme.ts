import { createTheme } from '@mantine/core';

/** Mantine gives behaviour and accessibility; colours come from tokens.css. */
export const theme = createTheme({
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '11.5px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  // Mantine's dark greys, from text to page, in the tones of tokens.css: pop-ups take their background from here.
  colors: {
    dark: [
      '#e5e9ef',
      '#b0bac7',
      '#94a0b0',
      '#586474',
      '#3b4554',
      '#262d38',
      '#1a2029',
      '#0d1015',
      '#0b0e12',
      '#090b0f',
    ],
  },
  primaryColor: 'blue',
  primaryShade: { light: 9, dark: 9 },
  autoContrast: true,
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
});
