// Finds many fixed texts in one pass, however many they are (Aho and Corasick, CACM 18(6), 1975). Nodes are rows of
// typed arrays: a thousand tokens in ten forms each make half a million nodes, too many for objects.
// Characters are UTF-16 code units.

export interface TextAutomaton {
  /** First node of each character at the start of a text; 0: none. */
  readonly starts: Int32Array;
  readonly character: Uint16Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly depth: Int32Array;
  /** Node of the longest proper ending that begins some text. */
  readonly fallback: Int32Array;
  /** Length of the longest text that ends at the node; 0: none. */
  readonly endLength: Int32Array;
}

export interface Found {
  /** Start and end of each finding; in order, not overlapping, not touching. */
  readonly ranges: readonly (readonly [number, number])[];
  /** Everything from here on could be the beginning of a text that is not complete. */
  readonly openFrom: number;
}

/** @param texts none empty */
export function buildAutomaton(texts: readonly string[]): TextAutomaton {
  const nodesMax = texts.reduce((sum, text) => sum + text.length, 1);
  const automaton: TextAutomaton = {
    starts: new Int32Array(65_536),
    character: new Uint16Array(nodesMax),
    firstChild: new Int32Array(nodesMax),
    nextSibling: new Int32Array(nodesMax),
    depth: new Int32Array(nodesMax),
    fallback: new Int32Array(nodesMax),
    endLength: new Int32Array(nodesMax),
  };
  let nodes = 1;
  for (const text of texts) nodes = insert(automaton, text, nodes);
  linkFallbacks(automaton, nodes);
  return automaton;
}

function insert(automaton: TextAutomaton, text: string, nodesBefore: number): number {
  let nodes = nodesBefore;
  let node = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    let next = childOf(automaton, node, code);
    if (next === 0) {
      next = nodes;
      nodes += 1;
      automaton.character[next] = code;
      automaton.depth[next] = i + 1;
      automaton.nextSibling[next] = node === 0 ? 0 : at(automaton.firstChild, node);
      if (node === 0) automaton.starts[code] = next;
      else automaton.firstChild[node] = next;
    }
    node = next;
  }
  automaton.endLength[node] = text.length;
  return nodes;
}

/** Breadth first, so that a node's fallback is complete before it is needed. */
function linkFallbacks(automaton: TextAutomaton, nodes: number): void {
  const queue = new Int32Array(nodes);
  let filled = 0;
  for (const node of automaton.starts) if (node !== 0) queue[filled++] = node;
  for (let taken = 0; taken < filled; taken += 1) {
    const node = at(queue, taken);
    for (let child = at(automaton.firstChild, node); child !== 0; child = at(automaton.nextSibling, child)) {
      const fallback = advance(automaton, at(automaton.fallback, node), at(automaton.character, child));
      automaton.fallback[child] = fallback;
      if (at(automaton.endLength, child) === 0) automaton.endLength[child] = at(automaton.endLength, fallback);
      queue[filled++] = child;
    }
  }
}

export function scan(automaton: TextAutomaton, text: string): Found {
  const ranges: [number, number][] = [];
  let node = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    node = node === 0 ? at(automaton.starts, code) : advance(automaton, node, code);
    const length = node === 0 ? 0 : at(automaton.endLength, node);
    if (length > 0) join(ranges, i + 1 - length, i + 1);
  }
  return { ranges, openFrom: text.length - at(automaton.depth, node) };
}

/** Adds a finding that ends last of all so far; one that begins earlier swallows those before it. */
function join(ranges: [number, number][], start: number, end: number): void {
  let from = start;
  for (let last = ranges.at(-1); last !== undefined && last[1] >= from; last = ranges.at(-1)) {
    from = Math.min(from, last[0]);
    ranges.pop();
  }
  ranges.push([from, end]);
}

function advance(automaton: TextAutomaton, from: number, code: number): number {
  for (let node = from; ; node = at(automaton.fallback, node)) {
    const child = childOf(automaton, node, code);
    if (child !== 0 || node === 0) return child;
  }
}

function childOf(automaton: TextAutomaton, node: number, code: number): number {
  if (node === 0) return at(automaton.starts, code);
  let child = at(automaton.firstChild, node);
  while (child !== 0 && automaton.character[child] !== code) child = at(automaton.nextSibling, child);
  return child;
}

/** Indexes here are always in range; the fallback is for the compiler alone. */
function at(array: Int32Array | Uint16Array, index: number): number {
  return array[index] ?? 0;
}
