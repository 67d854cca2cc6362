import { code, oneLine, table } from '../markdown';
import type { AnyState, Machine } from '../../pricing/machine';
import { edgesOf, END, START, type Edge } from './states';

/** A larger diagram is not readable. */
const MAX_STATES = 80;

/** Limits of GitHub: maxEdges and maxTextSize of Mermaid. */
const MAX_EDGES = 500;
const MAX_CHARACTERS = 50_000;

/** Longest label, in characters. */
const MAX_LABEL = 40;

type Mark = 'added' | 'removed' | 'changed' | 'same';

/** Both machines in one diagram with marked changes; a table of transitions when GitHub cannot render the diagram. */
export function stateDiagram(before: Machine | undefined, after: Machine | undefined): string {
  const names = [...new Set([...Object.keys(before?.States ?? {}), ...Object.keys(after?.States ?? {})])];
  const ids = new Map([START, ...names, END].map((name, index) => [name, `s${index}`]));
  const edges = markedEdges(before, after);
  if (names.length > MAX_STATES || edges.length > MAX_EDGES) return transitionTable(edges);
  const lines = [
    'flowchart TD',
    `  s0((${START}))`,
    ...names.map((name) => node(ids.get(name) ?? '', name, before?.States[name], after?.States[name])),
    `  ${ids.get(END) ?? ''}((${END}))`,
    ...edges.map(({ edge, mark }) => arrow(edge, mark, ids)),
    ...edges.flatMap(({ mark }, index) => style(mark, index)),
    '  classDef added fill:#dafbe1,stroke:#1a7f37,color:#1f2328,stroke-width:3px',
    '  classDef removed fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:5 5',
    '  classDef changed fill:#fff8c5,stroke:#9a6700,color:#1f2328,stroke-width:3px',
  ];
  const diagram = ['```mermaid', ...lines, '```'].join('\n');
  return diagram.length > MAX_CHARACTERS ? transitionTable(edges) : diagram;
}

type MarkedEdge = ReturnType<typeof markedEdges>[number];

function transitionTable(edges: readonly MarkedEdge[]): string {
  const rows = edges
    .filter(({ mark }) => mark !== 'same')
    .map(({ edge: { from, to, label: why }, mark }) => [
      mark,
      code(from),
      code(to),
      why === '' ? '' : code(why),
    ]);
  return `Too large for a diagram on GitHub.\n\n${table(['', 'From', 'To', 'Why'], rows)}`;
}

/** Whether a state changes, without its transitions, which are arrows. */
export function stateMark(before: AnyState | undefined, after: AnyState | undefined): Mark {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return content(before) === content(after) ? 'same' : 'changed';
}

function content(state: AnyState): string {
  const known = contents.get(state) ?? JSON.stringify({ ...state, Next: '', Default: '' });
  contents.set(state, known);
  return known;
}

/** Cache: the review and its diagram read the same states. */
const contents = new WeakMap<AnyState, string>();

function node(id: string, name: string, before: AnyState | undefined, after: AnyState | undefined): string {
  const mark = stateMark(before, after);
  const sign = { added: '+ ', removed: '− ', changed: '~ ', same: '' }[mark];
  const type = (after ?? before)?.Type ?? '';
  return `  ${id}["${sign}${label(name)}<br/>${label(type)}"]${mark === 'same' ? '' : `:::${mark}`}`;
}

function markedEdges(
  before: Machine | undefined,
  after: Machine | undefined,
): { readonly edge: Edge; readonly mark: Mark }[] {
  const key = ({ from, to, label }: Edge): string => [from, to, label].join('\u0000');
  const [old, now] = [edgesOf(before), edgesOf(after)].map(
    (edges) => new Map(edges.map((edge) => [key(edge), edge])),
  );
  const all = new Map([...(old ?? []), ...(now ?? [])]);
  return [...all].map(([id, edge]) => ({
    edge,
    mark: old?.has(id) !== true ? 'added' : now?.has(id) !== true ? 'removed' : 'same',
  }));
}

function arrow({ from, to, label: why }: Edge, mark: Mark, ids: ReadonlyMap<string, string>): string {
  const line = mark === 'removed' ? '-.->' : '-->';
  const text = why === '' ? '' : `|"${label(why)}"|`;
  return `  ${ids.get(from) ?? 's0'} ${line}${text} ${ids.get(to) ?? missing(to)}`;
}

/** A transition to a missing state, which Step Functions rejects. */
function missing(name: string): string {
  return `missing["no such state: ${label(name)}"]`;
}

function style(mark: Mark, index: number): string[] {
  if (mark === 'added') return [`  linkStyle ${index} stroke:#1a7f37,stroke-width:4px`];
  return mark === 'removed' ? [`  linkStyle ${index} stroke:#cf222e,stroke-width:3px`] : [];
}

/** Text in a diagram: everything except letters, digits and some signs as Mermaid's entities. */
function label(text: string): string {
  const line = oneLine(text);
  const short = line.length > MAX_LABEL ? `${line.slice(0, MAX_LABEL - 1)}…` : line;
  return short.replaceAll(
    /[^\p{L}\p{N} .,_/=!?()…⚡'+-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  );
}
