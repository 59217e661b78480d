// How long to wait before trying or looking again. Pure: the jitter comes from what is retried, not from chance, so
// that a seed replays a run and two effects still do not knock at the same moment.

export const backoffFirstMs = 250;
export const backoffLongestMs = 60_000;

/**
 * Doubles from `backoffFirstMs` up to `backoffLongestMs`, spread by up to a quarter.
 * @param times how often it was done already, from 1
 * @param key what is retried
 */
export function backoffMs(times: number, key: string): number {
  const doubled = Math.min(backoffFirstMs * 2 ** Math.min(Math.max(times, 1) - 1, 20), backoffLongestMs);
  return doubled + Math.floor((doubled / 4) * spread(`${key}#${times}`));
}

/** A number in [0, 1) that depends on the text alone (FNV-1a). */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 0x1_0000_0000;
}
