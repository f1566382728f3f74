import { expect, it } from "vitest";
import type { Generation } from "../../api/client";
import {
  complaint,
  DEFAULTS,
  fromRun,
  keepSettings,
  type Settings,
  savedSettings,
  toRequest,
} from "./settings";

const settings: Settings = {
  ...DEFAULTS,
  model: "llama-3.3-70b",
  judge: "none",
  type: "conversation",
  maxCost: 20,
  systemPrompt: " Be short. ",
  language: " ",
  difficulty: { easy: 30, medium: 50, hard: 20 },
};

it("asks for what the form says, and for nothing that goes with another type", () => {
  const request = toRequest({ ...settings, labels: ["a", "b"] });
  expect(request).toMatchObject({
    teacher_model: "llama-3.3-70b",
    generation_type: "conversation",
    system_prompt: "Be short.",
    config: { judge_model: "none", language: null, max_cost_usd: 20, turns: 4 },
  });
  expect(request.config).not.toHaveProperty("labels");
  expect(toRequest({ ...settings, type: "qa" }).config).not.toHaveProperty("turns");
});

it("gets a run's settings back", () => {
  const request = toRequest({ ...settings, language: "de" });
  const run = { ...request, config: { ...request.config } } as unknown as Generation;
  expect(toRequest(fromRun(run))).toEqual(request);
});

it("keeps what was set, and is not put off by what it cannot read", () => {
  keepSettings("p", settings);
  expect(savedSettings("p")).toEqual(settings);
  localStorage.setItem("data-forge-generate-p", "{nonsense");
  expect(savedSettings("p")).toEqual(DEFAULTS);
});

it("says why a run cannot start", () => {
  expect(complaint(DEFAULTS)).toMatch(/teacher/);
  expect(complaint({ ...settings, type: "classification", labels: ["one"] })).toMatch(/labels/);
  expect(complaint(settings)).toBeNull();
});
