import { useMutation, useQueryClient } from "@tanstack/react-query";
import { upsert } from "../api/events";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import { plural } from "../ui/format";
import { toast } from "../ui/toast";
import { type ParseSettings, parse } from "./parsing";

/** Starts a parse, and says so. */
export function useParse(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      settings,
      ...what
    }: {
      settings: ParseSettings;
      documents?: string[];
      force?: boolean;
      n: number;
    }) => parse(project, settings, what),
    onSuccess: (generation, { n }) => {
      client.setQueryData(keys.generations(project), (old: never) => upsert(old, generation));
      client.invalidateQueries({ queryKey: keys.documents(project) });
      client.setQueryData(["running", project], true);
      toast({ message: `Parsing ${plural(n, "document")}` });
    },
    onError: (error) => toast({ message: asProblem(error).message, tone: "bad" }),
  });
}
