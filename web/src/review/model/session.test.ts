import { beforeEach, describe, expect, it } from "vitest";
import { PENDING } from "./filters";
import type { Save, Sent } from "./saves";
import { type Note, Session, type SessionPorts } from "./session";
import type { Pair, PairWithSource } from "./types";

/** A server in memory that does what the API does. */
class Server {
  readonly pairs = new Map<string, Pair>();
  away = false;
  lists = true;
  log: string[] = [];
  notes: Note[] = [];
  kept: readonly Save[] = [];
  refuse = new Set<string>();
  private snapshots = new Map<string, Pair[]>();

  constructor(count: number) {
    for (let at = 0; at < count; at += 1) this.add(at);
  }

  add(at: number): void {
    const id = `p${String(at).padStart(4, "0")}`;
    const pair = {
      id,
      revision: 1,
      question: `Question ${at}`,
      answer: `Answer ${at}.`,
      context: "",
      turns: [],
      flags: [],
      evidence: [],
      unsupported: [],
      review_status: "pending",
      edited: false,
      grounding_score: at / 1000,
      quality_score: 0.5,
      document_id: "d",
    } as unknown as Pair;
    this.pairs.set(id, pair);
  }

  get(id: string): Pair {
    const pair = this.pairs.get(id);
    if (!pair) throw new Error("gone");
    return pair;
  }

  change(id: string, change: Partial<Pair>): Pair {
    const pair = { ...this.get(id), ...change, revision: this.get(id).revision + 1 };
    this.pairs.set(id, pair);
    return pair;
  }

  private matching(): Pair[] {
    return [...this.pairs.values()].filter((pair) => pair.review_status === "pending");
  }

  ports(): SessionPorts {
    return {
      list: async (_, cursor, limit) => {
        if (!this.lists) throw new Error("no list");
        const after = cursor ?? "";
        const found = this.matching().filter((pair) => pair.id > after);
        const items = found.slice(0, limit);
        const next = found.length > limit ? (items.at(-1)?.id ?? null) : null;
        return { items, total: this.matching().length, next_cursor: next };
      },
      pair: async (id) => ({ ...this.get(id), source: { text: "source" } }) as PairWithSource,
      send: async ({ pair, revision, change }): Promise<Sent> => {
        await Promise.resolve();
        if (this.away) return { kind: "unreachable" };
        if (this.refuse.has(pair)) return { kind: "refused", problem: new Error("no") };
        if (this.get(pair).revision !== revision) return { kind: "stale" };
        const { review_status, ...text } = change;
        const status = review_status ?? "edited";
        this.log.push(`${pair} ${status}`);
        return {
          kind: "saved",
          pair: this.change(pair, { ...(text as Partial<Pair>), review_status: status }),
        };
      },
      keep: (saves) => {
        this.kept = [...saves];
      },
      bulk: async (action, which) => {
        const ids = "pair_ids" in which ? which.pair_ids : this.matching().map((pair) => pair.id);
        this.snapshots.set(
          "u1",
          ids.map((id) => this.get(id)),
        );
        for (const id of ids)
          this.change(id, { review_status: action === "accept" ? "accepted" : "rejected" });
        return { matched: ids.length, changed: ids.length, undo_id: "u1" };
      },
      undoBulk: async (undo) => {
        const before = this.snapshots.get(undo) ?? [];
        for (const pair of before) this.change(pair.id, { review_status: pair.review_status });
        return { changed: before.length, kept: [] };
      },
      counts: async () => {
        const counts = { pending: 0, accepted: 0, edited: 0, rejected: 0 };
        for (const pair of this.pairs.values()) counts[pair.review_status] += 1;
        return counts;
      },
      notify: (note) => this.notes.push(note),
      now: () => this.clock++ * 1000,
      wait: (_, then) => {
        const timer = setTimeout(then);
        return () => clearTimeout(timer);
      },
    };
  }

  private clock = 0;
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve));
};

let server: Server;
let session: Session;

