import { describe, expect, it } from "vitest";
import { fromWeights, LEVELS, type Locks, move, type Shares } from "./difficulty";

const open: Locks = { easy: false, medium: false, hard: false };
const sum = ({ easy, medium, hard }: Shares) => easy + medium + hard;

describe("the difficulty sliders", () => {
  it("add up to 100, whatever is moved and locked", () => {
    // A fixed sequence of many moves: what fails is found again.
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    let shares = fromWeights(undefined);
    for (let step = 0; step < 2_000; step += 1) {
      const locks = { easy: random(3) === 0, medium: random(3) === 0, hard: random(3) === 0 };
      const level = LEVELS[random(3)] ?? "easy";
      const before = shares;
      shares = move(shares, locks, level, random(130) - 15);
      expect(sum(shares)).toBe(100);
      for (const other of LEVELS) {
        expect(shares[other]).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(shares[other])).toBe(true);
        if (other !== level && locks[other]) expect(shares[other]).toBe(before[other]);
      }
    }
  });

  it("share the rest by how large the others are", () => {
    expect(move({ easy: 20, medium: 60, hard: 20 }, open, "easy", 40)).toEqual({
      easy: 40,
      medium: 45,
      hard: 15,
    });
    expect(move({ easy: 100, medium: 0, hard: 0 }, open, "easy", 40)).toEqual({
      easy: 40,
      medium: 30,
      hard: 30,
    });
  });

  it("move no farther than the unlocked can give, and not at all where none is unlocked", () => {
    const shares = { easy: 30, medium: 50, hard: 20 };
    const locks = { ...open, medium: true };
    expect(move(shares, locks, "easy", 90)).toEqual({ easy: 50, medium: 50, hard: 0 });
    expect(move(shares, { ...open, medium: true, hard: true }, "easy", 90)).toEqual(shares);
  });

  it("take weights of any size", () => {
    expect(fromWeights({ easy: 1, medium: 1, hard: 2 })).toEqual({ easy: 25, medium: 25, hard: 50 });
    expect(fromWeights({ easy: 0, medium: 0, hard: 0 })).toEqual({ easy: 34, medium: 33, hard: 33 });
    for (const weights of [{ easy: 1, medium: 1, hard: 1 }, { easy: 0.001, medium: 999 }, { hard: 3 }]) {
      expect(sum(fromWeights(weights))).toBe(100);
    }
  });
});
