import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** The barrel of the provider costs seconds and 1.6 GB at every synth. */
const BARREL = { name: '@cdktf/provider-aws', message: 'Import from @cdktf/provider-aws/lib/<resource>.' };

const TOOLS = {
  group: ['**/tools/**', '**/scripts/**'],
  message: 'What is deployed does not import what deploys it.',
};

export default tseslint.config(
  {
    ignores: [
      'node_modules/**',
      'cdktf.out/**',
      'dist/**',
      '.local/**',
      '.venv/**',
      'coverage/**',
      'spark-jobs/**/target/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Constructs are made for their effect on the tree.
      'no-new': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  { files: ['**/*.ts'], rules: { 'no-restricted-imports': ['error', { paths: [BARREL] }] } },
  {
    files: ['main.ts', '{config,constructs,handlers,schemas,stacks,workflows}/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [BARREL], patterns: [TOOLS] }] },
  },
  {
    files: ['__tests__/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  prettier,
);
