import { beforeEach, describe, expect, it } from "vitest";
import { type Save, type SavePorts, SaveQueue, type Sent } from "./saves";
import type { Pair } from "./types";

const pairAt = (id: string, revision: number) => ({ id, revision }) as Pair;
const save = (pair: string, revision = 1, status: Pair["review_status"] = "accepted"): Save => ({
  pair,
  revision,
  change: { review_status: status },
});
const settle = () => new Promise((resolve) => setTimeout(resolve));

let sent: Save[];
let open: ((sent: Sent) => void)[];
let kept: readonly Save[];
let log: string[];
let pauses: { milliseconds: number; then: () => void }[];
let ports: SavePorts;

beforeEach(() => {
  sent = [];
  open = [];
  kept = [];
  log = [];
  pauses = [];
  ports = {
    send(one) {
      sent.push(one);
      return new Promise((resolve) => open.push(resolve));
    },
    keep: (saves) => {
      kept = [...saves];
    },
    saved: (one, pair, last) => log.push(`saved ${one.pair} ${pair.revision} ${last}`),
    refused: (one, problem) => log.push(`refused ${one.pair} ${problem.message}`),
    stale: (one) => log.push(`stale ${one.pair}`),
    changed() {},
    wait(milliseconds, then) {
      const one = { milliseconds, then };
      pauses.push(one);
      return () => {
        pauses = pauses.filter((other) => other !== one);
      };
    },
  };
});

const answer = async (at: number, what: Sent) => {
  open[at]?.(what);
  await settle();
};

describe("saves", () => {
  it("go four at once, each pair's in order, on the revision that came before", async () => {
    const queue = new SaveQueue(ports);
    queue.add(save("a"));
    queue.add(save("a", 1, "rejected"));
    for (const pair of ["b", "c", "d", "e"]) queue.add(save(pair));
    expect(sent.map((one) => one.pair)).toEqual(["a", "b", "c", "d"]);
    await answer(0, { kind: "saved", pair: pairAt("a", 2) });
    expect(log).toEqual(["saved a 2 false"]);
    expect(sent[4]).toEqual(save("a", 2, "rejected"));
    await answer(4, { kind: "saved", pair: pairAt("a", 3) });
    expect(sent[5]?.pair).toBe("e");
    expect(kept.map((one) => one.pair)).toEqual(["b", "c", "d", "e"]);
  });

  it("are tried again after 1, 2, 4, 8 and 8 s, and lose nothing by a reload", async () => {
    const queue = new SaveQueue(ports);
    queue.add(save("a"));
    const waited: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await answer(round, { kind: "unreachable" });
      expect(queue.unreachable).toBe(true);
      const pause = pauses.shift();
      waited.push(pause?.milliseconds ?? 0);
      pause?.then();
    }
    expect(waited).toEqual([1000, 2000, 4000, 8000, 8000]);
    expect(kept).toEqual([save("a")]);
    queue.stop();
    const after = new SaveQueue(ports, kept);
    after.pump();
    expect(sent.at(-1)).toEqual(save("a"));
    await answer(open.length - 1, { kind: "saved", pair: pairAt("a", 2) });
    expect(kept).toEqual([]);
    expect(after.unreachable).toBe(false);
  });

  it("wait together while the server is away, and go at once when it is back", async () => {
    const queue = new SaveQueue(ports);
    queue.add(save("a"));
    await answer(0, { kind: "unreachable" });
    queue.add(save("b"));
    expect(sent).toHaveLength(1);
    queue.retryNow();
    expect(sent.map((one) => one.pair)).toEqual(["a", "a", "b"]);
  });

  it("that are refused take the later ones of their pair with them", async () => {
    const queue = new SaveQueue(ports);
    queue.add(save("a"));
    queue.add(save("a", 1, "rejected"));
    queue.add(save("b"));
    await answer(0, { kind: "refused", problem: new Error("gone") });
    expect(log).toEqual(["refused a gone"]);
    expect(queue.waiting.map((one) => one.pair)).toEqual(["b"]);
  });

  it("that are stale wait for a decision", async () => {
    const queue = new SaveQueue(ports);
    queue.add(save("a"));
    queue.add(save("a", 1, "rejected"));
    await answer(0, { kind: "stale" });
    queue.add(save("b"));
    expect(sent.map((one) => one.pair)).toEqual(["a", "b"]);
    queue.goOn("a", 7, false);
    expect(sent.at(-1)).toEqual(save("a", 7, "rejected"));
    await answer(2, { kind: "stale" });
    queue.goOn("a", 8, true);
    expect(sent.at(-1)).toEqual(save("a", 8, "rejected"));
    await answer(3, { kind: "stale" });
    queue.drop("a");
    expect(queue.waiting.map((one) => one.pair)).toEqual(["b"]);
  });
});
