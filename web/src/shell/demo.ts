import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ask } from "../api/client";
import { newIdempotencyKey } from "../api/idempotency";

/** Makes a project of the example documents and opens it. */
export function useDemo() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => ask(api.POST("/demo", { headers: newIdempotencyKey() })),
    onSuccess: (project) => {
      client.invalidateQueries({ queryKey: ["projects"] });
      void navigate({ to: "/p/$projectId/documents", params: { projectId: project.id } });
    },
  });
}
