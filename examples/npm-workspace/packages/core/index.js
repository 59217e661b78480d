const metresPerFathom = 1.8288;

/** @param {number} fathoms */
export function inMetres(fathoms) {
  return Math.round(fathoms * metresPerFathom * 10) / 10;
}
