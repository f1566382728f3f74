import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask } from "../api/client";
import { newIdempotencyKey } from "../api/idempotency";
import { keys } from "../api/keys";
import { toast } from "../ui/toast";
import { ProjectForm } from "./ProjectForm";

export function NewProject({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [headers] = useState(newIdempotencyKey);
  const create = useMutation({
    mutationFn: (body: { name: string; description: string }) =>
      ask(api.POST("/projects", { body, headers })),
    onSuccess: (project) => {
      client.setQueryData(keys.project(project.id), project);
      client.invalidateQueries({ queryKey: ["projects"] });
      onClose();
      toast({ message: `Project “${project.name}” created` });
      void navigate({ to: "/p/$projectId/documents", params: { projectId: project.id } });
    },
  });
  return (
    <ProjectForm
      title="New project"
      verb="Create project"
      error={create.error}
      isBusy={create.isPending}
      onSubmit={(body) => create.mutate(body)}
      onClose={onClose}
    />
  );
}
