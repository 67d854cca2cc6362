import { dirname, join, relative, sep } from 'node:path';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** The barrel of the provider costs seconds and 1.6 GB at every synth. */
const BARREL = { name: '@cdktf/provider-aws', message: 'Import from @cdktf/provider-aws/lib/<resource>.' };

const LITERAL_SPREAD = {
  selector: 'SpreadElement > :matches(ObjectExpression, ArrayExpression)',
  message: 'Write the properties or elements without the literal around them.',
};

/** What tasks print holds data of others. */
const RAW_OUTPUT = [
  ':not(MemberExpression[property.name="isTTY"]) > MemberExpression[object.name="process"][property.name=/^std(out|err)$/]',
  'CallExpression[callee.object.name="console"]',
].map((selector) => ({ selector, message: 'Use print or printError of tools/cli/output.ts.' }));

/** The folders of tools/, the lowest first, as docs/architecture.md draws them. */
const ROOMS = [
  'cli',
  'setup',
  'build',
  'terraform',
  'access',
  'data-loss',
  'pricing',
  'local-aws',
  'aws',
  'schedule',
  'covid-data',
  'runs',
  'run-page',
  'teardown',
  'deploy',
  'plan-review',
  'plan',
  'policy',
  'reap',
  'status',
  'testing',
  'verify',
  'bench',
  'faults',
  'compatibility',
];

/** How high a file stands: the product lowest, then the rooms of tools/ in their order, then scripts/. */
function layerOf(file) {
  const [folder, room] = relative(import.meta.dirname, file).split(sep);
  if (folder === 'scripts') return ROOMS.length;
  return folder === 'tools' ? ROOMS.indexOf(room) : -1;
}

const importsPointDown = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const layer = layerOf(context.filename);
    const check = (node) => {
      const source = (node.source ?? node.arguments?.[0])?.value;
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      if (layerOf(join(dirname(context.filename), source)) > layer)
        context.report({ node, message: `${source} is in a higher layer: see ROOMS in eslint.config.mjs.` });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      'CallExpression[callee.name="require"]': check,
    };
  },
};

const clientsHaveTimeouts = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const clients = new Set();
    const message =
      'Clients are made with createClient of handlers/shared/aws-clients.ts, which gives them time-outs.';
    return {
      'ImportDeclaration[source.value=/^@aws-sdk.client-/] > ImportSpecifier': ({ imported, local }) => {
        if (!/(Command|Exception)$/.test(imported.name)) clients.add(local.name);
      },
      NewExpression: (node) => {
        if (clients.has(node.callee.name)) context.report({ node, message });
      },
    };
  },
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
  {
    files: ['**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: [BARREL] }],
      'no-restricted-syntax': ['error', LITERAL_SPREAD],
    },
  },
  {
    files: ['**/*.{ts,mjs,cjs}'],
    ignores: ['__tests__/**'],
    plugins: {
      project: {
        rules: { 'imports-point-down': importsPointDown, 'clients-have-timeouts': clientsHaveTimeouts },
      },
    },
    rules: { 'project/imports-point-down': 'error', 'project/clients-have-timeouts': 'error' },
  },
  {
    files: ['{tools,scripts}/**/*.ts'],
    ignores: ['tools/cli/output.ts'],
    rules: { 'no-restricted-syntax': ['error', LITERAL_SPREAD, ...RAW_OUTPUT] },
  },
  { files: ['__tests__/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  prettier,
);
