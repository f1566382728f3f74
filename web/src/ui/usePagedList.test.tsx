import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it } from "vitest";
import type { Page } from "../api/client";
import { PAGE, patchPages, usePagedList } from "./usePagedList";

type Row = { id: string; mark?: boolean };

/** A list of so many rows behind cursors, that counts what it is asked. */
function server(total: number) {
  const asked: number[] = [];
  const fetchPage = async (cursor: string | undefined): Promise<Page<Row>> => {
    const start = Number(cursor ?? 0);
    asked.push(start);
    const items = Array.from({ length: Math.min(PAGE, total - start) }, (_, i) => ({
      id: String(start + i),
    }));
    return { items, total, next_cursor: start + PAGE < total ? String(start + PAGE) : null };
  };
  return { asked, fetchPage };
}

function setUp(total: number) {
  const client = new QueryClient();
  const { asked, fetchPage } = server(total);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const hook = renderHook(() => usePagedList<Row, Page<Row>>(["rows"], fetchPage), { wrapper });
  return { client, asked, hook };
}

it("asks for a page when it comes near, and keeps ten", async () => {
  const { client, asked, hook } = setUp(5_000);
  await waitFor(() => expect(hook.result.current.row(0)?.id).toBe("0"));
  expect(hook.result.current.total).toBe(5_000);
  expect(asked).toEqual([0]);
  for (let row = 0; row < 3_000; row += 60) {
    act(() => hook.result.current.onRange(row, row + 12));
    await waitFor(() => expect(hook.result.current.row(row)?.id).toBe(String(row)));
  }
  expect(hook.result.current.count).toBeLessThan(5_000);
  // Those that are seen, and ten that were.
  expect(client.getQueryCache().findAll({ queryKey: ["rows"] }).length).toBeLessThanOrEqual(14);
  // Far back up: what was let go is asked for again, by the cursor that began it.
  act(() => hook.result.current.onRange(120, 130));
  await waitFor(() => expect(hook.result.current.row(125)?.id).toBe("125"));
});

it("has all rows of a list that ends within its pages", async () => {
  const { hook } = setUp(130);
  await waitFor(() => expect(hook.result.current.row(0)).toBeDefined());
  act(() => hook.result.current.onRange(80, 99));
  await waitFor(() => expect(hook.result.current.row(129)?.id).toBe("129"));
  expect(hook.result.current.count).toBe(130);
  expect(hook.result.current.row(130)).toBeUndefined();
});

it("shows a change in every page at hand", async () => {
  const { client, hook } = setUp(50);
  await waitFor(() => expect(hook.result.current.row(7)).toBeDefined());
  const first = hook.result.current.row(0);
  act(() => patchPages<Row>(client, ["rows"], (row) => (row.id === "7" ? { ...row, mark: true } : row)));
  await waitFor(() => expect(hook.result.current.row(7)?.mark).toBe(true));
  expect(hook.result.current.row(0)).toBe(first);
});
