import { api, ask } from "../api/client";
import { asProblem, type Problem } from "../api/problem";
import type { PairQuery } from "./model/filters";
import type { Keeper } from "./model/kept";
import type { Save, Sent } from "./model/saves";
import type { BulkAction, Counts, Note, SessionPorts, Which } from "./model/session";
import type { ReviewStatus } from "./model/types";

/** A review's ties to the API and to this browser. */
export function ports(project: string, keeper: Keeper, notify: (note: Note) => void): SessionPorts {
  const path = { id: project };
  return {
    list: (query, cursor, limit) => ask(list(project, { ...query, limit, cursor: cursor ?? undefined })),
    pair: (id) => ask(api.GET("/pairs/{pair_id}", { params: { path: { pair_id: id } } })),
    send,
    keep: (saves) => keeper.keep(saves),
    bulk: (action: BulkAction, which: Which) =>
      ask(api.POST("/projects/{id}/pairs/bulk-action", { params: { path }, body: { action, ...which } })),
    undoBulk: (undo_id) =>
      ask(api.POST("/projects/{id}/pairs/undo", { params: { path }, body: { undo_id } })),
    counts: () => counts(project),
    notify,
    now: () => performance.now(),
    wait(milliseconds, then) {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

const list = (project: string, query: PairQuery) =>
  api.GET("/projects/{id}/pairs", { params: { path: { id: project }, query } });

async function counts(project: string): Promise<Counts> {
  const [{ stats }, edited] = await Promise.all([
    ask(api.GET("/projects/{id}", { params: { path: { id: project } } })),
    ask(list(project, { review_status: ["edited"], limit: 1 })),
  ]);
  return {
    pending: stats.pending_pairs,
    accepted: stats.accepted_pairs - edited.total,
    edited: edited.total,
    rejected: stats.rejected_pairs,
  } satisfies Record<ReviewStatus, number>;
}

/** One save. What may pass is tried again; a key that is missing is one of that. */
async function send({ pair, revision, change }: Save): Promise<Sent> {
  try {
    const saved = await ask(
      api.PUT("/pairs/{pair_id}", {
        params: { path: { pair_id: pair }, header: { "If-Match": `"${revision}"` } },
        body: change,
      }),
    );
    return { kind: "saved", pair: saved };
  } catch (error) {
    const problem: Problem = asProblem(error);
    if (problem.status === 412) return { kind: "stale" };
    if (problem.isPassing || problem.status === 401) return { kind: "unreachable" };
    return { kind: "refused", problem };
  }
}