const begin = async (count: number, kept: readonly Save[] = [], pair: string | null = null) => {
  if (count > 0) server = new Server(count);
  session = new Session(server.ports(), PENDING, "grounding_score", kept);
  await session.open(pair);
  await settle();
};

beforeEach(() => begin(250));

describe("the queue", () => {
  it("shows a decision and the next pair at once, and saves behind that", async () => {
    session.decide("accepted");
    expect(session.rows.all[0]).toMatchObject({ status: "accepted", decided: true });
    expect(session.row?.id).toBe("p0001");
    expect(session.counts).toMatchObject({ pending: 249, accepted: 1 });
    expect(server.log).toEqual([]);
    await settle();
    expect(server.log).toEqual(["p0000 accepted"]);
    expect(session.rows.all[0]?.revision).toBe(2);
    expect(session.rows.total).toBe(250);
  });

  it("has the next pairs with their source before they are wanted, and few of them", async () => {
    for (let at = 0; at < 60; at += 1) {
      expect(session.detail?.pair.id).toBe(session.row?.id);
      session.decide("accepted");
      await settle();
      expect(session.detail?.source).toBeTruthy();
    }
    expect(session.details.size).toBeLessThanOrEqual(12);
  });

  it("reads on before its end, and holds each pair once", async () => {
    for (let at = 0; at < 249; at += 1) {
      session.decide(at % 3 ? "accepted" : "rejected");
      if (at % 10 === 0) await settle();
    }
    session.decide("accepted");
    await settle();
    expect(session.rows.all).toHaveLength(250);
    expect(new Set(session.rows.all.map((row) => row.id)).size).toBe(250);
    expect(session.counts).toEqual({ pending: 0, accepted: 167, edited: 0, rejected: 83 });
    expect(await server.ports().counts()).toEqual(session.counts);
  });

  it("puts what is skipped behind what is not read yet", async () => {
    session.skip();
    expect(session.row?.id).toBe("p0001");
    session.go(session.rows.all.length - 1);
    await settle();
    session.go(session.rows.all.length - 1);
    await settle();
    expect(session.rows.all.at(-1)?.id).toBe("p0000");
    session.go(0);
    session.skip();
    expect(session.rows.all.at(-1)?.id).toBe("p0001");
  });

  it("opens where the address says, even beyond the first page", async () => {
    await begin(0, [], "p0200");
    expect(session.row?.id).toBe("p0200");
    expect(session.rows.all).toHaveLength(101);
    await begin(0, [], "p0003");
    expect(session.current).toBe(3);
    await begin(0, [], "nowhere");
    expect(session.current).toBe(0);
  });

  it("says how many are new, and takes them in when told to", async () => {
    session.decide("rejected");
    await settle();
    for (let at = 300; at < 310; at += 1) server.add(at);
    await session.lookForNewer();
    expect(session.newer).toBe(10);
    await session.reload();
    expect([session.newer, session.rows.total]).toEqual([0, 259]);
    expect(session.row?.id).toBe("p0001");
  });
});

describe("undo", () => {
  it("takes decisions back, the last first, and goes to their pairs", async () => {
    session.decide("accepted");
    session.decide("rejected");
    await session.undo();
    expect(session.row).toMatchObject({ id: "p0001", status: "pending", decided: false });
    await settle();
    await session.undo();
    await settle();
    expect(session.row?.id).toBe("p0000");
    expect(server.log).toEqual(["p0000 accepted", "p0001 rejected", "p0001 pending", "p0000 pending"]);
    expect(session.counts).toMatchObject({ pending: 250, accepted: 0, rejected: 0 });
    expect(session.canUndo).toBe(false);
  });

  it("goes back 50 steps", async () => {
    for (let at = 0; at < 60; at += 1) session.decide("accepted");
    let steps = 0;
    for (; session.canUndo; steps += 1) await session.undo();
    await settle();
    expect(steps).toBe(50);
    expect((await server.ports().counts()).accepted).toBe(10);
  });

  it("writes the earlier text", async () => {
    session.edit({ question: "Question 0", answer: "Changed.", context: "", turns: [] });
    await settle();
    expect(server.get("p0000")).toMatchObject({ answer: "Changed.", review_status: "edited" });
    await session.undo();
    await settle();
    expect(server.get("p0000")).toMatchObject({ answer: "Answer 0.", review_status: "pending" });
  });

  it("takes back what was done to many", async () => {
    session.selection.selectAll();
    await session.bulk("accept");
    await settle();
    expect([session.rows.total, session.counts?.accepted]).toEqual([0, 250]);
    expect(server.notes.at(-1)).toMatchObject({ kind: "bulk", outcome: { matched: 250, changed: 250 } });
    await session.undo();
    await settle();
    expect([session.rows.total, session.counts?.pending]).toEqual([250, 250]);
  });
});

