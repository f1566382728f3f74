import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Project } from "../api/client";
import { keys } from "../api/keys";
import { toast } from "../ui/toast";
import { ProjectForm } from "./ProjectForm";

export function EditProject({ project, onClose }: { project: Project; onClose: () => void }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (body: { name: string; description: string }) =>
      ask(api.PUT("/projects/{id}", { params: { path: { id: project.id } }, body })),
    onSuccess: (saved) => {
      client.setQueryData(keys.project(project.id), saved);
      client.invalidateQueries({ queryKey: ["projects"] });
    },
  });
  const { name, description } = project;
  return (
    <ProjectForm
      title="Name and description"
      verb="Save"
      initial={{ name, description }}
      error={save.error}
      isBusy={save.isPending}
      onSubmit={(body) =>
        save.mutate(body, {
          onSuccess: () => {
            onClose();
            toast({ message: "Project changed", undo: () => save.mutate({ name, description }) });
          },
        })
      }
      onClose={onClose}
    />
  );
}
