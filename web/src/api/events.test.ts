import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import type { Page } from "./client";
import { apply, upsert, upsertInPages } from "./events";
import { keys } from "./keys";

type Thing = { id: string; name: string };
const page = (...names: string[]): Page<Thing> => ({
  items: names.map((name) => ({ id: name, name })),
  total: names.length,
  next_cursor: null,
});

describe("a change that the server tells of", () => {
  it("is put where the thing is, or before all others where it is new", () => {
    expect(upsert(page("a", "b"), { id: "b", name: "new" })?.items.map(({ name }) => name)).toEqual([
      "a",
      "new",
    ]);
    expect(upsert(page("a"), { id: "c", name: "c" })).toMatchObject({
      total: 2,
      items: [{ id: "c" }, { id: "a" }],
    });
    expect(upsert(undefined, { id: "a", name: "a" })).toBeUndefined();
  });

  it("is found in every page of a list", () => {
    const pages = { pages: [page("a"), page("b")], pageParams: ["", "1"] };
    const changed = upsertInPages<Thing>(pages, { id: "b", name: "new" });
    expect(changed?.pages[1]?.items[0]?.name).toBe("new");
    expect(changed?.pages[0]).toBe(pages.pages[0]);
  });

  it("changes the row of a run, and marks what its end makes old", () => {
    const client = new QueryClient();
    const run = { id: "g", project_id: "p", status: "generating", progress: 10 };
    client.setQueryData(keys.generations("p"), { items: [run], total: 1 });
    client.setQueryData([...keys.pairs("p"), "list"], page("pair"));
    client.setQueryData(keys.project("p"), { id: "p" });
    client.setQueryData(keys.project("other"), { id: "other" });

    apply(client, [{ kind: "generation", data: { ...run, progress: 60 } }]);
    expect(client.getQueryData(keys.generations("p"))).toMatchObject({ items: [{ progress: 60 }] });
    expect(client.getQueryData(["running", "p"])).toBe(true);
    expect(client.getQueryState([...keys.pairs("p"), "list"])?.isInvalidated).toBe(false);
    expect(client.getQueryState(keys.project("p"))?.isInvalidated).toBe(true);

    apply(client, [{ kind: "generation", data: { ...run, status: "completed", progress: 100 } }]);
    expect(client.getQueryState([...keys.pairs("p"), "list"])?.isInvalidated).toBe(true);
    expect(client.getQueryState(keys.project("other"))?.isInvalidated).toBe(false);
  });
});
