import { describe, expect, it, vi } from "vitest";
import { summary, type Transport, UploadQueue } from "./queue";

type File = { size: number; content: string };
type Sending = {
  name: string;
  signal: AbortSignal;
  progress: (sent: number) => void;
  finish: () => void;
  fail: (e: Error) => void;
};

function setUp(there: Record<string, string> = {}) {
  const sending: Sending[] = [];
  const removed: string[] = [];
  const transport: Transport<File> = {
    hash: async (file) => `hash of ${file.content}`,
    find: (sha256) => there[sha256],
    refuse: (_, name) => (name.endsWith(".exe") ? "It is no document." : undefined),
    send: (_, name, signal, on) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
        const finish = () => {
          on.sent();
          resolve();
        };
        sending.push({ name, signal, progress: on.progress, finish, fail: reject });
      }),
    remove: async (document) => {
      removed.push(document);
    },
    explain: (error) => ({ message: (error as Error).message, canRetry: true }),
    now: () => 1000,
  };
  const queue = new UploadQueue(transport);
  const states = () => queue.snapshot().map(({ state }) => state);
  const add = (...contents: string[]) =>
    queue.add(contents.map((content) => ({ file: { size: 10, content }, name: `${content}.md` })));
  return { queue, sending, removed, states, add };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("the queue of uploads", () => {
  it("sends three at once, in order, and goes on as they end", async () => {
    const { sending, states, add } = setUp();
    add("a", "b", "c", "d", "e");
    await settle();
    expect(sending.map(({ name }) => name)).toEqual(["a.md", "b.md", "c.md"]);
    sending[1]?.finish();
    await settle();
    expect(sending.map(({ name }) => name)).toEqual(["a.md", "b.md", "c.md", "d.md"]);
    expect(states()).toEqual(["uploading", "done", "uploading", "uploading", "waiting"]);
  });

  it("asks about content that is there, and sends it when told to keep both", async () => {
    const { queue, sending, states, add } = setUp({ "hash of a": "old.md" });
    add("a", "b", "b");
    await settle();
    expect(states()).toEqual(["duplicate", "uploading", "duplicate"]);
    expect(queue.snapshot().map(({ sameAs }) => sameAs)).toEqual(["old.md", undefined, "b.md"]);
    queue.keepBoth("1");
    await settle();
    expect(sending.map(({ name }) => name)).toEqual(["b.md", "a.md"]);
  });

  it("pauses, which frees a place, and starts again from the beginning", async () => {
    const { queue, sending, states, add } = setUp();
    add("a", "b", "c", "d");
    await settle();
    sending[0]?.progress(7);
    queue.pause("1");
    await settle();
    expect(sending[0]?.signal.aborted).toBe(true);
    expect(states()).toEqual(["paused", "uploading", "uploading", "uploading"]);
    expect(queue.snapshot()[0]?.sent).toBe(0);
    queue.resume("1");
    await settle();
    expect(states()[0]).toBe("waiting");
    sending[1]?.finish();
    await settle();
    expect(sending.map(({ name }) => name)).toEqual(["a.md", "b.md", "c.md", "d.md", "a.md"]);
  });

  it("keeps what failed with its reason, and tries it again when told to", async () => {
    const { queue, sending, states, add } = setUp();
    add("a");
    await settle();
    sending[0]?.fail(new Error("Connection lost at 71%."));
    await settle();
    expect(queue.snapshot()[0]).toMatchObject({ state: "failed", error: "Connection lost at 71%." });
    queue.resume("1");
    await settle();
    sending[1]?.finish();
    await settle();
    expect(states()).toEqual(["done"]);
  });

  it("refuses what is no document before anything is sent", async () => {
    const { queue, sending } = setUp();
    queue.add([{ file: { size: 1, content: "x" }, name: "x.exe" }]);
    await settle();
    expect(queue.snapshot()[0]).toMatchObject({ state: "failed", canRetry: false });
    expect(sending).toEqual([]);
  });

  it("takes the replaced document away only when the new one is there", async () => {
    const { queue, sending, removed } = setUp();
    queue.add([{ file: { size: 1, content: "x" }, name: "x.pdf", replaces: "old" }]);
    await settle();
    expect(removed).toEqual([]);
    sending[0]?.finish();
    await settle();
    expect(removed).toEqual(["old"]);
  });

  it("cancels, and forgets what is finished", async () => {
    const { queue, sending, add } = setUp();
    add("a", "b");
    await settle();
    sending[1]?.finish();
    await settle();
    queue.drop("1");
    queue.clearFinished();
    expect(sending[0]?.signal.aborted).toBe(true);
    expect(queue.snapshot()).toEqual([]);
    expect(queue.isBusy).toBe(false);
  });

  it("renders progress at most four times a second", async () => {
    vi.useFakeTimers();
    try {
      const { queue, sending, add } = setUp();
      add("a");
      await vi.advanceTimersByTimeAsync(1);
      let renders = 0;
      queue.subscribe(() => {
        renders += 1;
      });
      for (let sent = 1; sent <= 10; sent += 1) sending[0]?.progress(sent);
      expect(renders).toBe(0);
      await vi.advanceTimersByTimeAsync(250);
      expect(renders).toBe(1);
      expect(queue.snapshot()[0]?.sent).toBe(10);
    } finally {
      vi.useRealTimers();
    }
  });

  it("says how far it is and how long it takes", () => {
    const upload = { id: "1", name: "a", size: 100, sent: 50, speed: 10, state: "uploading" as const };
    expect(summary([upload, { ...upload, state: "done", sent: 100 }])).toEqual({
      done: 1,
      sent: 150,
      size: 200,
      secondsLeft: 5,
    });
  });
});
