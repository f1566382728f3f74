import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "../api/problem";

/** The cache of what the API said. What events tell of is patched into it. */
export const queryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 5 * 60_000,
        networkMode: "always",
        retry: (failures, error) => asProblem(error).isPassing && failures < 2,
        retryDelay: (attempt) => 400 * 2 ** attempt,
      },
      mutations: { networkMode: "always" },
    },
  });
