import type { Point } from '@dagrejs/dagre';
import { markup, type Content, type Markup } from './markup';
import type { ExecutionRecord } from './run-record';

const NODE_HEIGHT = 30;
const LETTER_WIDTH = 7;
const MARGIN = 4;

/** The state machine with the path of the execution; the last state is highlighted if it `failed`. */
export async function drawDiagram({ states, visits }: ExecutionRecord, failed: boolean): Promise<Content> {
  const { Graph, layout } = await import('@dagrejs/dagre');
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'TB',
    nodesep: 16,
    ranksep: 28,
    marginx: 4,
    marginy: 4,
    ranker: 'network-simplex',
  });
  const entered = visits.map(({ state }) => state);
  const labelOf = (name: string): string => {
    const count = entered.filter((state) => state === name).length;
    return count > 1 ? `${name} ×${count}` : name;
  };
  for (const { name } of states)
    graph.setNode(name, { width: labelOf(name).length * LETTER_WIDTH + 22, height: NODE_HEIGHT });
  const taken = new Set(entered.map((state, index) => `${state}>${entered[index + 1] ?? ''}`));
  const edges = states.flatMap(({ name, next }) => next.map(({ to, kind }) => ({ from: name, to, kind })));
  for (const { from, to } of edges) graph.setEdge(from, to, { weight: taken.has(`${from}>${to}`) ? 20 : 1 });
  layout(graph);
  const lines = edges.map(({ from, to, kind }) => {
    const way = taken.has(`${from}>${to}`) ? 'taken' : kind;
    return { way, points: graph.edge(from, to).points };
  });
  // The path of the execution is drawn over the other transitions.
  const paths = lines
    .toSorted((a, b) => Number(a.way === 'taken') - Number(b.way === 'taken'))
    .map(({ way, points }) => {
      const end = way === 'taken' ? way : 'other';
      return markup`<path class="${way}" d="${curve(points)}" marker-end="url(#${end})"/>`;
    });
  const last = entered.at(-1);
  const nodes = states.map(({ name, type }) => {
    const { x, y, width: w } = graph.node(name);
    const end = name === last && (failed ? 'last failed' : 'last');
    const kinds = [type.toLowerCase(), entered.includes(name) && 'taken', end];
    return markup`<g class="${kinds.filter(Boolean).join(' ')}" transform="translate(${x},${y})">
<rect x="${-w / 2}" y="${-NODE_HEIGHT / 2}" width="${w}" height="${NODE_HEIGHT}" rx="${type === 'Choice' ? 15 : 5}"/>
<text dy="0.35em">${labelOf(name)}</text></g>`;
  });
  const path = [...new Set(entered)].join(', ');
  const [left, top, width, height] = frameOf([
    ...lines.flatMap(({ points }) => points),
    ...states.map(({ name }) => graph.node(name)),
  ]);
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="State machine">
<svg class="diagram" role="img" aria-label="Path through the state machine: ${path}" width="${width}" height="${height}"
viewBox="${left} ${top} ${width} ${height}" style="min-width:min(${width}px,44rem)">
<defs>${['taken', 'other'].map(arrow)}</defs>${paths}${nodes}</svg></div>`;
}

/** Left, top, width and height of a frame around all points and boxes; the frame of the library does not include all. */
function frameOf(boxes: readonly (Point & { readonly width?: number })[]): [number, number, number, number] {
  const left = Math.min(...boxes.map(({ x, width = 0 }) => x - width / 2)) - MARGIN;
  const right = Math.max(...boxes.map(({ x, width = 0 }) => x + width / 2)) + MARGIN;
  const [top, bottom] = [Math.min(...boxes.map(({ y }) => y)), Math.max(...boxes.map(({ y }) => y))];
  return [left, top - NODE_HEIGHT, right - left, bottom - top + 2 * NODE_HEIGHT];
}

function arrow(name: string): Markup {
  return markup`<marker id="${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"
markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0L8,4L0,8Z"/></marker>`;
}

/** A smooth line: curves between the midpoints of the straight segments. */
function curve(points: readonly Point[]): string {
  const at = ({ x, y }: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  });
  return `M${at(first)}${bends.join('')}L${at(last)}`;
}
