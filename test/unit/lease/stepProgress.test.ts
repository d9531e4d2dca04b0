import { describe, expect, test } from "vitest";
import { type Drive, tell } from "../../../provider/lease/drive";
import type { StepView } from "../../../provider/lease/sharedViews";
import { minutesAndSeconds, stepProgress } from "../../../provider/lease/stepProgress";

const now = new Date("2026-11-20T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const job = { ids: ["s-1", "s-2"], steps: 3, cluster: "j-A" };

function step(Id: string, State: string, begun?: number): StepView {
  const Timeline = {
    CreationDateTime: ago(100),
    ...(begun === undefined ? {} : { StartDateTime: ago(begun) }),
  };
  return { Id, Name: `${Id}.name`, Status: { State: State as never, Timeline } };
}

const seen = (...steps: StepView[]) => new Map(steps.map((view) => [view.Id!, view]));

describe("the line of a job whose steps are at EMR", () => {
  test.each<[string, Map<string, StepView>, string | undefined, string]>([
    [
      "a step runs",
      seen(step("s-1", "COMPLETED", 90), step("s-2", "RUNNING", 41)),
      undefined,
      "step 2 of 3 RUNNING for 0:41 on j-A: s-2.name",
    ],
    ["it waits", seen(step("s-1", "PENDING")), "WAITING", "step 1 of 3 PENDING for 1:40 on j-A: s-1.name"],
    [
      "its cluster comes up",
      seen(step("s-1", "PENDING")),
      "BOOTSTRAPPING",
      "cluster j-A BOOTSTRAPPING, step 1 of 3 PENDING for 1:40: s-1.name",
    ],
    ["EMR does not show it yet", seen(), "STARTING", "cluster j-A STARTING, step 1 of 3 PENDING"],
  ])("%s", (_, shown, clusterState, line) => {
    expect(stepProgress({ job, shown, now, clusterState })).toBe(line);
  });
});

test.each([
  [-1, "0:00"],
  [59_600, "1:00"],
  [150_000, "2:30"],
  [4_500_000, "75:00"],
])("%d ms are %s", (milliseconds, text) => expect(minutesAndSeconds(milliseconds)).toBe(text));

describe("progress of a long wait", () => {
  function lines(seconds: number, message: (at: number) => string): string[] {
    let at = 0;
    const said: string[] = [];
    const drive = {
      pool: { clock: { monotonic: () => at * 1_000 } },
      options: { onProgress: (progress: { message: string }) => said.push(progress.message) },
      last: undefined,
    } as unknown as Drive;
    for (; at <= seconds; at += 5) tell(drive, "step", message(at));
    return said;
  }

  test("moves at each look at first, and seldom after hours", () => {
    const clock = (at: number) => `RUNNING for ${minutesAndSeconds(at * 1_000)}`;
    expect(lines(60, clock)).toHaveLength(13);
    const twoHours = lines(7_200, clock);
    expect(twoHours.length).toBeLessThan(130);
    expect(twoHours.at(-1)).toMatch(/1(1[4-9]|20):/);
  });

  test("says at once what is new, and nothing twice", () => {
    const change = (at: number) => (at < 3_600 ? "PENDING" : "RUNNING");
    expect(lines(7_200, change)).toEqual(["PENDING", "RUNNING"]);
  });
});
