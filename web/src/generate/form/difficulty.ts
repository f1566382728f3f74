/** How often each difficulty is asked for, in whole percent; they always add up to 100. */
export type Shares = { easy: number; medium: number; hard: number };
export type Level = keyof Shares;
export const LEVELS: Level[] = ["easy", "medium", "hard"];
export type Locks = Record<Level, boolean>;

/**
 * Moves one share; what is gained or lost is taken from or given to the others that are not locked, by
 * how large they are. Where the others cannot give so much, the share moves as far as they can.
 */
export function move(shares: Shares, locks: Locks, level: Level, wanted: number): Shares {
  const others = LEVELS.filter((other) => other !== level);
  const free = others.filter((other) => !locks[other]);
  if (free.length === 0) return shares;
  const locked = others.filter((other) => locks[other]).reduce((sum, other) => sum + shares[other], 0);
  const value = Math.round(Math.min(100 - locked, Math.max(0, wanted)));
  const rest = 100 - locked - value;
  const [first, second] = free;
  const next = { ...shares, [level]: value };
  if (first && second) {
    const sum = shares[first] + shares[second];
    const part = sum > 0 ? Math.round((rest * shares[first]) / sum) : Math.floor(rest / 2);
    next[first] = part;
    next[second] = rest - part;
  } else if (first) {
    next[first] = rest;
  }
  return next;
}

/** Any weights as shares of 100; equal ones where there are none. */
export function fromWeights(weights: Partial<Shares> | null | undefined): Shares {
  const of = (level: Level) => Math.max(0, weights?.[level] ?? 0);
  const sum = of("easy") + of("medium") + of("hard");
  if (sum <= 0) return { easy: 34, medium: 33, hard: 33 };
  const easy = Math.round((100 * of("easy")) / sum);
  const medium = Math.min(100 - easy, Math.round((100 * of("medium")) / sum));
  return { easy, medium, hard: 100 - easy - medium };
}