describe("what goes wrong", () => {
  it("is told apart: what was done to many is done, though the list cannot be read again", async () => {
    session.selection.selectAll();
    server.lists = false;
    await session.bulk("accept");
    const kinds = server.notes.map((note) => note.kind);
    expect(kinds).toEqual(["bulk", "failed"]);
    expect(session.rows.all).toHaveLength(100);
    server.lists = true;
    await session.undo();
    expect((await server.ports().counts()).pending).toBe(250);
    expect(session.canUndo).toBe(false);
  });

  it("is kept while the server is away, over a reload too", async () => {
    server.away = true;
    session.decide("accepted");
    session.decide("rejected");
    await settle();
    expect([session.saves.waiting.length, session.saves.unreachable]).toEqual([2, true]);
    const kept = server.kept;
    session.close();
    await begin(0, kept);
    expect(session.rows.all.slice(0, 2).map((row) => row.status)).toEqual(["accepted", "rejected"]);
    server.away = false;
    session.saves.retryNow();
    await settle();
    expect(server.log.sort()).toEqual(["p0000 accepted", "p0001 rejected"]);
    expect(server.kept).toEqual([]);
  });

  it("rolls back what is refused, and leaves the reviewer where they are", async () => {
    server.refuse.add("p0000");
    session.decide("accepted");
    session.decide("accepted");
    await settle();
    expect(session.row?.id).toBe("p0002");
    expect(session.rows.all[0]).toMatchObject({ status: "pending", decided: false });
    expect(session.counts).toMatchObject({ pending: 249, accepted: 1 });
    expect(server.notes.at(-1)).toMatchObject({ kind: "refused", pair: "p0000" });
    await session.undo();
    expect(session.row?.id).toBe("p0001");
    expect(session.canUndo).toBe(false);
  });

  it("says nothing where another decided the same", async () => {
    server.change("p0000", { review_status: "accepted" });
    session.decide("accepted");
    await settle();
    expect(session.conflicts.size).toBe(0);
    expect(session.rows.all[0]).toMatchObject({ status: "accepted", revision: 2 });
    expect(server.log).toEqual([]);
  });

  it("overwrites nobody, and asks", async () => {
    server.change("p0000", { answer: "Theirs.", review_status: "edited" });
    session.edit({ question: "Question 0", answer: "Mine.", context: "", turns: [] });
    await settle();
    const conflict = session.conflicts.get("p0000");
    expect(conflict).toMatchObject({
      began: 1,
      mine: { answer: "Mine." },
      theirs: { answer: "Theirs.", revision: 2 },
    });
    expect(server.get("p0000").answer).toBe("Theirs.");
    expect(session.row?.id).toBe("p0001");
    session.saveMine("p0000");
    await settle();
    expect(server.get("p0000")).toMatchObject({ answer: "Mine.", review_status: "edited", revision: 3 });
    expect(session.conflicts.size).toBe(0);
  });

  it("shows theirs where theirs is taken", async () => {
    server.change("p0000", { review_status: "rejected" });
    session.decide("accepted");
    await settle();
    expect(session.conflicts.size).toBe(1);
    expect(session.counts).toMatchObject({ accepted: 0 });
    session.takeTheirs("p0000");
    expect(session.rows.all[0]?.status).toBe("rejected");
    expect(server.get("p0000").review_status).toBe("rejected");
  });
});
