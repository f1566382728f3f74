import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Pair = Schemas["Pair"];
export type PairWithSource = Schemas["PairWithSource"];
export type ReviewStatus = Schemas["ReviewStatus"];
export type Turn = Schemas["Turn"];
export type PairChange = Schemas["ChangedPair"];
export type Flag = Schemas["Flag"];
