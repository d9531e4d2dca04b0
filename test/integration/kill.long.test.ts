/** The same tests, as long as `npm run test:long` has them: see `POOLED_EMR_LONG_TESTS` there. */
import "./kill.test";
