import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const features = ['overview', 'crashes', 'alerts', 'logs', 'traces', 'addData', 'channels', 'levels', 'care'];

// A feature imports shared, never another feature; shared imports no feature.
const walls = features.map((feature) => ({
  files: [`src/features/${feature}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: features
          .filter((other) => other !== feature)
          .map((other) => ({ group: [`**/${other}/*`], message: 'A feature never imports another feature.' })),
      },
    ],
  },
}));

export default tseslint.config(
  tseslint.configs.recommended,
  hooks.configs.flat['recommended-latest'],
  ...walls,
  {
    files: ['src/shared/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['**/features/**', '**/shell/**'], message: 'shared imports no feature.' }],
        },
      ],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/shared/api/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Only shared/api talks to the server.' },
        { name: 'EventSource', message: 'Only shared/api talks to the server.' },
      ],
    },
  },
);
