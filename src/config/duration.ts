// Durations as people write them: 30s, 15m, 2h, 3d.

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export const durationMaxMs = 365 * unitMs.d;

/** @returns milliseconds, or `undefined` for anything but a whole number of one unit. */
export function readDuration(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,5})([smhd])$/.exec(text);
  const unit = match?.[2] as keyof typeof unitMs | undefined;
  return match?.[1] === undefined || unit === undefined ? undefined : Number(match[1]) * unitMs[unit];
}
