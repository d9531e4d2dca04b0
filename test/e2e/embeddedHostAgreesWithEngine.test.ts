import { describeStories } from "./describeStories";

/** Those that a fault in the host would most likely hurt; the long tests tell all of them. */
const selection = ["partial failure of create", "refresh: drift", "policies:"];

describeStories((title) => selection.some((start) => title.startsWith(start)));
