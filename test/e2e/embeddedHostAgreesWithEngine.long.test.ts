import { describeStories } from "./describeStories";

describeStories(() => true);
