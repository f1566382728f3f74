import { type Forge, until } from "./forge";

/** The example of `serve --demo`, once it is ready for review. */
export const example = (forge: Forge): Promise<string> =>
  until("the example", async () => {
    const { items } = await forge.ask<{ items: { id: string }[] }>("GET", "/projects");
    const id = items[0]?.id;
    if (!id) return null;
    const path = `/projects/${id}/generations?kind=generate`;
    const runs = await forge.ask<{ items: { status: string }[] }>("GET", path);
    return runs.items[0]?.status === "completed" && id;
  });

/** Decides on some pairs of the example and makes a version, so that no page is empty. */
export async function decide(forge: Forge, project: string): Promise<void> {
  const act = (action: string, filter: object) =>
    forge.ask("POST", `/projects/${project}/pairs/bulk-action`, { action, filter });
  await act("accept", { min_quality: 0.94 });
  await act("reject", { max_quality: 0.62 });
  await forge.ask("POST", `/projects/${project}/export`, { format: "chatml" });
  await forge.ask("POST", `/projects/${project}/export`, { format: "alpaca", min_quality_score: 0.96 });
}

/** A pair whose answer is of several sentences, one of which the source does not hold: it waits for review. */
export async function telling(forge: Forge, project: string): Promise<string> {
  for (const { id } of await forge.pairs(project, "review_status=pending")) {
    const { source } = await forge.ask<{ source: { text: string; content_type: string } }>(
      "GET",
      `/pairs/${id}`,
    );
    const sentences = source.text.match(/(?<=\s)[A-Z][^.!?\n|]{40,130}\.(?=\s)/g) ?? [];
    if (source.content_type !== "prose" || sentences.length < 4) continue;
    const answer = `${sentences.slice(0, 3).join(" ")} Wait for 45 minutes before the next step in Oslo.`;
    await forge.ask("PUT", `/pairs/${id}`, { answer, review_status: "pending" });
    return id;
  }
  throw new Error("no pair has a source of several sentences");
}
