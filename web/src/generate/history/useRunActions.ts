import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Generation, type NewGeneration, type Page } from "../../api/client";
import { upsert } from "../../api/events";
import { newIdempotencyKey } from "../../api/idempotency";
import { keys } from "../../api/keys";
import { asProblem } from "../../api/problem";
import { toast } from "../../ui/toast";

/** What is done to runs; each shows at once what the server answered. */
export function useRunActions(project: string) {
  const client = useQueryClient();
  const onSuccess = (message: string) => (generation: Generation) => {
    client.setQueryData<Page<Generation>>(keys.generations(project), (old) => upsert(old, generation));
    client.invalidateQueries({ queryKey: ["running", project] });
    toast({ message });
  };
  const onError = (error: Error) => toast({ message: asProblem(error).message, tone: "bad" });
  const cancel = useMutation({
    mutationFn: (run: Generation) =>
      ask(api.POST("/generations/{gen_id}/cancel", { params: { path: { gen_id: run.id } } })),
    onSuccess: onSuccess("Run cancelled. What is done is kept."),
    onError,
  });
  const resume = useMutation({
    mutationFn: ({
      run,
      max_cost_usd,
      max_tokens_total,
    }: {
      run: Generation;
      max_cost_usd?: number;
      max_tokens_total?: number;
    }) =>
      ask(
        api.POST("/generations/{gen_id}/resume", {
          params: { path: { gen_id: run.id } },
          body: { config: { max_cost_usd, max_tokens_total } },
          headers: newIdempotencyKey(),
        }),
      ),
    onSuccess: onSuccess("Run goes on"),
    onError,
  });
  const start = useMutation({
    mutationFn: ({ body, headers }: { body: NewGeneration; headers: Record<string, string> }) =>
      ask(api.POST("/projects/{id}/generate", { params: { path: { id: project } }, body, headers })),
    onSuccess: onSuccess("Run started"),
    onError,
  });
  return { cancel, resume, start };
}
export type RunActions = ReturnType<typeof useRunActions>;
